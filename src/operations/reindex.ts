import { parametersOf } from "../interactions/index.ts";
import { jobAccepted } from "./job-status.ts";
import { type Operation, ownDefinition } from "./operation.ts";

/**
 * Indexes what is stored anew, by the search parameters of now: all types, or one. It goes on in the background and
 * makes no new version. Search parameters whose index job has stopped are indexed with it.
 */
export const reindex: Operation = {
	code: "reindex",
	definition: ownDefinition("reindex"),
	documentation: "Indexes stored resources anew in the background. Answers 202 with the URL to ask how far it is.",
	levels: ["system", "type"],
	affectsState: true,
	parameters: [],
	access: { roles: ["ADMIN"] },
	async handle({ engine, context, params }) {
		const types = params.type === "" ? engine.registry.resourceTypes : [params.type];
		const parameters = await parametersOf(engine, context);
		const input = { base: context.base, types, asked: true };
		return jobAccepted(context, await engine.store.requestReindex(context.tenant, input, parameters));
	},
};

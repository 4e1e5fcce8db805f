import { type FhirResponse, Problem } from "../../kernel/index.ts";
import { admitTree } from "../admit.ts";
import { deleteResource } from "../delete.ts";
import type { Exchange } from "../engine.ts";
import { deleteResponse, writeResponse } from "../respond.ts";
import { requireId, updateResource } from "../update.ts";
import { atEntry, atEntryAsync, type BundleEntry } from "./entry.ts";
import type { Answers } from "./transaction.ts";

type Step = { readonly entry: BundleEntry; readonly type: string; readonly id: string };

/**
 * Replays a history Bundle, oldest entry first, all or none: each version becomes the next version here, under the
 * same id; versions and times are this server's own. For administrators. https://hl7.org/fhir/R4/http.html#history
 */
export async function replay(exchange: Exchange, entries: readonly BundleEntry[]): Promise<Answers> {
	if (!exchange.context.caller.roles.includes("ADMIN")) {
		throw new Problem("forbidden", "Only an ADMIN of the clinic may replay a history Bundle.");
	}
	const steps = entries.toReversed().map((entry) => atEntry(entry.n, () => stepOf(entry)));
	return exchange.session.transact(async (session) => {
		await session.prepare(steps);
		const answers: Answers = new Map();
		for (const step of steps)
			answers.set(step.entry.n, await atEntryAsync(step.entry.n, () => take(exchange, session, step)));
		return answers;
	});
}

function stepOf(entry: BundleEntry): Step {
	const [type = "", pathId] = entry.path.split("/");
	const id = pathId ?? entry.resource?.id;
	if (!["POST", "PUT", "PATCH", "DELETE"].includes(entry.method) || typeof id !== "string") {
		throw new Problem("value", {
			text: "A history entry must be a POST, PUT, PATCH or DELETE of a resource with an id.",
			expression: "request",
		});
	}
	return { entry, type, id };
}

async function take(
	{ engine, context }: Exchange,
	session: Exchange["session"],
	{ entry, type, id }: Step,
): Promise<FhirResponse> {
	const { method, path, query } = entry;
	const request = { method, path, query, conditions: { prefer: entry.conditions.prefer } };
	if (method === "DELETE") return deleteResponse(request, await deleteResource(session, type, id, undefined));
	const resource = admitTree(engine, entry.resource, type);
	requireId(resource, id);
	const { stored, created } = await updateResource(session, resource, id, undefined);
	return writeResponse(context, request, stored, created);
}

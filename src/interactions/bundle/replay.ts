import { type FhirResponse, Problem } from "../../kernel/index.ts";
import { admitTree } from "../admit.ts";
import { deleteResource } from "../delete.ts";
import type { Exchange } from "../engine.ts";
import { type Referring, requireReferences } from "../reference-check.ts";
import { deleteResponse, writeResponse } from "../respond.ts";
import { requireId, updateResource } from "../update.ts";
import { atEntry, atEntryAsync, type BundleEntry } from "./entry.ts";
import { requireSize } from "./entry-size.ts";
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
		const last = new Map<string, Referring>();
		for (const step of steps) {
			const { n } = step.entry;
			answers.set(n, await atEntryAsync(n, () => take(exchange, session, step, last)));
		}
		await requireReferences(exchange, session, [...last.values()]);
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
	exchange: Exchange,
	session: Exchange["session"],
	{ entry, type, id }: Step,
	last: Map<string, Referring>,
): Promise<FhirResponse> {
	const { context } = exchange;
	const { method, path, query } = entry;
	const request = { method, path, query, conditions: { prefer: entry.conditions.prefer } };
	if (method === "DELETE") {
		last.delete(`${type}/${id}`);
		return deleteResponse(request, await deleteResource(session, type, id, undefined));
	}
	requireSize(exchange, entry);
	const { resource, advice } = await admitTree(exchange, entry.resource, type, request);
	last.set(`${type}/${id}`, { resource, id, at: `Bundle.entry[${entry.n}]` });
	requireId(resource, id);
	const { stored, created } = await updateResource(session, resource, id, undefined);
	return writeResponse(context, request, stored, created, advice);
}

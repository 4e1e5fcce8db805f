import { type FhirResponse, Problem } from "../../kernel/index.ts";
import type { Session } from "../../store/index.ts";
import { requireAccess } from "../access.ts";
import type { Action, Exchange } from "../engine.ts";
import { requireReferences } from "../reference-check.ts";
import { admitEntries } from "./admissions.ts";
import { atEntry, atEntryAsync, type BundleEntry, bodyOf } from "./entry.ts";
import { requireSize } from "./entry-size.ts";
import { checkConditions, isWrite, resolveTargets } from "./identity.ts";
import { writeTargets } from "./write-targets.ts";

/** Answers to the entries, in their own order. */
export type Answers = Map<number, FhirResponse>;

/** Runs all entries in one database transaction: all of them, or none. */
export async function transaction(exchange: Exchange, entries: readonly BundleEntry[]): Promise<Answers> {
	const [writes, reads] = [entries.filter(isWrite), entries.filter((entry) => !isWrite(entry))];
	for (const entry of writes) requireRight(exchange, entry);
	for (const entry of writes) checkConditions(entry);
	if (writes.length === 0) return answerReads(exchange, undefined, reads, new Map());
	const admitted = await admitEntries(exchange, writes);
	return exchange.session.transact(async (session) => {
		const answers: Answers = new Map();
		const targets = await resolveTargets(exchange, session, writes, admitted);
		await session.prepare(
			targets.flatMap(({ type, ids, found, entry }) =>
				entry.method === "POST" && !found ? [] : ids.map((id) => ({ type, id })),
			),
		);
		const written = await writeTargets(exchange, session, targets, answers);
		await session.flush();
		await requireReferences(exchange, session, written);
		return answerReads(exchange, session, reads, answers);
	});
}

const ACTIONS: Record<string, Action> = { POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" };

/** An entry outside the grammar, or beyond the caller's role, stops the transaction before it begins. */
function requireRight({ engine, context }: Exchange, { n, method, path, query }: BundleEntry): void {
	atEntry(n, () => {
		const [type = "", id] = path.split("/");
		const fits = method === "POST" ? id === undefined && query === "" : (id === undefined) === (query !== "");
		if (!fits || path.split("/").length > 2) {
			throw new Problem("value", {
				text: `Its request.url does not fit ${method}: write Type for POST, Type/id for one resource, or Type?criteria.`,
				expression: "request.url",
			});
		}
		if (!engine.registry.isResourceType(type)) {
			throw new Problem("not-found", {
				text: `"${type.slice(0, 64)}" is not a resource type of FHIR R4.`,
				expression: "request.url",
			});
		}
		requireAccess(context.caller, ACTIONS[method] as Action, type);
	});
}

async function answerReads(
	exchange: Exchange,
	session: Session | undefined,
	reads: readonly BundleEntry[],
	answers: Answers,
): Promise<Answers> {
	for (const entry of reads) {
		const { n, method, path, query, conditions } = entry;
		const work = async () => {
			requireSize(exchange, entry);
			return exchange.dispatch({ method, path, query, conditions, body: bodyOf(entry) }, session);
		};
		answers.set(n, await atEntryAsync(n, work));
	}
	return answers;
}

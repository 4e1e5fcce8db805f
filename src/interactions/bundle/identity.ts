import { type Issue, isId, newId, Problem, type Resource } from "../../kernel/index.ts";
import type { TransactionSession } from "../../store/index.ts";
import { type Condition, conditionsOf, readCriteria } from "../conditional.ts";
import { DELETE_LIMIT, requireFew } from "../delete.ts";
import type { Exchange } from "../engine.ts";
import { etagMatches } from "../etag.ts";
import { conditionalIdentity, requireId } from "../update.ts";
import type { Admissions } from "./admissions.ts";
import { atEntry, type BundleEntry } from "./entry.ts";

/**
 * What a writing entry turns out to be once its criteria are resolved. `found` marks a conditional create that
 * matched: nothing is written and its links point to what is there.
 */
export type Target = {
	readonly entry: BundleEntry;
	readonly type: string;
	readonly ids: readonly string[];
	readonly found: boolean;
	/** What was found of its resource beside errors. */
	readonly advice: readonly Issue[];
};

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];

/** Whether an entry writes, so that its place in the order and its identity matter; `_search` and `$operations` do not. */
export const isWrite = ({ method, path }: BundleEntry): boolean => WRITES.includes(method) && !/(^|\/)[_$]/.test(path);

/**
 * Resolves the identity of every writing entry: ids of new resources are chosen, criteria are locked and matched
 * in one statement each. https://hl7.org/fhir/R4/http.html#trules
 */
export async function resolveTargets(
	exchange: Exchange,
	session: TransactionSession,
	entries: readonly BundleEntry[],
	admitted: Admissions,
): Promise<Target[]> {
	const conditions = entries.map((entry) => atEntry(entry.n, () => criteriaOf(exchange, entry)));
	const asked = conditions.filter((condition) => condition !== undefined);
	await session.lock(conditionsOf(asked));
	const deletes = entries.some(({ method }) => method === "DELETE");
	const matches = await session.match(asked, deletes ? DELETE_LIMIT + 1 : 2);
	const found = new Map(asked.map((condition, i) => [condition, matches[i] ?? []]));
	const leaving = new Set<string>();
	const resolve = (entry: BundleEntry, i: number): Target => {
		const condition = conditions[i];
		return atEntry(entry.n, () => ({
			...targetOf(entry, condition && found.get(condition), leaving),
			advice: admitted.get(entry.n)?.advice ?? [],
		}));
	};
	const deletions = entries.map((entry, i) => (entry.method === "DELETE" ? resolve(entry, i) : undefined));
	for (const deletion of deletions) for (const id of deletion?.ids ?? []) leaving.add(`${deletion?.type}/${id}`);
	const targets = entries.map((entry, i) => deletions[i] ?? resolve(entry, i));
	requireDistinct(targets, conditions);
	return targets;
}

function criteriaOf(exchange: Exchange, entry: BundleEntry): Condition | undefined {
	const { method, path, query, conditions } = entry;
	if (method === "POST")
		return conditions.ifNoneExist === undefined ? undefined : readCriteria(exchange, path, conditions.ifNoneExist);
	return path.includes("/") ? undefined : readCriteria(exchange, path, query);
}

/** `leaving` are the resources that the transaction deletes, so that a create, which comes later, does not find them. */
function targetOf(
	entry: BundleEntry,
	matched: readonly string[] | undefined,
	leaving: ReadonlySet<string>,
): Omit<Target, "advice"> {
	const [type = "", id] = entry.path.split("/");
	const target = (ids: readonly string[], found = false) => ({ entry, type, ids, found });
	if (entry.method === "DELETE") {
		requireFew(matched?.length ?? 0);
		return target(matched ?? [pathId(id)]);
	}
	if (entry.method === "POST") {
		const match = matched && only(matched.filter((one) => !leaving.has(`${type}/${one}`)));
		return match === undefined ? target([newId()]) : target([match], true);
	}
	const match = matched && only(matched);
	if (entry.method === "PATCH") {
		const patched = matched ? match : pathId(id);
		if (patched === undefined)
			throw new Problem("not-found", `No ${type} matches the criteria, so there is nothing to patch.`);
		return target([patched]);
	}
	const resource = entry.resource as Resource;
	if (matched) return target([conditionalIdentity(resource, match) ?? newId()]);
	requireId(resource, pathId(id));
	return target([pathId(id)]);
}

function pathId(id: string | undefined): string {
	if (id !== undefined && isId(id)) return id;
	throw new Problem("value", {
		text: "Its request.url has no FHIR id of 1 to 64 characters from A–Z, a–z, 0–9, - and the full stop.",
		expression: "request.url",
	});
}

function only(matched: readonly string[]): string | undefined {
	if (matched.length > 1)
		throw new Problem("multiple-matches", "Its criteria match more than one resource. Narrow them to one.");
	return matched[0];
}

/** One resource may be written by one entry only, whichever way it is named. */
function requireDistinct(targets: readonly Target[], conditions: readonly (Condition | undefined)[]): void {
	const written = new Map<string, number>();
	const created = new Map<string, number>();
	for (const [i, { entry, type, ids, found }] of targets.entries()) {
		if (found) continue;
		for (const id of ids) claim(written, `${type}/${id}`, entry.n, `They both write ${type}/${id}.`);
		const condition = conditions[i];
		if (entry.method === "POST" && condition)
			claim(created, condition.text, entry.n, "Both would create a resource by the same If-None-Exist.");
	}
}

function claim(claims: Map<string, number>, what: string, n: number, text: string): void {
	const earlier = claims.get(what);
	if (earlier !== undefined) {
		throw new Problem("invalid", {
			text: `Bundle.entry[${n}] and Bundle.entry[${earlier}] act on the same resource. ${text} Leave one out.`,
			expression: `Bundle.entry[${n}]`,
		});
	}
	claims.set(what, n);
}

/** Refuses malformed If-Match headers before anything is locked. */
export function checkConditions({ n, conditions }: BundleEntry): void {
	if (conditions.ifMatch !== undefined) atEntry(n, () => etagMatches(conditions.ifMatch as string, undefined));
}

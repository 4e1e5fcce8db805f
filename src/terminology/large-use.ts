import { LRUCache } from "lru-cache";
import type { ConceptFilter, LargeSystem, LargeSystems } from "./large-systems.ts";
import type { PackedFilter } from "./packed.ts";
import { shown, unanswerable } from "./problem.ts";

/**
 * The loaded system of a url, of the version or the newest; `undefined` where there is none. Of SNOMED CT a version may
 * name the edition alone: `http://snomed.info/sct/900000000000207008`.
 */
export async function findLarge(
	large: LargeSystems | undefined,
	url: string,
	version?: string,
): Promise<LargeSystem | undefined> {
	const systems = (await large?.systems()) ?? [];
	const versions = systems.filter((system) => system.url === url);
	if (version === undefined) return versions[0];
	const [exact, edition] = [`${version}`, `${version}/version/`];
	return versions.find((one) => one.version === exact) ?? versions.find((one) => one.version.startsWith(edition));
}

const MOST_ANSWERS = 50_000;
const ANSWER_MS = 60_000;
const answers = new WeakMap<LargeSystems, LRUCache<string, boolean>>();

/** Whether a code is in a large system and fulfils the filters; what was asked within the last minute is not asked again. */
export async function isAmong(
	large: LargeSystems,
	{ url, version, loadedAt }: LargeSystem,
	filters: readonly ConceptFilter[],
	code: string,
): Promise<boolean> {
	let cache = answers.get(large);
	if (!cache) {
		cache = new LRUCache({ max: MOST_ANSWERS, ttl: ANSWER_MS });
		answers.set(large, cache);
	}
	const key = JSON.stringify([url, version, loadedAt, filters, code]);
	const known = cache.get(key);
	if (known !== undefined) return known;
	const found = (await large.among(url, version, [code], filters)).size > 0;
	if (key.length < 2000) cache.set(key, found);
	return found;
}

const OPERATORS: readonly string[] = [
	"=",
	"is-a",
	"descendent-of",
	"is-not-a",
	"regex",
	"in",
	"not-in",
	"generalizes",
	"exists",
] satisfies ConceptFilter["op"][];

/** @throws Problem 422 for an operator that R4 does not have. */
export const conceptFilters = (filters: readonly PackedFilter[] = []): readonly ConceptFilter[] =>
	filters.map(([property, op, value]) => {
		if (!isOperator(op)) throw unanswerable(`The filter operator ${shown(op)} is not one of R4's.`);
		return { property, op, value };
	});

const isOperator = (op: string): op is ConceptFilter["op"] => OPERATORS.includes(op);

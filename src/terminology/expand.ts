import { Problem } from "../kernel/index.ts";
import type { CodeSystem } from "./code-system.ts";
import { codeFilter, filterCodes } from "./filter.ts";
import { conceptFilters, findLarge } from "./large-use.ts";
import type { PackedInclude, PackedValueSet } from "./packed.ts";
import { shown, unanswerable } from "./problem.ts";
import { codesOfRuled } from "./ruled-systems.ts";
import type { Sources } from "./sources.ts";
import { someWork, spend, spendParts, type Work } from "./work.ts";

/** A code in its system. */
export type Coding = { readonly system: string; readonly code: string };

/** By system, the codes of it; the form in which sets are joined, met and subtracted. */
export type Codes = ReadonlyMap<string, ReadonlySet<string>>;

export const MOST_CODES = 5000;
const MOST_VALUE_SETS = 200;

/** What one expansion knows: where to look, the value sets it has done, and how many codes one may hold. */
export type Expansion = {
	readonly sources: Sources;
	readonly done: Map<string, Codes>;
	readonly limit: number;
	readonly work: Work;
};

/**
 * Every code of a value set, by the rules of compose: one include meets its value sets with its system, includes are
 * joined, excludes taken away. https://hl7.org/fhir/R4/valueset.html#compositions
 * @throws Problem 404 for an unknown value set, 422 for one that cannot be listed; never a part of the answer.
 */
export async function expand(set: PackedValueSet, name: string, sources: Sources): Promise<readonly Coding[]> {
	return codingsOf(await expandSet({ sources, done: new Map(), limit: MOST_CODES, work: someWork() }, set, name, []));
}

export const codingsOf = (codes: Codes): readonly Coding[] =>
	[...codes].flatMap(([system, set]) => [...set].map((code) => ({ system, code })));

async function expandValueSet(expansion: Expansion, canonical: string, within: readonly string[]): Promise<Codes> {
	const known = expansion.done.get(canonical);
	if (known) return known;
	if (within.includes(canonical)) {
		throw unanswerable(`A value set is made of itself: ${[...within, canonical].map(shown).join(" → ")}.`);
	}
	if (within.length + expansion.done.size >= MOST_VALUE_SETS) {
		throw tooCostly(canonical, `${MOST_VALUE_SETS} value sets`);
	}
	const codes = await expandSet(expansion, await findValueSet(expansion.sources, canonical, within), canonical, within);
	expansion.done.set(canonical, codes);
	return codes;
}

async function expandSet(
	expansion: Expansion,
	set: PackedValueSet,
	canonical: string,
	within: readonly string[],
): Promise<Codes> {
	spendParts(expansion.work, set, canonical);
	const path = [...within, canonical];
	const inactive = set.inactive ?? true;
	const included: Codes[] = [];
	for (const include of set.include) included.push(await expandInclude(expansion, include, path, inactive));
	let codes = join(included);
	for (const exclude of set.exclude ?? []) codes = subtract(codes, await expandInclude(expansion, exclude, path, true));
	if (sizeOf(codes) > expansion.limit) throw tooCostly(canonical, `${expansion.limit} codes`);
	return codes;
}

/** @param limit what it has too many of: `5000 codes` */
export const tooCostly = (canonical: string, limit: string): Problem =>
	new Problem("too-costly", `The value set ${shown(canonical)} holds more than ${limit}: ask for a smaller one.`);

/** @throws Problem 404 that names the value set, and the one it is a part of. */
export async function findValueSet(
	sources: Sources,
	canonical: string,
	within: readonly string[],
): Promise<PackedValueSet> {
	const [url = "", version] = canonical.split("|");
	const set = await sources.valueSet(url, version);
	if (set && (version === undefined || version === set.version)) return set;
	const outer = within.at(-1);
	const held = set ? ` (version ${shown(set.version ?? "unknown")} is)` : "";
	throw new Problem(
		"not-found",
		`The value set ${shown(canonical)}${outer === undefined ? "" : `, a part of ${shown(outer)},`} is not known here${held}. Store it as a ValueSet with a compose, or name one that is.`,
	);
}

/**
 * The codes of one include; `path` are the value sets around it, from the outermost, `inactive` says whether codes
 * that are no longer in use count.
 */
export async function expandInclude(
	expansion: Expansion,
	include: PackedInclude,
	path: readonly string[],
	inactive: boolean,
): Promise<Codes> {
	const parts: Codes[] = [];
	if (include.system !== undefined) {
		const codes = await systemCodes(expansion, include, include.system, path.at(-1) ?? "", inactive);
		parts.push(new Map([[include.system, new Set(codes)]]));
	}
	for (const valueSet of include.valueSets ?? []) parts.push(await expandValueSet(expansion, valueSet, path));
	if (parts.length === 0)
		throw unanswerable(`An include of ${shown(path.at(-1) ?? "")} names neither system nor value set.`);
	return parts.reduce(meet);
}

async function systemCodes(
	{ sources, limit, work }: Expansion,
	include: PackedInclude,
	url: string,
	valueSet: string,
	inactive: boolean,
): Promise<readonly string[]> {
	if (include.codes && include.filters) {
		throw unanswerable(`An include of ${shown(valueSet)} has both concepts and filters, which R4 forbids (vsd-3).`);
	}
	const { codes: listed, version } = include;
	if (listed && inactive) return listed;
	const system = await sources.codeSystem(url, version);
	if (listed) return activeOf(listed, url, version, system, sources);
	if (system?.content !== "complete") {
		const found = (await largeCodes(sources, include, url, valueSet, inactive, limit)) ?? ruledCodes(include, url);
		if (found) return found;
	}
	const complete = requireComplete(system, url, `The value set ${shown(valueSet)} cannot be expanded`);
	if (version !== undefined && version !== complete.version) {
		throw unanswerable(
			`The value set ${shown(valueSet)} cannot be expanded: it draws on version ${shown(version)} of ${shown(url)}, and version ${shown(complete.version ?? "unknown")} is here.`,
		);
	}
	spend(work, complete.codes.length * (1 + (include.filters?.length ?? 0)), valueSet);
	const codes = include.filters ? filterCodes(complete, include.filters) : complete.codes;
	return inactive ? codes : codes.filter((code) => complete.isActive(code));
}

/** Without those that are known to be out of use. */
async function activeOf(
	codes: readonly string[],
	url: string,
	version: string | undefined,
	system: CodeSystem | undefined,
	{ large }: Sources,
): Promise<readonly string[]> {
	const found = system?.content === "complete" ? undefined : await findLarge(large, url, version);
	if (!large || !found) return system ? codes.filter((code) => system.isActive(code)) : codes;
	const filters = [{ property: "inactive", op: "=", value: "true" }] as const;
	const inactive = await large.among(url, found.version, codes, filters);
	return codes.filter((code) => !inactive.has(code));
}

/** From the database; `undefined` where the system is not there. */
async function largeCodes(
	{ large }: Sources,
	{ filters, version }: PackedInclude,
	url: string,
	valueSet: string,
	inactive: boolean,
	limit: number,
): Promise<readonly string[] | undefined> {
	const system = await findLarge(large, url, version);
	if (!large || !system) return undefined;
	const page = {
		filters: conceptFilters(filters),
		activeOnly: !inactive,
		count: Math.min(limit, MOST_CODES),
		offset: 0,
	};
	const { total, concepts } = await large.search(url, system.version, page);
	if (total > page.count) throw tooCostly(valueSet, `${page.count} codes`);
	return concepts.map(({ code }) => code);
}

/** Of the systems that are a list every Node carries; `undefined` for all others. */
function ruledCodes({ filters, version }: PackedInclude, url: string): readonly string[] | undefined {
	const codes = version === undefined ? codesOfRuled(url) : undefined;
	const passes = codes && codeFilter(filters ?? []);
	return passes && codes.filter(passes);
}

/** @throws Problem 422 unless all codes of the system are here; `failing` begins the sentence. */
export function requireComplete(system: CodeSystem | undefined, url: string, failing: string): CodeSystem {
	if (system?.content === "complete") return system;
	const state = system ? `only marked as "${shown(system.content)}"` : "not known";
	throw unanswerable(
		`${failing}: the code system ${shown(url)} is ${state} here. Store it as a CodeSystem whose content is "complete", or load it with \`phc terminology load\`.`,
	);
}

const sizeOf = (codes: Codes): number => [...codes.values()].reduce((sum, set) => sum + set.size, 0);

function join(parts: readonly Codes[]): Codes {
	const all = new Map<string, Set<string>>();
	for (const part of parts) {
		for (const [system, codes] of part) {
			const set = all.get(system) ?? new Set();
			for (const code of codes) set.add(code);
			all.set(system, set);
		}
	}
	return all;
}

const combine =
	(rule: (a: ReadonlySet<string>, b: ReadonlySet<string>) => ReadonlySet<string>) =>
	(left: Codes, right: Codes): Codes =>
		new Map([...left].map(([system, codes]) => [system, rule(codes, right.get(system) ?? new Set())]));

const meet = combine((a, b) => a.intersection(b));
const subtract = combine((a, b) => a.difference(b));

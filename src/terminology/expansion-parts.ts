import { Problem } from "../kernel/index.ts";
import { type Codes, type Coding, codingsOf, type Expansion, expandInclude, findValueSet } from "./expand.ts";
import type { ConceptFilter, LargeSystem } from "./large-systems.ts";
import { conceptFilters, findLarge } from "./large-use.ts";
import { compilePacked } from "./membership.ts";
import type { PackedInclude, PackedValueSet } from "./packed.ts";
import { shown, unanswerable } from "./problem.ts";
import { spendParts } from "./work.ts";

/** Codes of a large system that the database pages. */
export type LargePart = {
	readonly kind: "large";
	readonly system: LargeSystem;
	readonly filters: readonly ConceptFilter[];
	/** Those of the include alone, without what keeps out codes of other parts. */
	readonly included: readonly ConceptFilter[];
	readonly activeOnly: boolean;
};
export type ListedPart = {
	readonly kind: "listed";
	readonly codings: readonly Coding[];
	/** The version of the system that the include names. */
	readonly version?: string | undefined;
};
export type Part = LargePart | ListedPart;

const MOST_NESTED = 100;

/**
 * A value set as lists of codes and questions to large systems, in the order of its includes; no code is in two parts.
 * @throws Problem 422 where large systems are combined in a way that only a list could answer, and it would be too long.
 */
export async function partsOf(expansion: Expansion, set: PackedValueSet, name: string): Promise<readonly Part[]> {
	const parts: Part[] = [];
	for (const part of await rawParts(expansion, set, [name], new Set())) {
		const rest = await withoutEarlier(expansion, part, parts, name);
		if (rest) parts.push(rest);
	}
	if (!set.exclude) return parts;
	const left: Part[] = [];
	for (const part of parts) {
		const rest =
			part.kind === "listed"
				? await keepListed(expansion, part, set.exclude, name)
				: await narrow(expansion, part, set.exclude, name);
		if (rest) left.push(rest);
	}
	return left;
}

/** `taken`: value sets whose parts are among those of others already, and not needed twice. */
async function rawParts(
	expansion: Expansion,
	set: PackedValueSet,
	path: readonly string[],
	taken: Set<string>,
): Promise<readonly Part[]> {
	spendParts(expansion.work, set, path.at(-1) ?? "");
	const parts: Part[] = [];
	for (const include of set.include) parts.push(...(await partsOfInclude(expansion, include, set, path, taken)));
	return parts;
}

async function partsOfInclude(
	expansion: Expansion,
	include: PackedInclude,
	set: PackedValueSet,
	path: readonly string[],
	taken: Set<string>,
): Promise<readonly Part[]> {
	const { system, codes, valueSets = [], version } = include;
	const inactive = set.inactive ?? true;
	const [nested, ...others] = valueSets;
	const isNested = system === undefined && others.length === 0 && path.length < MOST_NESTED;
	if (isNested && nested !== undefined && !path.includes(nested)) {
		if (taken.has(nested)) return [];
		const inner = await findValueSet(expansion.sources, nested, path);
		if (!inner.exclude) {
			taken.add(nested);
			return rawParts(expansion, inner, [...path, nested], taken);
		}
	}
	if (system !== undefined && !codes && valueSets.length === 0) {
		const memory = await expansion.sources.codeSystem(system, version);
		const large =
			memory?.content === "complete" ? undefined : await findLarge(expansion.sources.large, system, version);
		if (large) {
			const filters = conceptFilters(include.filters);
			return [{ kind: "large", system: large, filters, included: filters, activeOnly: !inactive }];
		}
	}
	return [{ kind: "listed", codings: codingsOf(await expandInclude(expansion, include, path, inactive)), version }];
}

/** What of a part the parts before it do not hold. */
async function withoutEarlier(
	expansion: Expansion,
	part: Part,
	earlier: readonly Part[],
	name: string,
): Promise<Part | undefined> {
	if (part.kind === "large") {
		const { url } = part.system;
		const negations: ConceptFilter[] = [];
		for (const other of earlier) {
			if (other.kind === "listed") negations.push(...notCodes(codesOf(other, url)));
			else if (other.system.url === url) {
				const negation = negationOf(other.included);
				if (negation === "nothing left") return undefined;
				if (!negation || other.activeOnly) throw tooMixed(name, url);
				negations.push(negation);
			}
		}
		return { ...part, filters: [...part.filters, ...negations] };
	}
	const seen = new Set(earlier.flatMap((other) => (other.kind === "listed" ? other.codings.map(keyOf) : [])));
	let codings = part.codings.filter((coding) => !seen.has(keyOf(coding)));
	for (const other of earlier) {
		if (other.kind === "listed") continue;
		const { url, version } = other.system;
		const asked = codings.filter(({ system }) => system === url).map(({ code }) => code);
		if (asked.length === 0) continue;
		const held = await expansion.sources.large?.among(url, version, asked, other.included);
		codings = codings.filter(({ system, code }) => system !== url || !held?.has(code));
	}
	return codings.length === 0 ? undefined : { ...part, codings };
}

async function keepListed(
	{ sources }: Expansion,
	{ codings, ...part }: ListedPart,
	exclude: readonly PackedInclude[],
	name: string,
): Promise<ListedPart | undefined> {
	const excluded = await compilePacked({ include: exclude }, name, sources);
	const left: Coding[] = [];
	for (const coding of codings) {
		const answer = await excluded(coding);
		if (answer === "unknown") {
			throw unanswerable(
				`The value set ${shown(name)} cannot be expanded: whether it excludes ${shown(coding.code)} of ${shown(coding.system)} cannot be told here.`,
			);
		}
		if (answer === "out") left.push(coding);
	}
	return left.length === 0 ? undefined : { ...part, codings: left };
}

async function narrow(
	expansion: Expansion,
	part: LargePart,
	exclude: readonly PackedInclude[],
	name: string,
): Promise<LargePart | undefined> {
	const { url } = part.system;
	const filters = [...part.filters];
	for (const include of exclude) {
		const { system, codes, valueSets } = include;
		if (system !== undefined && system !== url) continue;
		const negation = !codes && !valueSets ? negationOf(conceptFilters(include.filters)) : undefined;
		if (negation === "nothing left") return undefined;
		if (negation) filters.push(negation);
		else filters.push(...notCodes(await listedCodes(expansion, include, url, name)));
	}
	return { ...part, filters };
}

const listedCodes = async (
	expansion: Expansion,
	include: PackedInclude,
	url: string,
	name: string,
): Promise<readonly string[]> => {
	const codes: Codes = await expandInclude(expansion, include, [name], true);
	return [...(codes.get(url) ?? [])];
};

/** A filter for all that these filters do not hold; `undefined` where none says that. */
function negationOf(filters: readonly ConceptFilter[]): ConceptFilter | "nothing left" | undefined {
	const [only, ...others] = filters;
	if (!only) return "nothing left";
	if (others.length > 0) return undefined;
	const { property, op, value } = only;
	switch (op) {
		case "is-a":
			return { property, op: "is-not-a", value };
		case "is-not-a":
			return { property, op: "is-a", value };
		case "=":
		case "in":
			return { property, op: "not-in", value };
		case "not-in":
			return { property, op: "in", value };
		case "exists":
			return { property, op, value: value === "false" ? "true" : "false" };
		default:
			return undefined;
	}
}

const notCodes = (codes: readonly string[]): ConceptFilter[] =>
	codes.length === 0 ? [] : [{ property: "code", op: "not-in", value: codes.join(",") }];

const codesOf = ({ codings }: ListedPart, url: string): readonly string[] =>
	codings.filter(({ system }) => system === url).map(({ code }) => code);

const keyOf = ({ system, code }: Coding): string => `${system}\n${code}`;

const tooMixed = (name: string, url: string): Problem =>
	new Problem(
		"too-costly",
		`The value set ${shown(name)} cannot be paged: several of its includes draw on ${shown(url)} by filters that overlap. Make them one include, or filter by "is-a" alone.`,
	);

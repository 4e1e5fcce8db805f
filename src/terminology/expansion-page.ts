import { Problem } from "../kernel/index.ts";
import type { PackedDesignation } from "./details.ts";
import { designationOf } from "./details.ts";
import { type Coding, type Expansion, MOST_CODES, tooCostly } from "./expand.ts";
import { type LargePart, type Part, partsOf } from "./expansion-parts.ts";
import { type FoundSystem, findConcept, findSystem } from "./find-concept.ts";
import type { Concept, ConceptFilter, Designation } from "./large-systems.ts";
import type { PackedValueSet } from "./packed.ts";
import { type Pins, pinnedSet, pinnedSources } from "./pinned.ts";
import type { Sources } from "./sources.ts";
import { matcher } from "./words.ts";
import { someWork } from "./work.ts";

/** What of an expansion is wanted. https://hl7.org/fhir/R4/valueset-operation-expand.html */
export type ExpansionOptions = {
	/** Words of which each begins a word of a display, a designation or the code. */
	readonly text?: string | undefined;
	/** Most codes of the page; without it the whole, up to 5,000. */
	readonly count?: number | undefined;
	readonly offset: number;
	readonly activeOnly: boolean;
	/** Leave out codes that only group others. */
	readonly selectableOnly: boolean;
	readonly language?: string | undefined;
	/** Canonicals of systems whose codes are left out. */
	readonly withoutSystems: readonly string[];
	readonly pins?: Pins;
};

export type ExpandedConcept = Concept & { readonly system: string };

export type ExpansionPage = {
	/** Of the whole expansion that was asked for. */
	readonly total: number;
	readonly concepts: readonly ExpandedConcept[];
	/** `system|version` of the code systems of these concepts that are here in full. */
	readonly versions: readonly string[];
};

/** In memory an expansion may be long, as only a page of it is answered. */
const MOST_LISTED = 200_000;

/**
 * A page of the codes of a value set with their words, in an order that stays: the order of its includes and of their
 * systems, with `text` in a large system best first.
 * @throws Problem 422 `too-costly` where a whole of more than 5,000 codes is asked for; 404, 422 as `expand`.
 */
export async function expansionPage(
	defined: PackedValueSet,
	name: string,
	options: ExpansionOptions,
	known: Sources,
): Promise<ExpansionPage> {
	const { pins } = options;
	const [set, sources] = pins ? [pinnedSet(defined, pins), pinnedSources(known, pins)] : [defined, known];
	const expansion: Expansion = { sources, done: new Map(), limit: MOST_LISTED, work: someWork() };
	const parts = await partsOf(expansion, set, name);
	const systems = systemsOf(sources);
	const versions = new Set<string>();
	const words = wordsOf(set);
	const wanted = parts.filter((part) => part.kind === "listed" || !options.withoutSystems.includes(part.system.url));
	const limit = options.count ?? MOST_CODES;
	let { offset } = options;
	let total = 0;
	const concepts: ExpandedConcept[] = [];
	for (const part of wanted) {
		const page = { offset, count: Math.max(0, Math.min(limit, MOST_CODES) - concepts.length) };
		const found = await pageOf(part, page, options, sources, systems, words);
		total += found.total;
		offset = Math.max(0, offset - found.total);
		concepts.push(...found.concepts);
		for (const version of found.versions) versions.add(version);
	}
	if (options.count === undefined && total - options.offset > MOST_CODES) {
		throw tooCostly(name, `${MOST_CODES} codes: ask for a page with count and offset, or with a filter`);
	}
	return { total, concepts, versions: [...versions] };
}

type Page = { readonly offset: number; readonly count: number };
type Found = Pick<ExpansionPage, "total" | "concepts" | "versions">;
type Systems = ReturnType<typeof systemsOf>;

async function pageOf(
	part: Part,
	page: Page,
	options: ExpansionOptions,
	sources: Sources,
	systems: Systems,
	words: ReadonlyMap<string, Words>,
): Promise<Found> {
	if (part.kind === "large") return largePage(part, page, options, sources);
	const { text, activeOnly, selectableOnly, withoutSystems } = options;
	const { version } = part;
	const codings = part.codings.filter(({ system }) => !withoutSystems.includes(system));
	const { offset, count } = page;
	const found = async (total: number, concepts: readonly ExpandedConcept[]): Promise<Found> => ({
		total,
		concepts,
		versions: await systems.versions(concepts, version),
	});
	const describe = (some: readonly Coding[]): Promise<readonly ExpandedConcept[]> =>
		systems.describe(some, version, words, options.language);
	if (text === undefined && !activeOnly && !selectableOnly) {
		return found(codings.length, count === 0 ? [] : await describe(codings.slice(offset, offset + count)));
	}
	const matches = text === undefined ? undefined : matcher(text);
	const passing = (await describe(codings)).filter(
		(concept) =>
			!(activeOnly && concept.inactive) && !(selectableOnly && concept.abstract) && (matches?.(concept) ?? true),
	);
	return found(passing.length, passing.slice(offset, offset + count));
}

const SELECTABLE: ConceptFilter = { property: "notSelectable", op: "=", value: "false" };

async function largePage(
	{ system, filters, activeOnly }: LargePart,
	page: Page,
	{ text, language, ...options }: ExpansionOptions,
	{ large }: Sources,
): Promise<Found> {
	if (!large) return { total: 0, concepts: [], versions: [] };
	const { total, concepts } = await large.search(system.url, system.version, {
		...page,
		filters: options.selectableOnly ? [...filters, SELECTABLE] : filters,
		activeOnly: activeOnly || options.activeOnly,
		...(text !== undefined && { text }),
		...(language !== undefined && { language }),
	});
	const { url, version } = system;
	const versions = concepts.length > 0 ? [`${url}|${version}`] : [];
	return { total, concepts: concepts.map((concept) => ({ ...concept, system: url })), versions };
}

type Words = { readonly display?: string | undefined; readonly designations: readonly Designation[] };

const keyOf = ({ system, code }: Coding): string => `${system}\n${code}`;

/** What the value set itself calls its codes. */
function wordsOf({ include }: PackedValueSet): ReadonlyMap<string, Words> {
	const words = new Map<string, Words>();
	for (const { system, words: own } of include) {
		if (system === undefined || !own) continue;
		for (const [code, { display, designations = [] }] of Object.entries(own)) {
			const all = designations.map((one: PackedDesignation) => designationOf(one));
			words.set(keyOf({ system, code }), { display, designations: all });
		}
	}
	return words;
}

/** The code systems an expansion comes upon, each looked for once. */
function systemsOf(sources: Sources) {
	const found = new Map<string, Promise<FoundSystem | undefined>>();
	const systemOf = (url: string, version: string | undefined): Promise<FoundSystem | undefined> => {
		const key = `${url}|${version ?? ""}`;
		const known = found.get(key) ?? findSystem(sources, url, version).catch(ifUnknown);
		found.set(key, known);
		return known;
	};
	/** Of a large system all at once. */
	const largeConcepts = async (
		system: FoundSystem,
		codes: readonly string[],
	): Promise<ReadonlyMap<string, Concept>> => {
		const all = new Map<string, Concept>();
		for (let at = 0; at < codes.length; at += 1000) {
			const value = codes.slice(at, at + 1000).join(",");
			const page = { filters: [{ property: "code", op: "in" as const, value }], count: 1000, offset: 0 };
			const answer = await sources.large?.search(system.url, system.version, page);
			for (const concept of answer?.concepts ?? []) all.set(concept.code, concept);
		}
		return all;
	};
	return {
		async describe(
			codings: readonly Coding[],
			version: string | undefined,
			words: ReadonlyMap<string, Words>,
			language: string | undefined,
		): Promise<readonly ExpandedConcept[]> {
			const bySystem = Map.groupBy(codings, ({ system }) => system);
			const known = new Map<string, Concept>();
			for (const [url, some] of bySystem) {
				const system = (await systemOf(url, version)) ?? (await systemOf(url, undefined));
				const large =
					system?.large &&
					(await largeConcepts(
						system,
						some.map(({ code }) => code),
					));
				for (const coding of some) {
					const concept = large
						? large.get(coding.code)
						: system && (await findConcept(sources, system, coding.code, language));
					if (concept) known.set(keyOf(coding), concept);
				}
			}
			return codings.map((coding) => worded(coding, known.get(keyOf(coding)), words.get(keyOf(coding)), sources));
		},
		async versions(used: readonly Coding[], version: string | undefined): Promise<readonly string[]> {
			const urls = [...new Set(used.map(({ system }) => system))];
			const all = await Promise.all(urls.map((url) => systemOf(url, version)));
			return all.flatMap((system) =>
				system?.version === undefined || !system.isWhole ? [] : [`${system.url}|${system.version}`],
			);
		},
	};
}

function worded(
	{ system, code }: Coding,
	concept: Concept | undefined,
	words: Words | undefined,
	sources: Sources,
): ExpandedConcept {
	const display = words?.display ?? concept?.display ?? sources.words.display(system, code) ?? "";
	const designations = [...(words?.designations ?? []), ...(concept?.designations ?? [])];
	if (concept) return { ...concept, code, display, designations, system };
	return { code, display, inactive: false, designations, properties: [], system };
}

function ifUnknown(error: unknown): undefined {
	if (error instanceof Problem && error.kind === "not-found") return undefined;
	throw error;
}

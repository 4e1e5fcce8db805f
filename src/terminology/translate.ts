import { isObject, type Json, type JsonObject, Problem, type Resource } from "../kernel/index.ts";
import { shown } from "./problem.ts";

/** What $translate asks. https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
export type TranslationQuestion = {
	readonly codings: readonly { readonly system: string; readonly code: string }[];
	/** Only matches of this system. */
	readonly targetSystem?: string | undefined;
	/** From targets to sources. */
	readonly reverse: boolean;
	/** What else is known, for mappings that depend on it. */
	readonly dependencies: readonly { readonly element: string; readonly codes: readonly string[] }[];
};

export type TranslationMatch = {
	/** https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html */
	readonly equivalence: string;
	/** Absent where the map says that there is no match. */
	readonly concept?: {
		readonly system?: string;
		readonly version?: string;
		readonly code: string;
		readonly display?: string;
	};
	readonly products: readonly { readonly element: string; readonly system?: string; readonly code: string }[];
	/** Canonical of the map it comes from. */
	readonly source: string;
};

export type Translation = {
	readonly result: boolean;
	readonly message?: string;
	readonly matches: readonly TranslationMatch[];
};

type FindMap = (canonical: string) => Promise<Resource | undefined>;

const NO_MATCH: readonly string[] = ["unmatched", "disjoint"];
const MOST_MAPS = 10;

/** Translates codes by these maps; `find` is asked for the other map that one names for what it leaves out. */
export async function translateBy(
	maps: readonly Resource[],
	question: TranslationQuestion,
	find: FindMap,
): Promise<Translation> {
	const matches: TranslationMatch[] = [];
	const withheld: string[] = [];
	const translation = { find, withheld, done: new Set<string>() };
	for (const map of maps) matches.push(...(await matchesOf(map, question, translation, [])));
	const result = matches.some(({ equivalence }) => !NO_MATCH.includes(equivalence));
	if (result) return { result, matches };
	const asked = question.codings.map(({ system, code }) => `${shown(system)}#${shown(code)}`).join(", ");
	const why =
		withheld.length > 0
			? `its mapping depends on ${[...new Set(withheld)].map(shown).join(", ")}, which was not given as a dependency`
			: "no map that was asked has a match for it";
	return { result, matches, message: `There is no translation of ${asked}: ${why}.` };
}

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const given = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
	value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });

/** What one translation has come upon: dependencies that were not given, and which other maps were asked for what. */
type Translating = { readonly find: FindMap; readonly withheld: string[]; readonly done: Set<string> };

async function matchesOf(
	map: Resource,
	question: TranslationQuestion,
	translating: Translating,
	asked: readonly string[],
): Promise<readonly TranslationMatch[]> {
	const url = text(map.url) ?? "";
	if (asked.includes(url)) throw loop([...asked, url]);
	if (asked.length >= MOST_MAPS) throw loop(asked);
	const matches: TranslationMatch[] = [];
	for (const group of objects(map.group)) {
		const [from, to] = question.reverse ? [group.target, group.source] : [group.source, group.target];
		if (question.targetSystem !== undefined && text(to) !== question.targetSystem) continue;
		for (const { system, code } of question.codings) {
			if (text(from) !== undefined && from !== system) continue;
			const found = question.reverse
				? backward(group, code, url)
				: forward(group, code, url, question.dependencies, translating.withheld);
			if (found) matches.push(...found);
			else if (!question.reverse) {
				const other = text(isObject(group.unmapped) ? group.unmapped.url : undefined);
				if (isObject(group.unmapped) && group.unmapped.mode === "other-map" && other !== undefined) {
					const place = JSON.stringify([other, system, code]);
					if (translating.done.has(place)) continue;
					const next = await translating.find(other);
					const rest = { ...question, codings: [{ system, code }] };
					if (next) matches.push(...(await matchesOf(next, rest, translating, [...asked, url])));
					translating.done.add(place);
				} else matches.push(...unmapped(group, code, url));
			}
		}
	}
	return matches;
}

const loop = (urls: readonly string[]): Problem =>
	new Problem("unprocessable", `Concept maps name each other without end: ${urls.map(shown).join(" → ")}.`);

/** `undefined` where the group does not have the code. */
function forward(
	group: JsonObject,
	code: string,
	source: string,
	dependencies: TranslationQuestion["dependencies"],
	withheld: string[],
): TranslationMatch[] | undefined {
	const elements = objects(group.element).filter((element) => element.code === code);
	if (elements.length === 0) return undefined;
	return elements.flatMap((element) =>
		objects(element.target).flatMap((target) => {
			const missing = objects(target.dependsOn).filter((one) => !isGiven(one, dependencies));
			withheld.push(...missing.flatMap(({ property }) => text(property) ?? []));
			if (missing.length > 0) return [];
			const products = objects(target.product).flatMap(({ property, system, value }) => {
				const [name, found] = [text(property), text(value)];
				return name === undefined || found === undefined
					? []
					: [{ element: name, code: found, ...given("system", text(system)) }];
			});
			const concept = conceptOf(group.target, group.targetVersion, target);
			return [{ equivalence: text(target.equivalence) ?? "relatedto", ...concept, products, source }];
		}),
	);
}

function isGiven({ property, value }: JsonObject, dependencies: TranslationQuestion["dependencies"]): boolean {
	return dependencies.some(({ element, codes }) => element === property && codes.includes(text(value) ?? ""));
}

/** Equivalence is told of the target as seen from the source: the other way round it turns. */
const TURNED: Readonly<Record<string, string>> = {
	wider: "narrower",
	narrower: "wider",
	subsumes: "specializes",
	specializes: "subsumes",
};

function backward(group: JsonObject, code: string, source: string): TranslationMatch[] {
	return objects(group.element).flatMap((element) =>
		objects(element.target)
			.filter((target) => target.code === code)
			.map((target) => {
				const equivalence = text(target.equivalence) ?? "relatedto";
				const concept = conceptOf(group.source, group.sourceVersion, element);
				return { equivalence: TURNED[equivalence] ?? equivalence, ...concept, products: [], source };
			}),
	);
}

function conceptOf(
	system: Json | undefined,
	version: Json | undefined,
	{ code, display }: JsonObject,
): Pick<TranslationMatch, "concept"> {
	const found = text(code);
	if (found === undefined) return {};
	return {
		concept: {
			...given("system", text(system)),
			...given("version", text(version)),
			code: found,
			...given("display", text(display)),
		},
	};
}

/** What the map says of codes it does not list. https://hl7.org/fhir/R4/conceptmap-definitions.html#ConceptMap.group.unmapped */
function unmapped(group: JsonObject, code: string, source: string): TranslationMatch[] {
	if (!isObject(group.unmapped)) return [];
	const { mode } = group.unmapped;
	if (mode === "provided") {
		return [{ equivalence: "equal", ...conceptOf(group.target, group.targetVersion, { code }), products: [], source }];
	}
	if (mode !== "fixed") return [];
	return [
		{ equivalence: "inexact", ...conceptOf(group.target, group.targetVersion, group.unmapped), products: [], source },
	];
}

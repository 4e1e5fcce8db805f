import { isObject, type Json, type JsonObject, numberText } from "../kernel/index.ts";
import { packDesignation } from "./details.ts";
import type {
	PackedCodeSystem,
	PackedConcept,
	PackedFilter,
	PackedInclude,
	PackedValueSet,
	PackedWords,
} from "./packed.ts";

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const texts = (value: Json | undefined): string[] =>
	Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

type Role = "parent" | "child";
const ROLES: ReadonlyMap<string, Role> = new Map([
	["parent", "parent"],
	["subsumedBy", "parent"],
	["http://hl7.org/fhir/concept-properties#parent", "parent"],
	["child", "child"],
	["http://hl7.org/fhir/concept-properties#child", "child"],
]);
/** In these a nested concept is not a kind of the one around it. https://hl7.org/fhir/R4/valueset-codesystem-hierarchy-meaning.html */
const NOT_SUBSUMPTION = ["part-of", "grouped-by"];

/** Not `defined`: another concept names it as its child, and it may never come. */
type Concept = { defined: boolean; readonly parents: Set<string>; readonly properties: Map<string, string[]> };

/** What can be asked of a CodeSystem resource, without its texts. https://hl7.org/fhir/R4/codesystem.html */
export function packCodeSystem(resource: JsonObject): PackedCodeSystem {
	const concepts = new Map<string, Concept>();
	const roles = new Map(ROLES);
	for (const { code, uri } of objects(resource.property)) {
		const role = ROLES.get(text(uri) ?? "");
		if (role && typeof code === "string") roles.set(code, role);
	}
	const nests = !NOT_SUBSUMPTION.includes(text(resource.hierarchyMeaning) ?? "");
	addConcepts(concepts, roles, objects(resource.concept), nests);
	const content = text(resource.content) ?? "complete";
	const names = new Set(objects(resource.property).flatMap(({ code }) => text(code) ?? []));
	for (const { properties } of concepts.values()) for (const name of properties.keys()) names.add(name);
	return {
		...pick(resource, "version"),
		...(content !== "complete" && { content }),
		...(typeof resource.caseSensitive === "boolean" && { caseSensitive: resource.caseSensitive }),
		...(names.size > 0 && { properties: [...names] }),
		concepts: [...concepts].flatMap(([code, concept]) =>
			concept.defined ? [packConcept(code, concept, (parent) => concepts.get(parent)?.defined === true)] : [],
		),
	};
}

function pick(resource: JsonObject, name: "version"): { version?: string } {
	const value = text(resource[name]);
	return value === undefined ? {} : { version: value };
}

function conceptOf(concepts: Map<string, Concept>, code: string): Concept {
	const concept = concepts.get(code) ?? { defined: false, parents: new Set(), properties: new Map() };
	concepts.set(code, concept);
	return concept;
}

function addConcepts(
	concepts: Map<string, Concept>,
	roles: ReadonlyMap<string, Role>,
	list: readonly JsonObject[],
	nests: boolean,
	around?: string,
): void {
	for (const item of list) {
		const code = text(item.code);
		if (code === undefined) continue;
		const concept = conceptOf(concepts, code);
		concept.defined = true;
		if (nests && around !== undefined) concept.parents.add(around);
		for (const property of objects(item.property)) {
			const name = text(property.code);
			const value = valueText(property);
			if (name === undefined || value === undefined) continue;
			const role = roles.get(name);
			if (role === "parent") concept.parents.add(value);
			else if (role === "child") conceptOf(concepts, value).parents.add(code);
			else valuesOf(concept, name).push(value);
		}
		addConcepts(concepts, roles, objects(item.concept), nests, code);
	}
}

function valuesOf({ properties }: Concept, name: string): string[] {
	const values = properties.get(name) ?? [];
	properties.set(name, values);
	return values;
}

/** The text of `value[x]`: a Coding counts by its code. */
function valueText(property: JsonObject): string | undefined {
	const name = Object.keys(property).find((key) => key.startsWith("value"));
	const value = name === undefined ? undefined : property[name];
	if (isObject(value)) return text(value.code);
	return typeof value === "boolean" ? String(value) : (text(value) ?? numberText(value));
}

function packConcept(
	code: string,
	{ parents, properties }: Concept,
	isDefined: (parent: string) => boolean,
): PackedConcept {
	const above = [...parents].filter(isDefined);
	if (properties.size > 0) return [code, above, Object.fromEntries(properties)];
	return above.length > 0 ? [code, above] : code;
}

/**
 * What a ValueSet resource says its codes are; `undefined` when it says nothing: no compose and no whole expansion.
 * https://hl7.org/fhir/R4/valueset.html
 */
export function packValueSet(resource: JsonObject): PackedValueSet | undefined {
	const title = text(resource.title) ?? text(resource.name);
	const named = { ...pick(resource, "version"), ...(title !== undefined && { title }) };
	if (isObject(resource.compose)) {
		const { include, exclude, inactive } = resource.compose;
		if (objects(include).length === 0) return undefined;
		return {
			...named,
			include: objects(include).map(packInclude),
			...(exclude !== undefined && { exclude: objects(exclude).map(packInclude) }),
			...(inactive === false && { inactive }),
		};
	}
	if (!isObject(resource.expansion) || isPartial(resource.expansion)) return undefined;
	const include = listed(objects(resource.expansion.contains));
	const total = Number(numberText(resource.expansion.total) ?? 0);
	const held = include.reduce((sum, { codes = [] }) => sum + codes.length, 0);
	return total > held ? undefined : { ...named, include };
}

/** https://hl7.org/fhir/R4/extension-valueset-toocostly.html */
const isPartial = (expansion: JsonObject): boolean =>
	objects(expansion.extension).some(({ url }) => /\/valueset-(?:toocostly|unclosed)$/.test(text(url) ?? ""));

function packInclude(include: JsonObject): PackedInclude {
	const system = text(include.system);
	const codes = objects(include.concept).flatMap((concept) => text(concept.code) ?? []);
	const filters = objects(include.filter).map(
		(filter): PackedFilter => [text(filter.property) ?? "", text(filter.op) ?? "", text(filter.value) ?? ""],
	);
	const valueSets = texts(include.valueSet);
	const words = packWords(objects(include.concept));
	return {
		...(system !== undefined && { system }),
		...pick(include, "version"),
		...(codes.length > 0 && { codes }),
		...(filters.length > 0 && { filters }),
		...(valueSets.length > 0 && { valueSets }),
		...(words && { words }),
	};
}

function packWords(concepts: readonly JsonObject[]): Readonly<Record<string, PackedWords>> | undefined {
	const words = concepts.flatMap((concept): [string, PackedWords][] => {
		const [code, display] = [text(concept.code), text(concept.display)];
		const designations = objects(concept.designation).flatMap(packDesignation);
		if (code === undefined || (display === undefined && designations.length === 0)) return [];
		return [[code, { ...(display !== undefined && { display }), ...(designations.length > 0 && { designations }) }]];
	});
	return words.length > 0 ? Object.fromEntries(words) : undefined;
}

function listed(contains: readonly JsonObject[]): PackedInclude[] {
	const bySystem = new Map<string, Map<string, JsonObject>>();
	const walk = (items: readonly JsonObject[]): void => {
		for (const item of items) {
			const [system, code] = [text(item.system), text(item.code)];
			if (system !== undefined && code !== undefined && item.abstract !== true) {
				bySystem.set(system, (bySystem.get(system) ?? new Map()).set(code, item));
			}
			walk(objects(item.contains));
		}
	};
	walk(contains);
	return [...bySystem].map(([system, codes]) => {
		const words = packWords([...codes.values()]);
		return { system, codes: [...codes.keys()], ...(words && { words }) };
	});
}

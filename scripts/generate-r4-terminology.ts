import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject } from "../src/kernel/index.ts";
import { type DetailsOfAll, type PackedDetails, packDetails } from "../src/terminology/details.ts";
import { packCodeSystem, packValueSet } from "../src/terminology/pack.ts";
import type {
	CaseRules,
	PackedCodeSystem,
	PackedInclude,
	PackedTerminology,
	PackedValueSet,
} from "../src/terminology/packed.ts";

/** The npm package that carries the whole R4 specification as JSON. */
export const R4_PACKAGE = join(import.meta.dirname, "../node_modules/hl7.fhir.r4.examples");
const FOLDER = join(import.meta.dirname, "../src/terminology/r4");
export const R4_TERMINOLOGY = join(FOLDER, "terminology.json");
export const R4_DETAILS = join(FOLDER, "details.json");
export const R4_CONCEPT_MAPS = join(FOLDER, "concept-maps.json");
export const R4_CASE = join(FOLDER, "case.json");

/** Reads the code systems and value sets of the specification in `folder` and packs them, in the order of their urls. */
export function buildTerminology(folder: string): PackedTerminology {
	const codeSystems = Object.fromEntries(
		readAll(folder, "CodeSystem")
			.filter(({ resource }) => resource.content !== "supplement")
			.map(({ url, resource }): [string, PackedCodeSystem] => [url, packCodeSystem(resource)]),
	);
	const valueSets = Object.fromEntries(
		readAll(folder, "ValueSet").map(({ url, resource }): [string, PackedValueSet] => {
			const packed = packValueSet(resource);
			if (!packed) throw new Error(`${url} has no compose`);
			const { title: _, ...rest } = packed;
			return [url, { ...rest, include: packed.include.map((include) => published(include, codeSystems)) }];
		}),
	);
	return { codeSystems, valueSets };
}

/** What the specification publishes together belongs together: `task-code` draws on a version 3.6.0 that never was. */
function published(include: PackedInclude, codeSystems: Readonly<Record<string, PackedCodeSystem>>): PackedInclude {
	const { version: _, ...rest } = include;
	return Object.hasOwn(codeSystems, include.system ?? "") ? rest : include;
}

/** Texts of what `buildTerminology` gives. SNOMED CT's own words are left out: who may have them loads SNOMED CT. */
export function buildDetails(folder: string, { codeSystems }: PackedTerminology): DetailsOfAll {
	const systems = readAll(folder, "CodeSystem").flatMap(({ url, resource }): [string, PackedDetails][] => {
		const packed = resource.content === "supplement" ? undefined : codeSystems[url];
		if (!packed) return [];
		const codes = packed.concepts.map((concept) => (typeof concept === "string" ? concept : concept[0]));
		const { definitions: _, displays = [], ...details } = packDetails(resource, codes);
		return [[url, { ...details, ...(displays.some((display) => display !== "") && { displays }) }]];
	});
	const valueSets = readAll(folder, "ValueSet");
	const displays = new Map<string, Map<string, string>>();
	for (const { resource } of valueSets) {
		for (const { system, code, display } of listedCodes(resource)) {
			if (system === "http://snomed.info/sct" || (codeSystems[system]?.concepts.length ?? 0) > 0) continue;
			const known = displays.get(system) ?? new Map<string, string>();
			if (display !== code && !known.has(code)) displays.set(system, known.set(code, display));
		}
	}
	return {
		codeSystems: Object.fromEntries(systems),
		valueSets: Object.fromEntries(
			valueSets.flatMap(({ url, resource }) => {
				const title = resource.title ?? resource.name;
				return typeof title === "string" ? [[url, title]] : [];
			}),
		),
		displays: Object.fromEntries([...displays].map(([system, codes]) => [system, Object.fromEntries(codes)])),
	};
}

type Listed = { readonly system: string; readonly code: string; readonly display: string };

function listedCodes({ compose }: JsonObject): Listed[] {
	const includes = isObject(compose) && Array.isArray(compose.include) ? compose.include.filter(isObject) : [];
	return includes.flatMap(({ system, concept }) =>
		(Array.isArray(concept) ? concept.filter(isObject) : []).flatMap(({ code, display }) =>
			typeof system === "string" && typeof code === "string" && typeof display === "string"
				? [{ system, code, display }]
				: [],
		),
	);
}

const MAP_PARTS = [
	"resourceType",
	"url",
	"version",
	"name",
	"title",
	"status",
	"sourceUri",
	"sourceCanonical",
	"targetUri",
	"targetCanonical",
	"group",
];

/** The concept maps of the specification with what $translate asks of them, in the order of their urls. */
export const buildConceptMaps = (folder: string): Readonly<Record<string, JsonObject>> =>
	Object.fromEntries(
		readAll(folder, "ConceptMap").map(({ url, resource }) => [
			url,
			Object.fromEntries(MAP_PARTS.flatMap((part) => (resource[part] === undefined ? [] : [[part, resource[part]]]))),
		]),
	);

export function buildCaseRules({ codeSystems }: PackedTerminology): CaseRules {
	const those = (caseSensitive: boolean): string[] =>
		Object.entries(codeSystems).flatMap(([url, system]) => (system.caseSensitive === caseSensitive ? [url] : []));
	return { sensitive: those(true), insensitive: those(false) };
}

type Definition = { readonly url: string; readonly resource: JsonObject };

const readAll = (folder: string, type: string): Definition[] =>
	readdirSync(folder)
		.filter((file) => file.startsWith(`${type}-`))
		.map((file): unknown => JSON.parse(readFileSync(join(folder, file), "utf8")))
		.flatMap((resource) =>
			isObject(resource) && typeof resource.url === "string" ? [{ url: resource.url, resource }] : [],
		)
		.sort((a, b) => (a.url < b.url ? -1 : 1));

/** JSON with one line for each entry, so that a change of the standard shows as a readable diff. */
export function formatTerminology({ codeSystems, valueSets }: PackedTerminology): string {
	return `{"codeSystems":${formatObject(codeSystems)},\n"valueSets":${formatObject(valueSets)}}\n`;
}

export const formatDetails = ({ codeSystems, valueSets, displays }: DetailsOfAll): string =>
	`{"codeSystems":${formatObject(codeSystems)},\n"valueSets":${formatObject(valueSets)},\n"displays":${formatObject(displays)}}\n`;

export const formatConceptMaps = (maps: Readonly<Record<string, JsonObject>>): string => `${formatObject(maps)}\n`;

const formatObject = (object: object): string =>
	`{\n${Object.entries(object)
		.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
		.join(",\n")}\n}`;

export const formatCaseRules = (rules: CaseRules): string => `${JSON.stringify(rules, null, "\t")}\n`;

if (import.meta.main) {
	const terminology = buildTerminology(R4_PACKAGE);
	writeFileSync(R4_TERMINOLOGY, formatTerminology(terminology));
	writeFileSync(R4_DETAILS, formatDetails(buildDetails(R4_PACKAGE, terminology)));
	writeFileSync(R4_CONCEPT_MAPS, formatConceptMaps(buildConceptMaps(R4_PACKAGE)));
	writeFileSync(R4_CASE, formatCaseRules(buildCaseRules(terminology)));
}

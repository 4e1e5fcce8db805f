import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject } from "../src/kernel/index.ts";
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
			return [url, { ...packed, include: packed.include.map((include) => published(include, codeSystems)) }];
		}),
	);
	return { codeSystems, valueSets };
}

/** What the specification publishes together belongs together: `task-code` draws on a version 3.6.0 that never was. */
function published(include: PackedInclude, codeSystems: Readonly<Record<string, PackedCodeSystem>>): PackedInclude {
	const { version: _, ...rest } = include;
	return Object.hasOwn(codeSystems, include.system ?? "") ? rest : include;
}

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

const formatObject = (object: object): string =>
	`{\n${Object.entries(object)
		.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
		.join(",\n")}\n}`;

export const formatCaseRules = (rules: CaseRules): string => `${JSON.stringify(rules, null, "\t")}\n`;

if (import.meta.main) {
	const terminology = buildTerminology(R4_PACKAGE);
	writeFileSync(R4_TERMINOLOGY, formatTerminology(terminology));
	writeFileSync(R4_CASE, formatCaseRules(buildCaseRules(terminology)));
}

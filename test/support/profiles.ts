import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, Resource } from "../../src/kernel/index.ts";

/** Our own profiles, value sets and code systems. */
export const PROFILES = join(import.meta.dirname, "../../profiles");
/** The official guide, where a developer has it beside the project. */
export const OFFICIAL = join(import.meta.dirname, "../../../shared/data/nrces/package");
/** For `skip`: false where the official guide is there. */
export const withoutOfficial: false | string = existsSync(OFFICIAL) ? false : `${OFFICIAL} is not there`;

export const NRCES = "https://nrces.in/ndhm/fhir/r4/";

/** The element of a differential, as far as the tests look into it. */
export type Differential = JsonObject & { readonly id: string; readonly path: string };

/** The conformance resources of a folder, by file name. */
export function resourcesIn(folder: string): Map<string, Resource> {
	const files = readdirSync(folder).filter((file) => /^(StructureDefinition|ValueSet|CodeSystem)-.*\.json$/.test(file));
	return new Map(files.sort().map((file) => [file, JSON.parse(readFileSync(join(folder, file), "utf8"))]));
}

export const ofType = (resources: Iterable<Resource>, type: string): Resource[] =>
	[...resources].filter(({ resourceType }) => resourceType === type);

export const differentialOf = (profile: Resource): Differential[] =>
	(profile.differential as { element: Differential[] }).element;

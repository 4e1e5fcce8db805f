import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createLayer } from "../src/definitions/definitions.ts";
import { type PackedProfile, type PackedProfiles, packStructure } from "../src/definitions/packed-profile.ts";
import type { ElementRule } from "../src/definitions/profile.ts";
import { readStructure, type Structure } from "../src/definitions/structure.ts";
import { Problem, type Resource } from "../src/kernel/index.ts";
import { R4_PACKAGE } from "./generate-r4-model.ts";

export const R4_PROFILES = join(import.meta.dirname, "../src/definitions/r4/profiles.json");

/**
 * Packs every StructureDefinition of the specification in `folder` that has a published snapshot and describes
 * something that can be an instance: not the logical models, which are patterns for its authors.
 */
export function buildProfiles(folder: string): PackedProfiles {
	const structures = readR4(folder).map(readStructure);
	const made = createLayer(
		structures.map((structure) => ({ ...structure, read: () => withoutSnapshot(structure) })),
		[],
	);
	const isRemade = (structure: Structure): boolean => {
		try {
			const elements = made.profile(structure.url)?.elements ?? [];
			return isDeepStrictEqual(elements.map(sorted), structure.snapshot?.map(sorted));
		} catch (error) {
			if (error instanceof Problem) return false;
			throw error;
		}
	};
	return {
		fhirVersion: "4.0.1",
		profiles: structures.map((structure) => packStructure(structure, !isRemade(structure))),
	};
}

/** The order of constraints says nothing, and is not kept. */
const sorted = (rule: ElementRule): ElementRule => ({
	...rule,
	...(rule.constraints && { constraints: rule.constraints.toSorted((a, b) => (a.key < b.key ? -1 : 1)) }),
});

/** The StructureDefinitions of the specification that are packed, by url. */
export const readR4 = (folder: string): Resource[] =>
	readdirSync(folder)
		.filter((file) => file.startsWith("StructureDefinition-"))
		.map((file): Resource => JSON.parse(readFileSync(join(folder, file), "utf8")))
		.filter(({ kind, snapshot }) => kind !== "logical" && snapshot !== undefined)
		.sort((a, b) => (String(a.url) < String(b.url) ? -1 : 1));

/** As if only its differential had been published. */
export function withoutSnapshot({ snapshot: _, ...structure }: Structure): Structure {
	return structure;
}

/** JSON with a line for each profile, so that a change of the standard shows as a readable diff. */
export function formatProfiles({ fhirVersion, profiles }: PackedProfiles): string {
	const lines = profiles.map((profile: PackedProfile) => JSON.stringify(profile));
	return `{"fhirVersion":${JSON.stringify(fhirVersion)},"profiles":[\n${lines.join(",\n")}\n]}\n`;
}

if (import.meta.main) writeFileSync(R4_PROFILES, formatProfiles(buildProfiles(R4_PACKAGE)));

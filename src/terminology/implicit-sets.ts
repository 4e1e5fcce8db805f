import type { PackedValueSet } from "./packed.ts";

const SNOMED = /^(http:\/\/snomed\.info\/sct)(\/\d+(?:\/version\/\d+)?)?\?fhir_vs(?:=isa\/(\d+))?$/;

/**
 * Value sets that a url alone defines: all of SNOMED CT or what is below one of its concepts
 * (https://hl7.org/fhir/R4/snomedct.html#implicit), and all of LOINC (https://hl7.org/fhir/R4/loinc.html#implicit).
 */
export function implicitSet(url: string): PackedValueSet | undefined {
	if (url === "http://loinc.org/vs") return { title: "All of LOINC", include: [{ system: "http://loinc.org" }] };
	const [, system, edition, concept] = SNOMED.exec(url) ?? [];
	if (system === undefined) return undefined;
	return {
		title: concept === undefined ? "All of SNOMED CT" : `SNOMED CT concept ${concept} and all below it`,
		include: [
			{
				system,
				...(edition !== undefined && { version: `${system}${edition}` }),
				...(concept !== undefined && { filters: [["concept", "is-a", concept]] }),
			},
		],
	};
}

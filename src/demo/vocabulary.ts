import type { JsonObject } from "../kernel/index.ts";

export const SNOMED = "http://snomed.info/sct";
export const ICD10 = "http://hl7.org/fhir/sid/icd-10";
export const LOINC = "http://loinc.org";
export const UCUM = "http://unitsofmeasure.org";
export const ABHA_SYSTEM = "https://healthid.ndhm.gov.in";
export const FACILITY_SYSTEM = "https://facility.ndhm.gov.in";
export const HPR_SYSTEM = "https://doctor.ndhm.gov.in";
/** The demo clinic's own numbers: patients, visits, rooms. */
export const MR_SYSTEM = "https://demo.phc-commons.example/mr-number";
export const VISIT_SYSTEM = "https://demo.phc-commons.example/opd-number";
export const ROOM_SYSTEM = "https://demo.phc-commons.example/room";

const NDHM_IDENTIFIER = "https://nrces.in/ndhm/fhir/r4/CodeSystem/ndhm-identifier-type-code";
const V2_IDENTIFIER = "http://terminology.hl7.org/CodeSystem/v2-0203";

const IDENTIFIER_TYPES = {
	MR: [V2_IDENTIFIER, "Medical record number"],
	MD: [V2_IDENTIFIER, "Medical License number"],
	PRN: [V2_IDENTIFIER, "Provider number"],
	HIN: [NDHM_IDENTIFIER, "Health ID issued by NDHM"],
	ABHA: [NDHM_IDENTIFIER, "Ayushman Bharat Health Account (ABHA) ID"],
	HPIN: [NDHM_IDENTIFIER, "Health Practitioner ID issued by NDHM"],
	HSN: [NDHM_IDENTIFIER, "Harmonized System of Nomenclature"],
} as const;

/** The profile of the NRCES guide, as meta. https://nrces.in/ndhm/fhir/r4/ */
export const profiled = (name: string): JsonObject => ({
	profile: [`https://nrces.in/ndhm/fhir/r4/StructureDefinition/${name}`],
});

export const coding = (system: string, code: string, display: string): JsonObject => ({ system, code, display });

export const concept = (system: string, code: string, display: string, text?: string): JsonObject => ({
	coding: [coding(system, code, display)],
	...(text === undefined ? {} : { text }),
});

export const reference = (type: string, id: string, display?: string): JsonObject => ({
	reference: `${type}/${id}`,
	...(display === undefined ? {} : { display }),
});

/** An Identifier typed as NRCES wants it. */
export function identifier(
	types: readonly (keyof typeof IDENTIFIER_TYPES)[],
	system: string | undefined,
	value: string,
): JsonObject {
	const type = types.map((code) => coding(IDENTIFIER_TYPES[code][0], code, IDENTIFIER_TYPES[code][1]));
	return { type: { coding: type }, ...(system === undefined ? {} : { system }), value };
}

/** A number as measured: `36.80` stays `36.80`. Equal to what `parseJson` makes of the same text. */
export const decimal = (text: string): number | { readonly rawJSON: string } =>
	String(Number(text)) === text ? Number(text) : JSON.rawJSON(text);

/** A Quantity in UCUM. */
export const quantity = (text: string, unit: string, code = unit): JsonObject => ({
	value: decimal(text),
	unit,
	system: UCUM,
	code,
});

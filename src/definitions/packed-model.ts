/**
 * The committed form of the standard (`r4/model.json`), written by `scripts/generate-r4-model.ts`: only what each type
 * adds to its base, one short row an element.
 */
export type PackedModel = {
	fhirVersion: string;
	types: Record<string, PackedType>;
	/** By url without version. `codes` are absent where the set cannot be listed; `system` where it draws on several. */
	valueSets: Record<string, { system?: string; codes?: string[] }>;
	searchParameters: PackedSearchParameter[];
	/** Compartment → resource type → parameter codes. */
	compartments: Record<string, Record<string, string[]>>;
};

export type PackedType = {
	kind: "resource" | "complex" | "primitive" | "backbone";
	abstract?: true;
	base?: string;
	elements: PackedElement[];
};

/**
 * `[name, types, cardinality, flags, valueSet]`: name as in the standard (`value[x]`), types as
 * `CodeableConcept,Reference(Patient|Group)`, cardinality `0..*`, flags of `s`ummary and `m`odifier,
 * valueSet the url of a required binding.
 */
export type PackedElement = [name: string, types: string, cardinality: string, flags?: string, valueSet?: string];

export type PackedSearchParameter = {
	code: string;
	/** The url without `SEARCH_PARAMETERS`. */
	id: string;
	type: string;
	base: string[];
	expression?: string;
	/** `["Resource"]` for all. */
	targets?: string[];
	components?: { definition: string; expression: string }[];
};

/** What every url of a standard search parameter begins with. */
export const SEARCH_PARAMETERS = "http://hl7.org/fhir/SearchParameter/";

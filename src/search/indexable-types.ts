import type { SearchParameter } from "../definitions/index.ts";

const TYPES: Partial<Record<SearchParameter["type"], ReadonlySet<string>>> = {
	number: new Set(["integer", "decimal", "positiveInt", "unsignedInt"]),
	date: new Set(["date", "dateTime", "instant", "Period", "Timing"]),
	string: new Set(["string", "markdown", "code", "id", "HumanName", "Address"]),
	token: new Set(["code", "Coding", "CodeableConcept", "Identifier", "ContactPoint", "boolean", "string", "id", "uri"]),
	reference: new Set(["Reference", "canonical", "uri", "Resource"]),
	quantity: new Set(["Quantity", "Age", "Count", "Distance", "Duration", "Money", "Range", "SampledData"]),
	uri: new Set(["uri", "url", "canonical", "oid", "uuid"]),
};

const NONE: ReadonlySet<string> = new Set();

/** The FHIR types of values that a parameter of a type can search. https://hl7.org/fhir/R4/search.html#table */
export const indexableTypes = (type: SearchParameter["type"]): ReadonlySet<string> => TYPES[type] ?? NONE;

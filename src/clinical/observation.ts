import { type Json, type JsonObject, numberText, type Resource } from "../kernel/index.ts";
import { at, codeIn, decimal, isLong, items, label, referenceOf, startOf, untilOf } from "./element.ts";
import type { TypedTable } from "./typed-table.ts";

const LOINC = "http://loinc.org";

const component = (resource: Resource, code: string): string | undefined =>
	decimal(
		at(
			items(resource.component).find((part) => codeIn(part.code, LOINC) === code),
			"valueQuantity",
			"value",
		),
	);

/** The codes of what was observed, each once, those of LOINC first. */
function codesOf(resource: Resource): string[] {
	const codings = items(resource.code).flatMap(({ coding }) => items(coding));
	const isLoinc = ({ system }: JsonObject): boolean => system === LOINC;
	const ordered = [...codings.filter(isLoinc), ...codings.filter((coding) => !isLoinc(coding))];
	return [...new Set(ordered.map(({ code }) => code).filter((code) => typeof code === "string"))];
}

const valueText = (resource: Resource): Json | undefined =>
	resource.valueString ??
	label(resource.valueCodeableConcept) ??
	resource.valueDateTime ??
	resource.valueTime ??
	(typeof resource.valueBoolean === "boolean" ? String(resource.valueBoolean) : undefined) ??
	at(resource.valueQuantity, "comparator");

const effective = (resource: Resource): Json | undefined =>
	resource.effectiveDateTime ?? resource.effectiveInstant ?? resource.effectivePeriod ?? resource.effectiveTiming;

/** https://hl7.org/fhir/R4/observation.html */
export const observation: TypedTable = {
	type: "Observation",
	table: "observation",
	columns: [
		{ name: "status", type: "text", about: "registered, final, amended …", of: (r) => r.status },
		{ name: "category", type: "text", about: "first category code", of: (r) => at(r.category, "coding", "code") },
		{
			name: "code",
			type: "text",
			about: "LOINC code, else the first code",
			of: (r) => codesOf(r)[0],
		},
		{ name: "second_code", type: "text", about: "another code, as a second LOINC code", of: (r) => codesOf(r)[1] },
		{ name: "code_text", type: "text", about: "what was observed, in words", of: (r) => label(r.code) },
		{
			name: "value",
			type: "numeric",
			about: "measured number",
			of: (r) => decimal(at(r.valueQuantity, "value")) ?? numberText(r.valueInteger),
		},
		{
			name: "unit",
			type: "text",
			about: "UCUM code, else the unit's text",
			of: (r) => at(r.valueQuantity, "code") ?? at(r.valueQuantity, "unit"),
		},
		{ name: "value_text", type: "text", about: "value that is no number", of: valueText },
		{
			name: "systolic",
			type: "numeric",
			about: "systolic pressure of a blood pressure panel",
			of: (r) => component(r, "8480-6"),
		},
		{
			name: "diastolic",
			type: "numeric",
			about: "diastolic pressure of a blood pressure panel",
			of: (r) => component(r, "8462-4"),
		},
		{
			name: "effective",
			type: "timestamptz",
			about: "when it was true; start of a period",
			of: (r, clinic) => startOf(effective(r), clinic),
		},
		{
			name: "effective_until",
			type: "timestamptz",
			about: "moment after the last at which it was true; null while it lasts",
			of: (r, clinic) => untilOf(effective(r), clinic),
		},
		{
			name: "effective_long",
			type: "boolean",
			about: "whether it was true for more than a day, or has an open end",
			of: (r, clinic) => isLong(effective(r), clinic),
		},
		{
			name: "issued",
			type: "timestamptz",
			about: "when it was made available",
			of: (r, clinic) => startOf(r.issued, clinic),
		},
		{
			name: "subject",
			type: "text",
			about: "whom it is about, as a reference",
			of: (r, clinic) => referenceOf(r.subject, clinic),
		},
		{
			name: "encounter",
			type: "text",
			about: "visit, as a reference",
			of: (r, clinic) => referenceOf(r.encounter, clinic),
		},
		{
			name: "recorder",
			type: "text",
			about: "first performer, as a reference",
			of: (r, clinic) => referenceOf(r.performer, clinic),
		},
		{ name: "note", type: "text", about: "first note", of: (r) => at(r.note, "text") },
	],
	references: [
		{ path: "subject", column: "subject" },
		{ path: "encounter", column: "encounter" },
	],
	dates: [
		{
			paths: ["effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant"],
			start: "effective",
			until: "effective_until",
			long: "effective_long",
		},
	],
	codes: [{ path: "code", first: "code", second: "second_code", start: "effective", codesOf }],
	indexes: [
		["subject", "effective DESC NULLS LAST", "id"],
		["effective DESC NULLS LAST", "id"],
		["encounter"],
		["code", "effective DESC NULLS LAST", "id"],
		["second_code", "effective DESC NULLS LAST", "id"],
	],
};

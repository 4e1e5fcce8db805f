import { at, label, referenceOf, startOf } from "./element.ts";
import type { TypedTable } from "./typed-table.ts";

/** https://hl7.org/fhir/R4/condition.html */
export const condition: TypedTable = {
	type: "Condition",
	table: "condition",
	columns: [
		{
			name: "clinical_status",
			type: "text",
			about: "active, resolved …",
			of: (r) => at(r.clinicalStatus, "coding", "code"),
		},
		{
			name: "verification_status",
			type: "text",
			about: "confirmed, provisional …",
			of: (r) => at(r.verificationStatus, "coding", "code"),
		},
		{ name: "category", type: "text", about: "first category code", of: (r) => at(r.category, "coding", "code") },
		{ name: "severity", type: "text", about: "severity, in words", of: (r) => label(r.severity) },
		{ name: "code_system", type: "text", about: "system of the first code", of: (r) => at(r.code, "coding", "system") },
		{ name: "code", type: "text", about: "first diagnosis code", of: (r) => at(r.code, "coding", "code") },
		{ name: "code_text", type: "text", about: "diagnosis, in words", of: (r) => label(r.code) },
		{
			name: "subject",
			type: "text",
			about: "patient, as a reference",
			of: (r, clinic) => referenceOf(r.subject, clinic),
		},
		{
			name: "encounter",
			type: "text",
			about: "visit, as a reference",
			of: (r, clinic) => referenceOf(r.encounter, clinic),
		},
		{
			name: "onset",
			type: "timestamptz",
			about: "onset; start of a period",
			of: (r, clinic) => startOf(r.onsetDateTime ?? at(r.onsetPeriod, "start"), clinic),
		},
		{
			name: "abatement",
			type: "timestamptz",
			about: "abatement; start of a period",
			of: (r, clinic) => startOf(r.abatementDateTime ?? at(r.abatementPeriod, "start"), clinic),
		},
		{
			name: "recorded",
			type: "timestamptz",
			about: "when it was recorded",
			of: (r, clinic) => startOf(r.recordedDate, clinic),
		},
		{
			name: "recorder",
			type: "text",
			about: "who recorded or asserted it, as a reference",
			of: (r, clinic) => referenceOf(r.recorder, clinic) ?? referenceOf(r.asserter, clinic),
		},
		{ name: "note", type: "text", about: "first note", of: (r) => at(r.note, "text") },
	],
	references: [
		{ path: "subject", column: "subject" },
		{ path: "encounter", column: "encounter" },
	],
	dates: [],
	codes: [],
	indexes: [["subject", "recorded"], ["code"], ["encounter"]],
};

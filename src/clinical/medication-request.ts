import { at, decimal, label, referenceOf, startOf } from "./element.ts";
import type { TypedTable } from "./typed-table.ts";

/** https://hl7.org/fhir/R4/medicationrequest.html */
export const medicationRequest: TypedTable = {
	type: "MedicationRequest",
	table: "medication_request",
	columns: [
		{ name: "status", type: "text", about: "active, completed, stopped …", of: (r) => r.status },
		{ name: "intent", type: "text", about: "order, plan …", of: (r) => r.intent },
		{
			name: "medication_code",
			type: "text",
			about: "first medicine code",
			of: (r) => at(r.medicationCodeableConcept, "coding", "code"),
		},
		{
			name: "medication_text",
			type: "text",
			about: "medicine, in words",
			of: (r) => label(r.medicationCodeableConcept) ?? at(r.medicationReference, "display"),
		},
		{
			name: "medication",
			type: "text",
			about: "Medication, as a reference",
			of: (r, clinic) => referenceOf(r.medicationReference, clinic),
		},
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
			name: "authored",
			type: "timestamptz",
			about: "when it was written",
			of: (r, clinic) => startOf(r.authoredOn, clinic),
		},
		{
			name: "requester",
			type: "text",
			about: "prescriber, as a reference",
			of: (r, clinic) => referenceOf(r.requester, clinic),
		},
		{ name: "reason_text", type: "text", about: "why, in words", of: (r) => label(r.reasonCode) },
		{
			name: "dosage_text",
			type: "text",
			about: "first dosage instruction",
			of: (r) => at(r.dosageInstruction, "text"),
		},
		{
			name: "quantity",
			type: "numeric",
			about: "quantity to dispense",
			of: (r) => decimal(at(r.dispenseRequest, "quantity", "value")),
		},
		{ name: "note", type: "text", about: "first note", of: (r) => at(r.note, "text") },
	],
	references: [
		{ path: "subject", column: "subject" },
		{ path: "encounter", column: "encounter" },
		{ path: "requester", column: "requester" },
	],
	dates: [],
	codes: [],
	indexes: [["subject", "authored"], ["encounter"]],
};

import { at, label, referenceOf, startOf } from "./element.ts";
import type { TypedTable } from "./typed-table.ts";

/** https://hl7.org/fhir/R4/medication.html */
export const medication: TypedTable = {
	type: "Medication",
	table: "medication",
	columns: [
		{ name: "status", type: "text", about: "active, inactive …", of: (r) => r.status },
		{
			name: "identifier",
			type: "text",
			about: "first identifier value, as the HSN code",
			of: (r) => at(r.identifier, "value"),
		},
		{ name: "code_system", type: "text", about: "system of the first code", of: (r) => at(r.code, "coding", "system") },
		{ name: "code", type: "text", about: "first code", of: (r) => at(r.code, "coding", "code") },
		{ name: "code_text", type: "text", about: "medicine, in words", of: (r) => label(r.code) },
		{ name: "form", type: "text", about: "tablet, syrup …", of: (r) => label(r.form) },
		{
			name: "manufacturer",
			type: "text",
			about: "manufacturer, as a reference",
			of: (r, clinic) => referenceOf(r.manufacturer, clinic),
		},
		{ name: "lot_number", type: "text", about: "batch lot number", of: (r) => at(r.batch, "lotNumber") },
		{
			name: "expiration",
			type: "timestamptz",
			about: "when the batch expires",
			of: (r, clinic) => startOf(at(r.batch, "expirationDate"), clinic),
		},
	],
	references: [],
	dates: [],
	codes: [],
	indexes: [["code"], ["expiration"]],
};

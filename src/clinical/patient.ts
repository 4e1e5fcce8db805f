import type { Json, JsonObject, Resource } from "../kernel/index.ts";
import { abhaOf } from "./abha.ts";
import { at, dayOf, first, items, referenceOf, words } from "./element.ts";
import type { TypedTable } from "./typed-table.ts";

const abha = (resource: Resource, kind: "number" | "address"): string | undefined =>
	abhaOf(resource).find((a) => a.kind === kind)?.value;

const officialName = (resource: Resource): Json | undefined =>
	items(resource.name).find((name) => name.use === "official") ?? first(resource.name);

const telecom = (resource: Resource, system: string): Json | undefined =>
	items(resource.telecom).find((point) => point.system === system)?.value;

const recordNumber = (resource: Resource): Json | undefined =>
	items(resource.identifier).find(
		(identifier) =>
			abhaOf({ resourceType: "Patient", identifier: [identifier] }).length === 0 &&
			items((identifier.type as JsonObject | undefined)?.coding).some((coding) => coding.code === "MR"),
	)?.value;

const fullName = (resource: Resource): Json | undefined => {
	const name = officialName(resource);
	return (
		at(name, "text") ?? words([words((name as JsonObject)?.given), at(name, "family")].filter((w) => w !== undefined))
	);
};

/** https://hl7.org/fhir/R4/patient.html */
export const patient: TypedTable = {
	type: "Patient",
	table: "patient",
	columns: [
		{ name: "abha_number", type: "text", about: "ABHA number, 14 digits", of: (r) => abha(r, "number") },
		{ name: "abha_address", type: "text", about: "ABHA address, lower case", of: (r) => abha(r, "address") },
		{ name: "record_number", type: "text", about: "the clinic's own record number (type MR)", of: recordNumber },
		{ name: "full_name", type: "text", about: "official name as one text", of: fullName },
		{ name: "family_name", type: "text", about: "family name", of: (r) => at(officialName(r), "family") },
		{
			name: "given_name",
			type: "text",
			about: "given names",
			of: (r) => words((officialName(r) as JsonObject | undefined)?.given),
		},
		{ name: "gender", type: "text", about: "administrative gender", of: (r) => r.gender },
		{
			name: "birth_date",
			type: "date",
			about: "birth date; first day of a partial one",
			of: (r) => dayOf(r.birthDate),
		},
		{ name: "phone", type: "text", about: "first phone number", of: (r) => telecom(r, "phone") },
		{ name: "email", type: "text", about: "first e-mail address", of: (r) => telecom(r, "email") },
		{
			name: "address_line",
			type: "text",
			about: "address lines",
			of: (r) => words((first(r.address) as JsonObject)?.line),
		},
		{ name: "city", type: "text", about: "village, town or city", of: (r) => at(r.address, "city") },
		{ name: "district", type: "text", about: "district", of: (r) => at(r.address, "district") },
		{ name: "state", type: "text", about: "state", of: (r) => at(r.address, "state") },
		{ name: "postal_code", type: "text", about: "PIN code", of: (r) => at(r.address, "postalCode") },
		{ name: "active", type: "boolean", about: "record in use", of: (r) => r.active },
		{
			name: "deceased",
			type: "boolean",
			about: "whether the patient has died",
			of: (r) => r.deceasedBoolean ?? (r.deceasedDateTime === undefined ? undefined : true),
		},
		{
			name: "general_practitioner",
			type: "text",
			about: "first general practitioner, as a reference",
			of: (r, clinic) => referenceOf(r.generalPractitioner, clinic),
		},
		{
			name: "managing_organization",
			type: "text",
			about: "managing organization, as a reference",
			of: (r, clinic) => referenceOf(r.managingOrganization, clinic),
		},
	],
	references: [{ path: "managingOrganization", column: "managing_organization" }],
	dates: [],
	codes: [],
	indexes: [["abha_number"], ["family_name"], ["birth_date"]],
};

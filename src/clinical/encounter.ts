import { at, isLong, items, label, referenceOf, startOf, untilOf } from "./element.ts";
import type { TypedTable } from "./typed-table.ts";

/** https://hl7.org/fhir/R4/encounter.html */
export const encounter: TypedTable = {
	type: "Encounter",
	table: "encounter",
	columns: [
		{ name: "status", type: "text", about: "planned, in-progress, finished …", of: (r) => r.status },
		{ name: "class", type: "text", about: "AMB, IMP, EMER …", of: (r) => at(r.class, "code") },
		{ name: "type_text", type: "text", about: "kind of visit, in words", of: (r) => label(r.type) },
		{
			name: "subject",
			type: "text",
			about: "patient, as a reference",
			of: (r, clinic) => referenceOf(r.subject, clinic),
		},
		{
			name: "practitioner",
			type: "text",
			about: "first participating practitioner, as a reference",
			of: (r, clinic) =>
				items(r.participant)
					.map((participant) => referenceOf(participant.individual, clinic))
					.find((reference) => reference?.includes("Practitioner")),
		},
		{
			name: "period_start",
			type: "timestamptz",
			about: "start of the visit",
			of: (r, clinic) => startOf(at(r.period, "start"), clinic),
		},
		{
			name: "period_end",
			type: "timestamptz",
			about: "end of the visit",
			of: (r, clinic) => startOf(at(r.period, "end"), clinic),
		},
		{
			name: "period_until",
			type: "timestamptz",
			about: "moment after the visit; null while it lasts",
			of: (r, clinic) => untilOf(r.period, clinic),
		},
		{
			name: "period_long",
			type: "boolean",
			about: "whether the visit takes more than a day, or has an open end",
			of: (r, clinic) => isLong(r.period, clinic),
		},
		{ name: "reason_code", type: "text", about: "first reason code", of: (r) => at(r.reasonCode, "coding", "code") },
		{ name: "reason_text", type: "text", about: "chief complaint, in words", of: (r) => label(r.reasonCode) },
		{
			name: "diagnosis",
			type: "text",
			about: "first diagnosis, as a reference",
			of: (r, clinic) => referenceOf(at(r.diagnosis, "condition"), clinic),
		},
		{
			name: "service_provider",
			type: "text",
			about: "organization, as a reference",
			of: (r, clinic) => referenceOf(r.serviceProvider, clinic),
		},
	],
	references: [
		{ path: "subject", column: "subject" },
		{ path: "serviceProvider", column: "service_provider" },
	],
	dates: [{ paths: ["period"], start: "period_start", until: "period_until", long: "period_long" }],
	codes: [],
	indexes: [
		["subject", "period_start DESC NULLS LAST", "id"],
		["period_start DESC NULLS LAST", "id"],
	],
};

import { IDENTIFIER_SYSTEM, patientId } from "./bench.ts";

/** A patient as a clinic registers one. */
export const patient = (n: number) => ({
	resourceType: "Patient",
	id: patientId(n),
	meta: { profile: ["https://nrces.in/ndhm/fhir/r4/StructureDefinition/Patient"] },
	identifier: [
		{
			type: {
				coding: [
					{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR", display: "Medical record number" },
				],
			},
			system: IDENTIFIER_SYSTEM,
			value: `MR-${patientId(n)}`,
		},
	],
	name: [{ use: "official", text: "Asha Devi", family: "Devi", given: ["Asha"] }, { text: "आशा देवी" }],
	telecom: [{ system: "phone", value: "+919900000000" }],
	gender: "female",
	birthDate: "1984-03-09",
	address: [
		{ line: ["12 Temple Road"], city: "Rampur", district: "Barabanki", state: "Uttar Pradesh", postalCode: "225001" },
	],
});

/** A blood pressure as a nurse records it: 1.5 kB, two components. */
export const bloodPressure = (n: number) => ({
	resourceType: "Observation",
	meta: { profile: ["https://nrces.in/ndhm/fhir/r4/StructureDefinition/ObservationVitalSigns"] },
	status: "final",
	category: [
		{
			coding: [
				{
					system: "http://terminology.hl7.org/CodeSystem/observation-category",
					code: "vital-signs",
					display: "Vital Signs",
				},
			],
		},
	],
	code: {
		coding: [
			{ system: "http://loinc.org", code: "85354-9", display: "Blood pressure panel with all children optional" },
		],
		text: "Blood pressure",
	},
	subject: { reference: `Patient/${patientId(n)}`, display: "Asha Devi" },
	effectiveDateTime: "2026-01-15T10:05:00+05:30",
	performer: [{ reference: "Practitioner/prac-1" }],
	component: [
		component("8480-6", "Systolic blood pressure", 110 + (n % 40)),
		component("8462-4", "Diastolic blood pressure", 70 + (n % 20)),
	],
});

const component = (code: string, display: string, value: number) => ({
	code: { coding: [{ system: "http://loinc.org", code, display }] },
	valueQuantity: { value, unit: "mmHg", system: "http://unitsofmeasure.org", code: "mm[Hg]" },
});

/** A transaction of `size` entries: an encounter and its observations, tied together by urn:uuid. */
export function transaction(n: number, size: number) {
	const fullUrl = "urn:uuid:6f1f2a58-6f0a-4b0e-9d3a-0c4f6c1d2e3f";
	const encounter = {
		resourceType: "Encounter",
		status: "finished",
		class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "AMB", display: "ambulatory" },
		subject: { reference: `Patient/${patientId(n)}` },
		period: { start: "2026-01-15T10:00:00+05:30", end: "2026-01-15T10:20:00+05:30" },
	};
	const observations = Array.from({ length: size - 1 }, (_, i) => ({
		resource: {
			...bloodPressure(n + i),
			subject: { reference: `Patient/${patientId(n)}` },
			encounter: { reference: fullUrl },
		},
		request: { method: "POST", url: "Observation" },
	}));
	return {
		resourceType: "Bundle",
		type: "transaction",
		entry: [{ fullUrl, resource: encounter, request: { method: "POST", url: "Encounter" } }, ...observations],
	};
}

import type { Resource } from "../src/kernel/index.ts";
import { bloodPressure, patient } from "./resources.ts";

const NRCES = "https://nrces.in/ndhm/fhir/r4/StructureDefinition";
const SNOMED = "http://snomed.info/sct";

const urn = (n: number): string => `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const claims = (name: string) => ({ profile: [`${NRCES}/${name}`] });
const concept = (code: string, display: string) => ({ coding: [{ system: SNOMED, code, display }], text: display });

/** A wellness record as ABDM exchanges it: a Composition, the patient, a practitioner, and vital signs. */
export function documentBundle(n: number, entries = 100): Resource {
	const vitals = Array.from({ length: entries - 3 }, (_, i) => observation(i));
	const resources = [composition(vitals.length), person(n), practitioner(), ...vitals];
	return {
		resourceType: "Bundle",
		id: `document-${n}`,
		meta: { versionId: "1", lastUpdated: "2026-01-15T10:10:00+05:30", ...claims("DocumentBundle") },
		identifier: { system: "https://clinic.example/documents", value: `document-${n}` },
		type: "document",
		timestamp: "2026-01-15T10:10:00+05:30",
		entry: resources.map((resource, i) => ({ fullUrl: urn(i), resource })),
	} as Resource;
}

const composition = (vitals: number) => ({
	resourceType: "Composition",
	id: "composition",
	meta: claims("WellnessRecord"),
	status: "final",
	type: { ...concept("736055001", "Rehabilitation care plan"), text: "Wellness Record" },
	subject: { reference: urn(1), display: "Asha Devi" },
	date: "2026-01-15T10:10:00+05:30",
	author: [{ reference: urn(2), display: "Dr. Rao" }],
	title: "Wellness Record",
	section: [
		{
			title: "Vital Signs",
			entry: Array.from({ length: vitals }, (_, i) => ({ reference: urn(i + 3) })),
		},
	],
});

function person(n: number): object {
	const { id: _, ...rest } = patient(n);
	return { ...rest, id: "patient" };
}

const practitioner = () => ({
	resourceType: "Practitioner",
	id: "practitioner",
	meta: claims("Practitioner"),
	identifier: [
		{
			type: {
				coding: [
					{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MD", display: "Medical License number" },
				],
			},
			system: "https://doctor.ndhm.gov.in",
			value: "21-1521-3828-3227",
		},
	],
	name: [{ text: "Dr. Rao" }],
});

const observation = (i: number) => ({
	...bloodPressure(i),
	id: `vitals-${i}`,
	subject: { reference: urn(1) },
	performer: [{ reference: urn(2) }],
});

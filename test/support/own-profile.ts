import type { ValidationSettings } from "../../src/kernel/index.ts";
import type { Ask } from "./clinic.ts";

export const RAMPUR = "https://rampur.example/StructureDefinition/RampurPatient";

/** A clinic's own profile: a Patient with a gender, and, by FHIRPath, with a birth date. */
export const rampurPatient = (more: object = {}) => ({
	resourceType: "StructureDefinition",
	id: "rampur-patient",
	url: RAMPUR,
	name: "RampurPatient",
	status: "active",
	kind: "resource",
	abstract: false,
	type: "Patient",
	baseDefinition: "http://hl7.org/fhir/StructureDefinition/Patient",
	derivation: "constraint",
	differential: {
		element: [
			{
				id: "Patient",
				path: "Patient",
				constraint: [
					{ key: "ram-1", severity: "error", human: "A birth date is known", expression: "birthDate.exists()" },
				],
			},
			{ id: "Patient.gender", path: "Patient.gender", min: 1 },
		],
	},
	...more,
});

/** Sets what the clinic asks of resources, as its ADMIN would. */
export function setRules(ask: Ask, rules: Partial<ValidationSettings>): void {
	const validation = { mode: "enforce", requiredProfiles: {}, references: false, ...rules };
	Object.assign(ask.tenant, { validation });
}

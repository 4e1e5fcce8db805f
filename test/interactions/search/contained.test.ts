import t from "tap";
import type { Resource } from "../../../src/kernel/index.ts";
import { type Ask, jsonOf, somePatient, testClinic } from "../../support/clinic.ts";
import { refused } from "../../support/refused.ts";

let ask: Ask;

const request = (id: string, more: Partial<Resource> = {}): Resource => ({
	resourceType: "MedicationRequest",
	id,
	status: "active",
	intent: "order",
	subject: { reference: "Patient/p" },
	medicationReference: { reference: "#med" },
	contained: [
		{
			resourceType: "Medication",
			id: "med",
			code: { coding: [{ system: "http://snomed.info/sct", code: "387517004" }], text: "Paracetamol" },
		},
	],
	...more,
});

t.before(async () => {
	ask = await testClinic(t);
	await ask("PUT", "Patient/p", somePatient({ id: "p" }));
	await ask("PUT", "MedicationRequest/in", request("in"));
	await ask("PUT", "Medication/ibu", {
		resourceType: "Medication",
		id: "ibu",
		code: { coding: [{ code: "387207008" }] },
	});
	await ask("PUT", "Medication/para", {
		resourceType: "Medication",
		id: "para",
		code: { coding: [{ system: "http://snomed.info/sct", code: "387517004" }] },
	});
	await ask(
		"PUT",
		"MedicationRequest/out",
		request("out", { medicationReference: { reference: "Medication/ibu" }, contained: undefined }),
	);
	await ask("PUT", "Observation/o", {
		resourceType: "Observation",
		id: "o",
		status: "final",
		code: { text: "pulse" },
		subject: { reference: "#pat" },
		performer: [{ reference: "#doc" }],
		contained: [
			{ ...somePatient({ name: [{ family: "Rao" }], gender: "male", birthDate: "1980" }), id: "pat" },
			{ resourceType: "Practitioner", id: "doc", name: [{ family: "Iyer" }] },
		],
	});
});

const entries = async (url: string): Promise<string[]> =>
	(jsonOf(await ask("GET", url)).entry ?? []).map((entry: { fullUrl: string }) => entry.fullUrl.split("/fhir/")[1]);

t.test("a contained resource is no match by itself", async (t) => {
	t.strictSame(await entries("Medication?code=387517004"), ["Medication/para"]);
	t.strictSame(await entries("Patient?family=Rao"), []);
});

t.test("a chain is followed into what is contained, by the reference that names it", async (t) => {
	t.strictSame(await entries("MedicationRequest?medication.code=387517004"), ["MedicationRequest/in"]);
	t.strictSame(await entries("MedicationRequest?medication.code=387207008"), ["MedicationRequest/out"]);
	t.strictSame(await entries("MedicationRequest?medication:Medication.code:not=387517004"), ["MedicationRequest/out"]);
	t.strictSame(await entries("Observation?subject:Patient.family=rao"), ["Observation/o"]);
	t.strictSame(await entries("Observation?patient.birthdate=ge1980&patient.gender=male"), ["Observation/o"]);
	t.strictSame(await entries("Observation?patient.birthdate=lt1980"), []);
	t.strictSame(await entries("Observation?performer:Practitioner.family=iyer"), ["Observation/o"]);
	t.strictSame(await entries("Observation?performer:Practitioner.family=rao"), [], "the patient is no performer");
	t.strictSame(await entries("Observation?subject:Patient.identifier:missing=true"), ["Observation/o"]);
});

t.test("_contained=true finds containers, or what they contain", async (t) => {
	t.strictSame(await entries("Medication?code=387517004&_contained=true"), ["MedicationRequest/in"]);
	t.strictSame(await entries("Medication?code=387517004&_contained=true&_containedType=contained"), [
		"MedicationRequest/in#med",
	]);
	t.strictSame(await entries("Patient?family=rao&_contained=true&_containedType=contained"), ["Observation/o#pat"]);
	t.strictSame(await entries("Patient?family=iyer&_contained=true"), []);
	const bundle = jsonOf(await ask("GET", "Patient?family=rao&_contained=true&_containedType=contained"));
	t.match(bundle.entry[0].resource, { resourceType: "Patient", id: "pat", gender: "male" });
});

t.test("_contained=both finds either", async (t) => {
	t.strictSame(await entries("Medication?code=387517004&_contained=both"), ["MedicationRequest/in", "Medication/para"]);
	t.strictSame(await entries("Medication?code=387517004&_contained=both&_containedType=contained"), [
		"MedicationRequest/in#med",
		"Medication/para",
	]);
});

t.test("a mode that is none, and what cannot go with it, are refused", async (t) => {
	await refused(t, ask("GET", "Medication?_contained=yes"), 400);
	await refused(t, ask("GET", "Medication?_contained=true&_containedType=x"), 400);
	await refused(t, ask("GET", "Medication?_contained=true&_sort=code"), 400);
});

t.test("the next update forgets what is no longer contained", async (t) => {
	await ask(
		"PUT",
		"MedicationRequest/in",
		request("in", { medicationReference: { reference: "Medication/ibu" }, contained: undefined }),
	);
	t.strictSame(await entries("MedicationRequest?medication.code=387517004"), []);
	t.strictSame(await entries("MedicationRequest?medication.code=387207008"), [
		"MedicationRequest/in",
		"MedicationRequest/out",
	]);
});

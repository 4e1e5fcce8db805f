import t from "tap";
import { type JsonObject, Problem } from "../../../src/kernel/index.ts";
import { BASE } from "../../support/clinic.ts";
import { asking, observation, patient, table } from "./asking.ts";

const { put, ids } = await asking(t);
const SYSTEM = "https://clinic.example/complaints";
const SETS = "https://clinic.example/sets";

await put({
	resourceType: "CodeSystem",
	id: "complaints",
	url: SYSTEM,
	status: "active",
	content: "complete",
	hierarchyMeaning: "is-a",
	concept: [
		{ code: "pain", concept: [{ code: "headache", concept: [{ code: "migraine" }] }, { code: "earache" }] },
		{ code: "fever" },
	],
} as never);
const set = (id: string, compose: JsonObject) => ({
	resourceType: "ValueSet",
	id,
	url: `${SETS}/${id}`,
	status: "active",
	compose,
});
await put(
	set("pains", {
		include: [{ system: SYSTEM, filter: [{ property: "concept", op: "is-a", value: "pain" }] }],
	}) as never,
);
await put(set("listed", { include: [{ system: SYSTEM, concept: [{ code: "fever" }] }] }) as never);
await put(set("nested", { include: [{ valueSet: [`${SETS}/listed`] }] }) as never);
await put(
	set("unknown", {
		include: [{ system: "http://snomed.info/sct", filter: [{ property: "concept", op: "is-a", value: "1" }] }],
	}) as never,
);
for (const code of ["pain", "headache", "migraine", "earache", "fever"])
	await put(observation(code, { code: { coding: [{ system: SYSTEM, code }] } }));
await put(
	observation("words", { code: { text: "pain" } }),
	observation("foreign", { code: { coding: [{ system: "urn:o", code: "pain" }] } }),
);

t.test("70: in and not-in a value set of the clinic or of R4", async (t) => {
	await table(t, ids, [
		[`Observation?code:in=${SETS}/pains`, "earache headache migraine pain"],
		[`Observation?code:in=${SETS}/listed`, "fever"],
		[`Observation?code:in=${SETS}/nested`, "fever", "a set of sets"],
		[`Observation?code:in=${SETS}/listed,${SETS}/pains`, "earache fever headache migraine pain"],
		["Observation?code:in=ValueSet/listed", "fever", "by where it is stored"],
		[`Observation?code:in=${BASE}/ValueSet/nested`, "fever", "by its address"],
		["Observation?code:not-in=ValueSet/pains", "fever foreign words"],
		[`Observation?code:not-in=${SETS}/pains`, "fever foreign words", "without the code too, as :not"],
		[`Observation?code:not-in=${SETS}/pains,${SETS}/listed`, "foreign words"],
	]);
	await put(patient("m", { gender: "male" }), patient("u", {}));
	await table(t, ids, [
		["Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "m"],
		["Patient?gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", "u"],
	]);
});

t.test("70: above and below in a hierarchy of the clinic or of R4", async (t) => {
	await table(t, ids, [
		[`Observation?code:below=${SYSTEM}|headache`, "headache migraine"],
		[`Observation?code:below=${SYSTEM}|pain`, "earache headache migraine pain"],
		[`Observation?code:above=${SYSTEM}|migraine`, "headache migraine pain"],
		[`Observation?code:above=${SYSTEM}|fever`, "fever"],
		[`Observation?code:below=${SYSTEM}|earache,${SYSTEM}|fever`, "earache fever"],
	]);
	const clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical";
	for (const code of ["active", "relapse", "inactive", "resolved"])
		await put({
			resourceType: "Condition",
			id: code,
			subject: { reference: "Patient/m" },
			clinicalStatus: { coding: [{ system: clinical, code }] },
		} as never);
	await table(t, ids, [
		[`Condition?clinical-status:below=${clinical}|active`, "active relapse"],
		[`Condition?clinical-status:above=${clinical}|resolved`, "inactive resolved"],
	]);
});

t.test("70: in a chain, in _has and in _filter", async (t) => {
	await put(
		observation("of", {
			subject: { reference: "Patient/m" },
			code: { coding: [{ system: SYSTEM, code: "migraine" }] },
		}),
	);
	await table(t, ids, [
		[`Patient?_has:Observation:patient:code:in=${SETS}/pains`, "m"],
		[`Patient?_has:Observation:patient:code:below=${SYSTEM}|headache`, "m"],
		["Observation?subject:Patient.gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "of"],
		[`Observation?_filter=code in ${SETS}/pains and subject pr true`, "of"],
	]);
});

t.test("70: what cannot be expanded is an error, never an empty answer", async (t) => {
	for (const wrong of [
		`code:in=${SETS}/none`,
		`code:not-in=${SETS}/none`,
		`code:in=${SETS}/unknown`,
		"code:in=http://snomed.info/sct?fhir_vs",
		"code:below=http://snomed.info/sct|73211009",
		"code:above=urn:nowhere|x",
		`code:below=${SYSTEM}|nonsense`,
		"code:below=pain",
		"code:in=",
		"code:in=ValueSet/none",
		`code:in=${BASE}/ValueSet/none`,
		"code:in=ValueSet/listed/_history/1",
		"code:in=CodeSystem/complaints",
		"code:in=ValueSet/unknown",
	]) {
		const fault = await ids(`Observation?${wrong}`).then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		t.ok(fault instanceof Problem && fault.status >= 400 && fault.status < 500, `${wrong}: ${fault}`);
	}
});

t.test("70: a value set of the clinic follows its changes", async (t) => {
	await put(set("listed", { include: [{ system: SYSTEM, concept: [{ code: "earache" }] }] }) as never);
	await table(t, ids, [
		[`Observation?code:in=${SETS}/listed`, "earache"],
		[`Observation?code:in=${SETS}/nested`, "earache"],
	]);
});

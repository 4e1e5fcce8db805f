import t from "tap";
import { refused } from "../../support/refused.ts";
import { asking, observation, patient, table } from "./asking.ts";

const { ask, put, ids } = await asking(t);
const organization = (id: string, name: string, partOf?: string) => ({
	resourceType: "Organization",
	id,
	name,
	...(partOf && { partOf: { reference: `Organization/${partOf}` } }),
});
const encounter = (id: string, subject: string, participant: string[] = []) => ({
	resourceType: "Encounter",
	id,
	status: "finished",
	class: { system: "urn:class", code: "AMB" },
	subject: { reference: subject },
	...(participant.length > 0 && { participant: participant.map((reference) => ({ individual: { reference } })) }),
});

await put(
	organization("ministry", "Ministry"),
	organization("district", "District", "ministry"),
	organization("phc", "PHC Rampur", "district"),
);
await put(
	patient("asha", {
		name: [{ given: ["Asha"], family: "Devi" }],
		managingOrganization: { reference: "Organization/phc" },
	}),
);
await put(
	patient("ravi", {
		name: [{ given: ["Ravi"], family: "Kumar" }],
		managingOrganization: { reference: "Organization/district" },
	}),
);
await put(patient("nobody", { name: [{ given: ["Nobody"] }] }));
await put({
	resourceType: "Group",
	id: "herd",
	type: "person",
	actual: true,
	identifier: [{ system: "urn:g", value: "9" }],
	member: [{ entity: { reference: "Patient/asha" } }],
} as never);
await put(
	{ resourceType: "Practitioner", id: "dr", name: [{ family: "Rao" }] } as never,
	{ resourceType: "Practitioner", id: "nurse", name: [{ family: "Sen" }] } as never,
);
await put(
	encounter("e1", "Patient/asha", ["Practitioner/dr", "Practitioner/nurse"]),
	encounter("e2", "Patient/ravi", ["Practitioner/nurse"]),
);
await put(
	observation("o1", {
		subject: { reference: "Patient/asha" },
		encounter: { reference: "Encounter/e1" },
		code: { coding: [{ code: "bp" }] },
	}),
);
await put(
	observation("o2", {
		subject: { reference: "Patient/ravi" },
		encounter: { reference: "Encounter/e2" },
		code: { coding: [{ code: "bp" }] },
	}),
);
await put(observation("o3", { subject: { reference: "Group/herd" }, code: { coding: [{ code: "count" }] } }));

t.test("81: two chains through one parameter are independent, each may be met by another reference", async (t) => {
	await table(t, ids, [
		["Encounter?participant:Practitioner.family=rao&participant:Practitioner.family=sen", "e1"],
		["Encounter?participant:Practitioner.family=sen", "e1 e2"],
		["Encounter?participant:Practitioner.family=rao,sen", "e1 e2"],
		["Encounter?participant:Practitioner.family:exact=Rao", "e1"],
	]);
});

t.test("83: a chain over an untyped reference asks every type that has the parameter", async (t) => {
	await table(t, ids, [
		["Observation?subject.name=asha", "o1"],
		["Observation?subject.identifier=urn:g|9", "o3", "Group has it too"],
		["Observation?subject._id=herd,asha", "o1 o3"],
		["Observation?subject:Group.identifier=9", "o3"],
		["Observation?subject:Patient.identifier=9", ""],
		["Observation?subject.managing-entity=Organization/none", "", "a parameter of one of the types"],
	]);
	t.match((await refused(t, ids("Observation?subject.nonsense=1"), 400)).message, /nonsense/);
	await refused(t, ids("Observation?subject:Encounter.status=x"), 400, "not a target");
	await refused(t, ids("Observation?code.text=x"), 400, "not a reference");
});

t.test("81: chains of many steps and types, in every place and modifier", async (t) => {
	await table(t, ids, [
		["Observation?subject:Patient.organization.name=phc", "o1"],
		["Observation?patient.organization.partof.name=district", "o1"],
		["Observation?patient.organization.partof.partof.name=ministry", "o1"],
		["Observation?encounter.subject:Patient.organization:Organization.partof.name:exact=District", "o1"],
		["Observation?encounter.participant:Practitioner.family=rao", "o1"],
		["Observation?patient.organization.partof:missing=false", "o1 o2", "missing at the end"],
		[
			"Patient?organization.partof.partof:missing=true",
			"ravi",
			"the district's parent has none; no parent is no match",
		],
		["Patient?organization.name:contains=RAM", "asha"],
		["Patient?organization=Organization/phc&organization.name=phc", "asha"],
		["Organization?partof.name=district", "phc"],
	]);
});

t.test("84: _has is a chain turned round; it nests, it chains, and it is joined by and", async (t) => {
	await table(t, ids, [
		["Patient?_has:Observation:patient:code=bp", "asha ravi"],
		["Patient?_has:Observation:subject:code=bp", "asha ravi"],
		["Patient?_has:Observation:patient:code=count", ""],
		["Patient?_has:Observation:patient:_id=o1", "asha"],
		["Patient?_has:Encounter:patient:_has:Observation:encounter:code=bp", "asha ravi"],
		["Practitioner?_has:Encounter:participant:subject:Patient.name=asha", "dr nurse", "a chain within"],
		["Practitioner?_has:Encounter:participant:_has:Observation:encounter:_id=o1", "dr nurse"],
		[
			"Practitioner?_has:Encounter:participant:_id=e1&_has:Encounter:participant:_id=e2",
			"nurse",
			"each by another source",
		],
		["Organization?_has:Patient:organization:_has:Group:member:identifier=9", "phc"],
		["Encounter?subject:Patient._has:Group:member:identifier=9", "e1", "in a chain"],
		["Observation?patient._has:Encounter:patient:participant=Practitioner/dr", "o1"],
		["Organization?_has:Organization:partof:_has:Organization:partof:name=phc", "ministry"],
		["Patient?_has:Observation:patient:code=bp,count", "asha ravi"],
		["Patient?_has:Observation:patient:code:not=bp", ""],
		["Patient?_has:Encounter:patient:class=AMB&name=asha", "asha"],
	]);
	for (const wrong of [
		"_has:Observation:patient=x",
		"_has:Nonsense:patient:code=x",
		"_has:Observation:code:code=x",
		"_has:Observation:nonsense:code=x",
		"_has:Observation:patient:nonsense=x",
		"_has:Encounter:location:status=x",
		"_has=x",
	])
		await refused(t, ids(`Patient?${wrong}`), 400, wrong);
});

t.test("85: a chain over a versioned reference asks the current version", async (t) => {
	await put(organization("moved", "Old name"));
	await put(organization("moved", "New name"));
	await put(patient("versioned", { managingOrganization: { reference: "Organization/moved/_history/1" } }));
	await table(t, ids, [
		["Patient?organization.name=new", "versioned"],
		["Patient?organization.name=old", ""],
		["Organization?_has:Patient:organization:_id=versioned", "moved"],
	]);
});

t.test("99: what is deleted is gone at once from search, chains, _has, includes and counts", async (t) => {
	await put(
		patient("gone", { name: [{ family: "Gone" }] }),
		encounter("eg", "Patient/gone"),
		observation("og", { subject: { reference: "Patient/gone" }, code: { coding: [{ code: "gone" }] } }),
	);
	const all = async () => [
		await ids("Patient?family=gone"),
		await ids("Encounter?subject:Patient.family=gone"),
		await ids("Patient?_has:Observation:patient:code=gone&_id=gone"),
		(JSON.parse((await ask("GET", "Encounter?_id=eg&_include=Encounter:subject")).body as string).entry ?? []).length,
		JSON.parse((await ask("GET", "Patient?family=gone&_summary=count")).body as string).total,
	];
	t.strictSame(await all(), [["gone"], ["eg"], ["gone"], 2, 1]);
	await ask("DELETE", "Observation/og");
	t.strictSame(await all(), [["gone"], ["eg"], [], 2, 1]);
	await ask("DELETE", "Patient/gone");
	t.strictSame(await all(), [[], [], [], 1, 0]);
});

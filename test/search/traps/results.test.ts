import t from "tap";
import type { JsonObject } from "../../../src/kernel/index.ts";
import { BASE, jsonOf } from "../../support/clinic.ts";
import { refused } from "../../support/refused.ts";
import { asking, type Bundle, includedOf, matchesOf, observation, patient } from "./asking.ts";

const { ask, put, ids, bundle } = await asking(t);
const linkOf = (found: Bundle, relation: string) => found.link.find((link) => link.relation === relation)?.url;

await put({ resourceType: "Organization", id: "top", name: "Top" } as never);
await put({ resourceType: "Organization", id: "mid", name: "Mid", partOf: { reference: "Organization/top" } } as never);
await put({ resourceType: "Organization", id: "low", name: "Low", partOf: { reference: "Organization/mid" } } as never);
for (let i = 1; i <= 6; i++)
	await put(
		patient(`p${i}`, {
			gender: i % 2 ? "male" : "female",
			birthDate: `200${i}-01-01`,
			managingOrganization: { reference: `Organization/${i < 4 ? "low" : "mid"}` },
		}),
	);
await put({ resourceType: "Practitioner", id: "dr", name: [{ family: "Rao" }] } as never);
for (let i = 1; i <= 3; i++)
	await put(
		observation(`o${i}`, {
			subject: { reference: `Patient/p${i}` },
			performer: [{ reference: "Practitioner/dr" }],
			code: { coding: [{ code: "c" }] },
		}),
	);

t.test("80: the self link holds what was used, rightly encoded, by GET and by POST", async (t) => {
	const self = async (query: string, prefer?: string) => linkOf(await bundle(`Patient?${query}`, prefer), "self");
	t.equal(await self("gender=male&_count=2"), `${BASE}/Patient?gender=male&_count=2`);
	t.equal(await self("gender=male&nonsense=1", "handling=lenient"), `${BASE}/Patient?gender=male`);
	t.equal(await self("family=a%26b%3Dc"), `${BASE}/Patient?family=a%26b%3Dc`);
	t.equal(await self("family=%E0%A4%86"), `${BASE}/Patient?family=%E0%A4%86`);
	t.equal(
		await self("birthdate=ge2001&_sort=-birthdate&_include=Patient:organization"),
		`${BASE}/Patient?birthdate=ge2001&_sort=-birthdate&_include=Patient:organization`,
	);
	const form = {
		body: {
			kind: "bytes",
			bytes: Buffer.from("birthdate=ge2001&_sort=birthdate"),
			mediaType: "application/x-www-form-urlencoded",
		} as const,
	};
	const posted: Bundle = jsonOf(await ask("POST", "Patient/_search?gender=female", undefined, form));
	t.strictSame(matchesOf(posted), ["p2", "p4", "p6"], "97: those of the URL and of the body");
	t.equal(linkOf(posted, "self"), `${BASE}/Patient?gender=female&birthdate=ge2001&_sort=birthdate`);
	t.strictSame(
		await ids((linkOf(posted, "self") as string).slice(BASE.length + 1)),
		["p2", "p4", "p6"],
		"it can be asked again",
	);
});

t.test("86: includes are no matches, come once, and on the page of their match", async (t) => {
	const found = await bundle("Patient?_id=p1,p2,p4&_include=Patient:organization&_total=accurate");
	t.strictSame(
		[matchesOf(found), includedOf(found).sort(), found.total],
		[["p1", "p2", "p4"], ["Organization/low", "Organization/mid"], 3],
	);
	const paged = await bundle("Patient?_sort=_id&_count=3&_include=Patient:organization");
	t.strictSame([matchesOf(paged), includedOf(paged)], [["p1", "p2", "p3"], ["Organization/low"]]);
	const next = await bundle((linkOf(paged, "next") as string).slice(BASE.length + 1));
	t.strictSame([matchesOf(next), includedOf(next)], [["p4", "p5", "p6"], ["Organization/mid"]]);
	const both = await bundle("Organization?_id=low,mid&_include=Organization:partof");
	t.strictSame(
		[matchesOf(both), includedOf(both)],
		[["low", "mid"], ["Organization/top"]],
		"a match that is included too is a match",
	);
	await put(
		patient("lost", {
			managingOrganization: { reference: "Organization/none" },
			generalPractitioner: [{ reference: "http://other.test/Practitioner/1" }],
		}),
	);
	t.strictSame(includedOf(await bundle("Patient?_id=lost&_include=*")), [], "what is not here is left out");
	t.strictSame(
		includedOf(await bundle("Observation?_id=o1&_include=Observation:subject:Group")),
		[],
		"another target type",
	);
	t.strictSame(includedOf(await bundle("Observation?_id=o1&_include=Observation:subject:Patient")), ["Patient/p1"]);
	t.strictSame(includedOf(await bundle("Observation?_id=o1&_include=*")).sort(), ["Patient/p1", "Practitioner/dr"]);
	t.strictSame(
		includedOf(await bundle("Patient?_id=p1&_revinclude=Observation:subject&_revinclude=Observation:patient")),
		["Observation/o1"],
	);
	t.strictSame(includedOf(await bundle("Practitioner?_id=dr&_revinclude=Observation:performer")).sort(), [
		"Observation/o1",
		"Observation/o2",
		"Observation/o3",
	]);
	for (const wrong of [
		"_revinclude=*:subject",
		"_revinclude=*:*",
		"_include=x",
		"_include=Patient",
		"_include=Patient:name",
		"_include=Patient:nonsense",
		"_include=Nonsense:x",
		"_include=Observation:subject",
		"_include:nonsense=Patient:organization",
		"_include=Patient:organization:Nonsense",
		"_include=",
	])
		await refused(t, bundle(`Patient?${wrong}`), 400, wrong);
});

t.test("87: iterate goes on from what was included, and ends in a cycle", async (t) => {
	const from = async (query: string) => includedOf(await bundle(query)).sort();
	t.strictSame(
		await from("Patient?_id=p1&_include=Patient:organization&_include=Organization:partof").catch(() => ["refused"]),
		["refused"],
	);
	t.strictSame(await from("Patient?_id=p1&_include=Patient:organization&_include:iterate=Organization:partof"), [
		"Organization/low",
		"Organization/mid",
		"Organization/top",
	]);
	t.strictSame(
		await from("Organization?_id=top&_revinclude:iterate=Organization:partof&_revinclude:iterate=Patient:organization"),
		[
			"Organization/low",
			"Organization/mid",
			"Patient/p1",
			"Patient/p2",
			"Patient/p3",
			"Patient/p4",
			"Patient/p5",
			"Patient/p6",
		],
	);
	await put({ resourceType: "Organization", id: "c1", partOf: { reference: "Organization/c2" }, name: "x" } as never);
	await put({ resourceType: "Organization", id: "c2", partOf: { reference: "Organization/c1" }, name: "x" } as never);
	t.strictSame(await from("Organization?_id=c1&_include:iterate=Organization:partof"), ["Organization/c2"]);
});

t.test("86, 87: * follows every reference, to the matches, from them, and on and on", async (t) => {
	const from = async (query: string) =>
		includedOf(await bundle(query))
			.sort()
			.join(" ");
	await put({
		resourceType: "Organization",
		id: "star",
		name: "Star",
		partOf: { reference: "Organization/star2" },
	} as never);
	await put({ resourceType: "Organization", id: "star2", name: "Star" } as never);
	await put(patient("s1", { managingOrganization: { reference: "Organization/star" } }));
	const about = { subject: { reference: "Patient/s1" } };
	await put(observation("so", about));
	await put(
		{ resourceType: "Condition", id: "sc", ...about } as never,
		{ resourceType: "Encounter", id: "se", status: "finished", class: { code: "AMB" }, ...about } as never,
		{ resourceType: "Flag", id: "sf", status: "active", code: { text: "x" }, ...about } as never,
		{
			resourceType: "Provenance",
			id: "sp",
			recorded: "2026-01-01T00:00:00Z",
			target: [{ reference: "Condition/sc" }],
			agent: [{ who: { reference: "Practitioner/dr" } }],
		} as never,
	);
	t.equal(await from("Patient?_id=s1&_revinclude=*"), "Condition/sc Encounter/se Flag/sf Observation/so");
	t.equal(await from("Organization?_id=star&_revinclude=*"), "Patient/s1");
	t.equal(
		await from("Organization?_id=star&_revinclude:iterate=*"),
		"Condition/sc Encounter/se Flag/sf Observation/so Patient/s1 Provenance/sp",
	);
	t.equal(await from("Observation?_id=so&_include:iterate=*"), "Organization/star Organization/star2 Patient/s1");
	t.equal(await from("Observation?_id=so&_include=*&_revinclude=*"), "Patient/s1");
	t.equal(await from("?_type=Condition,Flag&_id=sc,sf&_revinclude=*&_include=*"), "Patient/s1 Provenance/sp");
	t.equal((await bundle("Patient?_id=s1&_revinclude=*&_total=accurate")).total, 1);
	await refused(t, bundle("Provenance?_include:nonsense=*"), 400);
});

t.test("85: an include of a versioned reference brings that version", async (t) => {
	await put({ resourceType: "Organization", id: "v", name: "First" } as never);
	await put({ resourceType: "Organization", id: "v", name: "Second" } as never);
	await put(
		patient("old", { managingOrganization: { reference: "Organization/v/_history/1" } }),
		patient("new", { managingOrganization: { reference: "Organization/v" } }),
	);
	const nameOf = async (id: string) =>
		(await bundle(`Patient?_id=${id}&_include=Patient:organization`)).entry?.[1]?.resource.name;
	t.strictSame([await nameOf("old"), await nameOf("new")], ["First", "Second"]);
});

t.test("86: more than can come along is cut, and a note says so", async (t) => {
	const entry = Array.from({ length: 1005 }, (_, i) => ({
		resource: observation(`many${i}`, { subject: { reference: "Patient/p6" } }),
		request: { method: "PUT", url: `Observation/many${i}` },
	}));
	await ask("POST", "", { resourceType: "Bundle", type: "transaction", entry });
	const costly = await refused(t, bundle("Observation?_count=500&_revinclude=*"), 422);
	t.match(costly.message, /_count/);
	const found = await bundle("Patient?_id=p6&_revinclude=Observation:subject&_total=accurate");
	t.equal(includedOf(found).length, 1000);
	const note = found.entry?.find(({ search }) => search.mode === "outcome");
	t.match(note?.resource, { resourceType: "OperationOutcome", issue: [{ severity: "warning", code: "too-costly" }] });
	t.equal(found.total, 1, "100: nor is the note counted");
	for (let i = 0; i < 1005; i++)
		entry[i] = { ...(entry[i] as (typeof entry)[0]), request: { method: "DELETE", url: `Observation/many${i}` } };
	await ask("POST", "", {
		resourceType: "Bundle",
		type: "transaction",
		entry: entry.map(({ request }) => ({ request })),
	});
});

t.test("88: _count", async (t) => {
	const zero = await bundle("Patient?gender=male&_count=0");
	t.strictSame([zero.total, zero.entry], [3, undefined], "0 is _summary=count");
	t.equal((await bundle("Patient?_count=2")).entry?.length, 2);
	t.ok(((await bundle("Observation?_count=99999")).entry?.length ?? 0) <= 1000, "lowered");
	for (const wrong of ["-1", "x", "1.5", "", "1e3"]) await refused(t, bundle(`Patient?_count=${wrong}`), 400, wrong);
});

t.test("89: _total counts the matches, exactly, and alike on each page", async (t) => {
	const first = await bundle(
		"Patient?gender=male,female&_count=2&_total=accurate&_include=Patient:organization&_sort=birthdate",
	);
	const second = await bundle((linkOf(first, "next") as string).slice(BASE.length + 1));
	t.strictSame([first.total, second.total], [6, 6]);
	t.equal((await bundle("Patient?gender=male&_total=none")).total, undefined);
	t.equal((await bundle("Patient?gender=male&_count=1&_total=none")).total, undefined);
	t.ok(((await bundle("Patient?gender=male&_count=1&_total=estimate")).total ?? 0) >= 1);
	await refused(t, bundle("Patient?_total=some"), 400);
});

t.test(
	"92, 93: _elements and _summary keep what is mandatory, mark what they cut, and go with includes or not",
	async (t) => {
		const div = '<div xmlns="http://www.w3.org/1999/xhtml">x</div>';
		await put(
			observation("s", {
				text: { status: "generated", div },
				method: { text: "m" },
				note: [{ text: "n" }],
				subject: { reference: "Patient/p1" },
			} as JsonObject),
		);
		const part = async (query: string) => (await bundle(`Observation?_id=s&${query}`)).entry?.[0]?.resource;
		const names = (resource: object) => Object.keys(resource).sort().join(" ");
		t.equal(names(await part("_elements=note")), "code id meta note resourceType status");
		t.equal(names(await part("_elements=note,method")), "code id meta method note resourceType status");
		t.equal(names(await part("_summary=text")), "code id meta resourceType status text");
		t.equal(names(await part("_summary=data")), "code id meta method note resourceType status subject");
		t.equal(names(await part("_summary=true")), "code id meta resourceType status subject");
		t.equal(names(await part("_summary=false")), "code id meta method note resourceType status subject text");
		for (const query of ["_elements=note", "_summary=text", "_summary=data", "_summary=true"])
			t.equal((await part(query)).meta.tag.at(-1).code, "SUBSETTED", query);
		t.equal((await part("_summary=false")).meta.tag, undefined);
		const count = await bundle("Observation?_id=s&_summary=count");
		t.strictSame([count.total, count.entry], [1, undefined]);
		await refused(t, bundle("Observation?_summary=some"), 400);
		await refused(
			t,
			bundle("Observation?_summary=text&_include=Observation:subject"),
			400,
			"R4: not with _summary=text",
		);
	},
);

t.test("100: notes in a searchset are of mode outcome and not counted", async (t) => {
	const found = await bundle("Patient?gender=male&nonsense=1", "handling=lenient");
	t.equal(found.total, 3);
	const notes = (found.entry ?? []).filter(({ search }) => search.mode === "outcome");
	t.equal(notes.length, 1);
	t.notMatch(JSON.stringify(notes[0]?.resource), /"error"|"fatal"/);
	t.ok((found.entry ?? []).every(({ search, fullUrl }) => search.mode === "outcome" || fullUrl?.startsWith(BASE)));
});

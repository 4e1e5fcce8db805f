import t from "tap";
import { BASE } from "../../support/clinic.ts";
import { refused } from "../../support/refused.ts";
import { asking, matchesOf, observation, patient, table } from "./asking.ts";

const { ask, put, ids, bundle } = await asking(t);
const typed = async (url: string) =>
	((await bundle(url)).entry ?? [])
		.map(({ resource }) => `${resource.resourceType}/${resource.id}`)
		.sort()
		.join(" ");
const div = (text: string) => ({
	text: { status: "generated", div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>` },
});

await put(
	patient("a", { name: [{ family: "Devi" }], ...div("<p>Village <b>Rampur</b></p>") }),
	patient("b", { name: [{ family: "Rao" }] }),
);
await put({ resourceType: "RelatedPerson", id: "rp", patient: { reference: "Patient/a" } } as never);
await put(
	{ resourceType: "Practitioner", id: "dr", name: [{ family: "Sen" }] } as never,
	{ resourceType: "Device", id: "dev" } as never,
);
await put({
	resourceType: "Encounter",
	id: "e",
	status: "finished",
	class: { code: "AMB" },
	subject: { reference: "Patient/a" },
	participant: [{ individual: { reference: "Practitioner/dr" } }, { individual: { reference: "RelatedPerson/rp" } }],
} as never);
await put(
	observation("oa", {
		subject: { reference: "Patient/a" },
		encounter: { reference: "Encounter/e" },
		performer: [{ reference: "Practitioner/dr" }, { reference: "RelatedPerson/rp" }],
		device: { reference: "Device/dev" },
		code: { text: "weight", coding: [{ code: "w" }] },
		note: [{ text: "measured standing" }],
	}),
);
await put(observation("ob", { subject: { reference: "Patient/b" }, valueString: "wheezing" }));
await put({ resourceType: "Medication", id: "m" } as never);

t.test("95: a system search takes what all its types have, and nothing else", async (t) => {
	t.equal(await typed("?_type=Patient,Observation&_id=a,oa"), "Observation/oa Patient/a");
	t.equal(await typed("?_id=a,oa,dr"), "Observation/oa Patient/a Practitioner/dr", "every type");
	t.equal(await typed("?_type=Patient&family=devi"), "Patient/a", "one type has its own");
	t.equal(await typed("?_type=Patient,Practitioner&family=sen,devi"), "Patient/a Practitioner/dr", "what both have");
	t.equal(await typed("?_type=Patient&_type=Device&_id=a,dev"), "Device/dev Patient/a");
	await refused(t, bundle("?_type=Patient,Observation&family=devi"), 400, "not of all");
	await refused(t, bundle("?family=devi"), 400);
	await refused(t, bundle("?_type=Nonsense"), 400);
	await refused(t, bundle("?_type="), 400);
	await refused(t, bundle("Patient?_type=Observation"), 400, "one type has nothing to choose from");
	await refused(t, bundle("Patient/a/Observation?_type=Patient"), 400);
	const paged = await bundle("?_type=Patient,Observation,Encounter&_count=2&_total=accurate");
	t.strictSame([paged.total, matchesOf(paged).length], [5, 2]);
});

t.test("95, 96: pages of several types hold those types alone, each resource once", async (t) => {
	const all = async (query: string): Promise<string[]> => {
		const found: string[] = [];
		for (let next: string | undefined = query; next !== undefined && found.length < 50; ) {
			const page = await bundle(next);
			found.push(...(page.entry ?? []).map(({ resource }) => `${resource.resourceType}/${resource.id}`));
			next = page.link
				.find(({ relation }) => relation === "next")
				?.url.slice(BASE.length)
				.replace(/^\//, "");
		}
		return found;
	};
	t.strictSame(await all("?_type=Patient,Encounter,Device&_count=1"), [
		"Patient/a",
		"Patient/b",
		"Device/dev",
		"Encounter/e",
	]);
	t.strictSame(await all("?_type=Patient,Encounter,Device&_count=3&_sort=-_id"), [
		"Encounter/e",
		"Device/dev",
		"Patient/b",
		"Patient/a",
	]);
	t.strictSame(await all("Patient/a/*?_type=Encounter,Observation&_count=1"), ["Encounter/e", "Observation/oa"]);
	t.strictSame(await all("?_type=Patient,Practitioner&family=devi,rao,sen&_count=1"), [
		"Patient/a",
		"Patient/b",
		"Practitioner/dr",
	]);
	await put(patient("dev"), {
		resourceType: "Encounter",
		id: "dev",
		status: "planned",
		class: { code: "AMB" },
	} as never);
	t.strictSame(
		await all("?_type=Patient,Encounter,Device&_id=dev&_count=1"),
		["Device/dev", "Encounter/dev", "Patient/dev"],
		"one id in several types",
	);
	t.strictSame(await all("?_type=Patient,Encounter,Device&_id=dev&_count=1&_sort=-_id"), [
		"Device/dev",
		"Encounter/dev",
		"Patient/dev",
	]);
	for (const name of ["Patient/dev", "Encounter/dev"]) await ask("DELETE", name);
});

t.test("96: a compartment holds what its definition names, by each of its parameters", async (t) => {
	t.equal(await typed("Patient/a/Observation"), "Observation/oa");
	t.equal(await typed("Patient/b/Observation"), "Observation/ob");
	t.equal(await typed("Patient/a/Observation?code=w"), "Observation/oa");
	t.equal(await typed("Patient/b/Observation?code=w"), "");
	t.equal(await typed("Encounter/e/Observation"), "Observation/oa");
	t.equal(await typed("Practitioner/dr/Observation"), "Observation/oa");
	t.equal(await typed("RelatedPerson/rp/Observation"), "Observation/oa");
	t.equal(await typed("Device/dev/Observation"), "Observation/oa");
	t.equal(await typed("Patient/nobody/Observation"), "");
	t.equal(await typed("Patient/a/*"), "Encounter/e Observation/oa Patient/a RelatedPerson/rp");
	t.equal(await typed("Patient/a/*?_type=Encounter,Observation"), "Encounter/e Observation/oa");
	t.equal(await typed("Encounter/e/*"), "Encounter/e Observation/oa");
	t.equal(await typed("RelatedPerson/rp/*"), "Encounter/e Observation/oa RelatedPerson/rp");
	t.equal(await typed("Practitioner/dr/*"), "Encounter/e Observation/oa Practitioner/dr");
	t.equal(await typed("Device/dev/*"), "Device/dev Observation/oa");
});

t.test("96: a type outside a compartment is refused, never answered with all", async (t) => {
	for (const path of [
		"Patient/a/Medication",
		"Patient/a/Device",
		"Encounter/e/Patient",
		"Observation/oa/Patient",
		"Medication/m/Observation",
		"Patient/a/Nonsense",
	])
		await refused(t, bundle(path), 404, path);
	await refused(t, bundle("Group/g/*"), 404, "no compartment");
	await refused(t, bundle("Patient/a/Observation?nonsense=1"), 400);
});

t.test("96: _in-compartment is the same as a parameter", async (t) => {
	await table(t, ids, [
		["Observation?_in-compartment=Patient/a", "oa"],
		["Observation?_in-compartment=Patient/a,Patient/b", "oa ob"],
		["Observation?_in-compartment=Practitioner/dr&code=w", "oa"],
		["Encounter?subject:Patient._in-compartment=Patient/a", "e"],
	]);
	await refused(t, ids("Medication?_in-compartment=Patient/a"), 404);
	for (const wrong of ["", "a", "Patient", "Patient/a/b", "Patient/"])
		await refused(t, ids(`Observation?_in-compartment=${wrong}`), 400, wrong);
});

t.test("_list: the members of a list, of the type asked", async (t) => {
	await put({
		resourceType: "List",
		id: "l",
		status: "current",
		mode: "working",
		entry: [{ item: { reference: "Patient/a" } }, { item: { reference: "Observation/ob" } }],
	} as never);
	await table(t, ids, [
		["Patient?_list=l", "a"],
		["Patient?_list=List/l", "a"],
		["Observation?_list=l", "ob"],
		["Patient?_list=l&family=rao", ""],
		["Patient?_list=none", ""],
		["Patient?_list=none,l", "a"],
	]);
	t.equal(await typed("?_list=l"), "Observation/ob Patient/a", "of every type");
	await refused(t, ids("Patient?_list=a b"), 400);
});

t.test("_text asks the narrative, _content everything", async (t) => {
	await table(t, ids, [
		["Patient?_text=rampur", "a"],
		["Patient?_text=RAMPUR village", "a", "both words"],
		["Patient?_text=rampur city", ""],
		["Patient?_text=devi", "", "not in the narrative"],
		["Patient?_content=devi", "a"],
		["Observation?_content=wheezing", "ob"],
		["Observation?_content=standing", "oa"],
		["Observation?_content=wheez", "", "whole words"],
		["Observation?_content=wheezing or standing", "oa ob"],
		["Patient?_text=%22village rampur%22", "a"],
		["Patient?_text=%22rampur village%22", "", "in that order"],
		["Patient?_content=(((", ""],
		["Patient?_content='%22%5C%5C", ""],
	]);
	await put(patient("kelvin", { name: [{ family: "Mi\u212aa" }] }));
	await put(observation("marks", { note: [{ text: "line\nBreak, half-life; 5mg 007" }] }));
	await ask(
		"PUT",
		"Observation/escaped",
		'{"resourceType":"Observation","id":"escaped","status":"final","code":{"text":"test"},"valueString":"\\u0041rrow"}',
	);
	await table(t, ids, [
		["Patient?_content=mika", "kelvin", "its lower case is a k"],
		["Observation?_content=arrow", "escaped", "written by number"],
		["Observation?_content=break LINE", "marks"],
		["Observation?_content=life", "marks"],
		["Observation?_content=5mg 007", "marks"],
		["Observation?_content=07", ""],
		["Observation?_content=break -line", ""],
		["Observation?_content=break arrow", ""],
	]);
	const names = Array.from({ length: 40_000 }, (_, i) => ({ text: `word${i} abcdefghijklmnopqrstuvwxyz${i}` }));
	await put(patient("huge", { name: [{ text: "Colossus" }, ...names] }));
	t.strictSame(await ids("Patient?_content=devi"), ["a"], "a large resource stops no search");
	t.strictSame(await ids("Patient?_content=colossus"), ["huge"], "and is found by its beginning");
	await ask("DELETE", "Patient/huge");
	await refused(t, ids("Patient?_text="), 400);
	await refused(t, ids("Patient?_content=%20"), 400);
});

t.test("near: within a distance, in units, of positions alone", async (t) => {
	const at = (id: string, latitude: number, longitude: number) => ({
		resourceType: "Location",
		id,
		status: "active",
		position: { latitude, longitude },
	});
	await put(
		at("lucknow", 26.85, 80.95) as never,
		at("barabanki", 26.93, 81.18) as never,
		at("delhi", 28.61, 77.21) as never,
		{ resourceType: "Location", id: "nowhere", status: "active" } as never,
	);
	await put(at("east", 0, 179.99) as never);
	await table(t, ids, [
		["Location?near=26.85|80.95", "lucknow", "10 km when none is said"],
		["Location?near=26.85|80.95|30|km", "barabanki lucknow"],
		["Location?near=26.85|80.95|30000|m", "barabanki lucknow"],
		["Location?near=26.85|80.95|20|[mi_i]", "barabanki lucknow"],
		["Location?near=26.85|80.95|10|[mi_i]", "lucknow"],
		["Location?near=26.85|80.95|500", "barabanki delhi lucknow"],
		["Location?near=0|-179.99|5|km", "east", "over the date line"],
		["Location?near=28.61|77.21|1|km,26.85|80.95|1|km", "delhi lucknow"],
		["Location?near:missing=true", "nowhere"],
	]);
	for (const wrong of [
		"",
		"26.85",
		"x|y",
		"91|0",
		"0|181",
		"26.85|80.95|-1|km",
		"26.85|80.95|5|furlong",
		"26.85|80.95|x|km",
	])
		await refused(t, ids(`Location?near=${wrong}`), 400, wrong);
});

t.test("97: POST needs a form", async (t) => {
	await refused(t, ask("POST", "Patient/_search", {}), 415);
	await refused(t, ask("GET", "Patient/_search"), 405);
});

import t from "tap";
import { parseJson } from "../../src/kernel/index.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
let made = 0;

/** A new Patient, given as JSON text or a tree without its id. */
async function start(more: object | string = {}): Promise<string> {
	const id = `p${++made}`;
	const text = typeof more === "string" ? more : JSON.stringify(somePatient(more as object));
	await ask("PUT", `Patient/${id}`, `{"id":"${id}",${text.trim().slice(1)}`);
	return id;
}

type More = { conditions?: { ifMatch?: string; prefer?: string } };

const send =
	(mediaType: string) =>
	async (url: string, patch: unknown, { conditions = {} }: More = {}) => {
		const tree = parseJson(typeof patch === "string" ? patch : JSON.stringify(patch));
		return ask("PATCH", url, undefined, { body: { kind: "json", tree, mediaType }, conditions });
	};
const json = send("application/json-patch+json");
const merge = send("application/merge-patch+json");
const fhir = send("application/fhir+json");

type Part = { name: string; [value: string]: unknown };
const parameters = (...operations: Part[][]) => ({
	resourceType: "Parameters",
	parameter: operations.map((part) => ({ name: "operation", part })),
});
const operation = (type: string, path: string, ...more: Part[]): Part[] => [
	{ name: "type", valueCode: type },
	{ name: "path", valueString: path },
	...more,
];

t.test("each kind of patch changes its part, makes a version and says so in history", async (t) => {
	const patches: [name: string, run: (url: string) => ReturnType<typeof json>][] = [
		["JSON Patch", (url) => json(url, [{ op: "replace", path: "/gender", value: "female" }])],
		["merge patch", (url) => merge(url, { gender: "female" })],
		[
			"FHIRPath Patch",
			(url) => fhir(url, parameters(operation("replace", "Patient.gender", { name: "value", valueCode: "female" }))),
		],
	];
	for (const [name, run] of patches) {
		const url = `Patient/${await start({ gender: "male" })}`;
		const response = await run(url);
		t.strictSame([response.status, response.etag, jsonOf(response).gender], [200, 'W/"2"', "female"], name);
		t.equal(jsonOf(await ask("GET", url)).gender, "female", name);
		t.equal(jsonOf(await ask("GET", `${url}/_history`)).entry[0].request.method, "PATCH", name);
		t.equal((await run(url)).etag, 'W/"2"', `${name}: what changes nothing makes no version`);
	}
});

t.test("what a patch does not touch keeps every digit", async (t) => {
	const text =
		'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":0.010},"component":[{"code":{"text":"y"},"valueQuantity":{"value":1.2E+2}}]}';
	for (const [i, run] of [
		(url: string) => json(url, [{ op: "replace", path: "/status", value: "amended" }]),
		(url: string) => merge(url, { status: "amended" }),
		(url: string) =>
			fhir(url, parameters(operation("replace", "Observation.status", { name: "value", valueCode: "amended" }))),
	].entries()) {
		await ask("PUT", `Observation/o${i}`, `{"id":"o${i}",${text.slice(1)}`);
		const { body } = await run(`Observation/o${i}`);
		t.match(body, /"status":"amended"/);
		t.match(body, /"value":0\.010\}/);
		t.match(body, /"value":1\.2E\+2\}/);
		t.equal((await ask("GET", `Observation/o${i}`)).body, body);
	}
});

t.test("a number that a patch brings keeps its digits too", async (t) => {
	await ask("PUT", "Observation/n", { resourceType: "Observation", id: "n", status: "final", code: { text: "x" } });
	const bodies = [
		await json("Observation/n", '[{"op":"add","path":"/valueQuantity","value":{"value":1.50}}]'),
		await merge("Observation/n", '{"valueQuantity":{"value":2.50}}'),
		await fhir(
			"Observation/n",
			'{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Observation.value"},{"name":"value","valueQuantity":{"value":3.50}}]}]}',
		),
	].map(({ body }) => /"valueQuantity":(\{.*?\})/.exec(body as string)?.[1]);
	t.strictSame(bodies, ['{"value":1.50}', '{"value":2.50}', '{"value":3.50}']);
});

t.test("a JSON Patch that cannot be applied is 422 and changes nothing", async (t) => {
	const id = await start({ gender: "male" });
	const before = await contentsOf(ask);
	const wrong = [
		{ op: "test", path: "/gender", value: "female" },
		{ op: "test", path: "/birthDate", value: "2000" },
		{ op: "remove", path: "/birthDate" },
		{ op: "replace", path: "/birthDate", value: "2000" },
		{ op: "add", path: "/contact/0/name", value: {} },
		{ op: "add", path: "/name/5", value: {} },
		{ op: "remove", path: "/name/-" },
		{ op: "move", from: "/nothing", path: "/gender" },
		{ op: "copy", from: "/name/9", path: "/name/-" },
		{ op: "replace", path: "/id", value: "other" },
		{ op: "replace", path: "/resourceType", value: "Person" },
		{ op: "remove", path: "/id" },
		{ op: "add", path: "/__proto__/x", value: 1 },
	];
	for (const one of wrong) {
		const patch = [{ op: "add", path: "/active", value: true }, one];
		await refused(t, json(`Patient/${id}`, patch), 422, JSON.stringify(one));
	}
	for (const patch of [{}, [{ op: "nonsense", path: "/a" }], [1], "x"])
		await refused(t, json(`Patient/${id}`, patch), 400);
	t.strictSame(await contentsOf(ask), before);
});

t.test("the operations of JSON Patch do what RFC 6902 says", async (t) => {
	const id = await start({ gender: "male", birthDate: "2000" });
	const response = await json(`Patient/${id}`, [
		{ op: "test", path: "/name/0", value: { given: ["Asha"], family: "Devi", text: "Asha Devi" } },
		{ op: "add", path: "/name/-", value: { family: "B" } },
		{ op: "add", path: "/name/0", value: { family: "A" } },
		{ op: "copy", from: "/name/0", path: "/name/-" },
		{ op: "move", from: "/name/0", path: "/name/1" },
		{ op: "remove", path: "/gender" },
		{ op: "replace", path: "/birthDate", value: "2001" },
	]);
	const { name, gender, birthDate } = jsonOf(response);
	t.strictSame(
		name.map((n: { family: string }) => n.family),
		["Devi", "A", "B", "A"],
	);
	t.strictSame([gender, birthDate], [undefined, "2001"]);
});

t.test("a test compares numbers by value, to the last digit", async (t) => {
	await ask(
		"PUT",
		"Observation/t",
		'{"resourceType":"Observation","id":"t","status":"final","code":{"text":"x"},"valueQuantity":{"value":0.123456789012345678}}',
	);
	const test = (value: string) =>
		json("Observation/t", `[{"op":"test","path":"/valueQuantity/value","value":${value}}]`);
	t.equal((await test("0.123456789012345678")).status, 200);
	t.equal((await test("0.1234567890123456780")).status, 200);
	t.equal((await test("123456789012345678e-18")).status, 200);
	await refused(t, test("0.123456789012345679"), 422);
	await refused(t, test('"0.123456789012345678"'), 422);
});

t.test("the result is held to the rules an update is held to", async (t) => {
	const id = await start();
	const before = await contentsOf(ask);
	await refused(t, json(`Patient/${id}`, [{ op: "add", path: "/gender", value: "unheard-of" }]), 400);
	await refused(t, json(`Patient/${id}`, [{ op: "add", path: "/nmae", value: "x" }]), 400);
	await refused(t, merge(`Patient/${id}`, { name: [] }), 400);
	const div = '<div xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="1"/></div>';
	await refused(t, merge(`Patient/${id}`, { text: { status: "generated", div } }), 400, "unsafe narrative");
	t.strictSame(await contentsOf(ask), before);
});

t.test("a merge patch merges, replaces and removes", async (t) => {
	const id = await start({ maritalStatus: { text: "x", coding: [{ code: "M" }] }, gender: "male" });
	const after = jsonOf(
		await merge(`Patient/${id}`, {
			maritalStatus: { text: "y" },
			gender: null,
			birthDate: null,
			name: [{ family: "N" }],
		}),
	);
	t.strictSame(after.maritalStatus, { text: "y", coding: [{ code: "M" }] });
	t.strictSame([after.gender, after.name], [undefined, [{ family: "N" }]]);
	await refused(t, merge(`Patient/${id}`, { id: "other" }), 422);
	await refused(t, merge(`Patient/${id}`, { resourceType: null }), 422);
	await refused(t, merge(`Patient/${id}`, []), 422);
});

t.test("the operations of FHIRPath Patch", async (t) => {
	const id = await start({
		name: [{ family: "A" }, { family: "B" }, { family: "C" }],
		gender: "male",
		deceasedBoolean: false,
	});
	const patch = async (...operations: Part[][]) => jsonOf(await fhir(`Patient/${id}`, parameters(...operations)));
	const families = (patient: { name: { family: string }[] }) => patient.name.map(({ family }) => family).join("");
	const value = { name: "value", valueHumanName: { family: "X" } };
	t.equal(
		families(await patch(operation("insert", "Patient.name", { name: "index", valueInteger: 1 }, value))),
		"AXBC",
	);
	t.equal(
		families(
			await patch(
				operation(
					"move",
					"Patient.name",
					{ name: "source", valueInteger: 0 },
					{ name: "destination", valueInteger: 3 },
				),
			),
		),
		"XBCA",
	);
	t.equal(families(await patch(operation("delete", "Patient.name.where(family = 'C')"))), "XBA");
	t.equal(
		families(await patch(operation("replace", "Patient.name[1].family", { name: "value", valueString: "Z" }))),
		"XZA",
	);
	const given = { name: "name", valueString: "given" };
	t.strictSame(
		(await patch(operation("add", "Patient.name[0]", given, { name: "value", valueString: "G" }))).name[0].given,
		["G"],
	);
	t.strictSame(
		(await patch(operation("add", "Patient.name[0]", given, { name: "value", valueString: "H" }))).name[0].given,
		["G", "H"],
	);
	t.equal((await patch(operation("delete", "Patient.gender"))).gender, undefined);
	t.equal((await patch(operation("delete", "Patient.gender"))).gender, undefined, "deleting nothing is no fault");
	const dead = await patch(operation("replace", "Patient.deceased", { name: "value", valueDateTime: "2024" }));
	t.strictSame(
		[dead.deceasedBoolean, dead.deceasedDateTime],
		[undefined, "2024"],
		"a choice takes the new type's name",
	);
	const contact = {
		name: "value",
		part: [
			{ name: "name", valueHumanName: { text: "Kin" } },
			{ name: "gender", valueCode: "male" },
		],
	};
	t.strictSame((await patch(operation("add", "Patient", { name: "name", valueString: "contact" }, contact))).contact, [
		{ name: { text: "Kin" }, gender: "male" },
	]);
});

t.test("a FHIRPath Patch that cannot be applied is refused and changes nothing", async (t) => {
	const id = await start({ gender: "male", name: [{ family: "A" }, { family: "B" }] });
	const before = await contentsOf(ask);
	const value = { name: "value", valueString: "x" };
	const wrong: [number, Part[]][] = [
		[422, operation("replace", "Patient.birthDate", value)],
		[422, operation("replace", "Patient.name.family", value)],
		[422, operation("delete", "Patient.name")],
		[422, operation("add", "Patient", { name: "name", valueString: "nmae" }, value)],
		[422, operation("add", "Patient", { name: "name", valueString: "gender" }, { name: "value", valueCode: "female" })],
		[422, operation("insert", "Patient.name", { name: "index", valueInteger: 9 }, value)],
		[
			422,
			operation("move", "Patient.name", { name: "source", valueInteger: 0 }, { name: "destination", valueInteger: 2 }),
		],
		[422, operation("replace", "Patient.id", { name: "value", valueId: "other" })],
		[422, operation("replace", "Patient.name.count()", value)],
		[400, operation("replace", "Patient.name[", value)],
		[400, operation("nonsense", "Patient.gender", value)],
		[400, operation("replace", "Patient.gender")],
	];
	for (const [status, one] of wrong)
		await refused(t, fhir(`Patient/${id}`, parameters(one)), status, JSON.stringify(one));
	await refused(t, fhir(`Patient/${id}`, somePatient()), 415, "a resource is no patch");
	t.strictSame(await contentsOf(ask), before);
});

t.test("extensions of primitives stay with their values when items move", async (t) => {
	const text = '{"resourceType":"Patient","name":[{"given":["A","B","C"],"_given":[null,{"id":"b"},null]}]}';
	const ways: [name: string, want: unknown, ...Part[][]][] = [
		["delete", { given: ["B", "C"], _given: [{ id: "b" }, null] }, operation("delete", "Patient.name[0].given[0]")],
		[
			"insert",
			{ given: ["X", "A", "B", "C"], _given: [null, null, { id: "b" }, null] },
			operation(
				"insert",
				"Patient.name[0].given",
				{ name: "index", valueInteger: 0 },
				{ name: "value", valueString: "X" },
			),
		],
		[
			"move",
			{ given: ["B", "C", "A"], _given: [{ id: "b" }, null, null] },
			operation(
				"move",
				"Patient.name[0].given",
				{ name: "source", valueInteger: 0 },
				{ name: "destination", valueInteger: 2 },
			),
		],
		[
			"add",
			{ given: ["A", "B", "C", "X"], _given: [null, { id: "b" }, null, null] },
			operation("add", "Patient.name[0]", { name: "name", valueString: "given" }, { name: "value", valueString: "X" }),
		],
	];
	for (const [name, want, ...operations] of ways) {
		const response = await fhir(`Patient/${await start(text)}`, parameters(...operations));
		t.strictSame(jsonOf(response).name, [want], name);
	}
});

t.test("If-Match, Prefer, and what is not there", async (t) => {
	const id = await start();
	const patch = (more: More) => merge(`Patient/${id}`, { gender: "male" }, more);
	await refused(t, patch({ conditions: { ifMatch: 'W/"2"' } }), 412);
	await refused(t, patch({ conditions: { ifMatch: "1" } }), 400);
	t.equal((await patch({ conditions: { ifMatch: 'W/"1"', prefer: "return=minimal" } })).body, undefined);
	await ask("DELETE", `Patient/${id}`);
	await refused(t, patch({}), 410);
	await refused(t, merge("Patient/never", {}), 404);
	await refused(t, send("text/plain")("Patient/x1", {}), 404);
	await refused(t, send("text/plain")(`Patient/${await start()}`, {}), 415);
});

t.test("30 parallel patches of one resource all take hold", async (t) => {
	const id = await start();
	await Promise.all(
		Array.from({ length: 30 }, (_, i) =>
			json(`Patient/${id}`, [{ op: "add", path: "/name/-", value: { family: `f${i}` } }]),
		),
	);
	t.equal(jsonOf(await ask("GET", `Patient/${id}`)).name.length, 31);
});

t.test("a conditional patch needs exactly one match", async (t) => {
	const identifier = [{ system: "urn:x", value: "cp" }];
	const id = await start({ identifier });
	const url = "Patient?identifier=urn:x|cp";
	const response = await merge(url, { gender: "male" });
	t.strictSame([response.status, jsonOf(response).id], [200, id]);
	await refused(t, merge(url, { gender: "female" }, { conditions: { ifMatch: 'W/"1"' } }), 412);
	await refused(t, merge("Patient?identifier=urn:x|nobody", {}), 404);
	for (const query of ["", "?", "?_sort=name", "?identifier="])
		await refused(t, merge(`Patient${query}`, {}), 400, query);
	await start({ identifier });
	await refused(t, merge(url, { gender: "other" }), 412);
});

t.test("a path that could run for hours is refused at once", async (t) => {
	const id = await start();
	const paths = [
		"Patient.name.where('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$'))",
		"Patient.name.repeat($this)",
		"Patient.descendants().descendants()",
		"Patient.name.where(family.`matches` ('x'))",
		"Patient.name.where(family = ')') .replaceMatches ('a', 'b')",
	];
	for (const path of paths) await refused(t, fhir(`Patient/${id}`, parameters(operation("delete", path))), 400, path);
	const plain = "Patient.name.where(use = 'matches(' or (family = 'Devi' and given.exists())).first()";
	t.equal((await fhir(`Patient/${id}`, parameters(operation("delete", plain)))).status, 200);
});

import t from "tap";
import { post } from "../support/bundle.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { otherClinic, until } from "../support/jobs.ts";
import { RAMPUR, rampurPatient, setRules } from "../support/own-profile.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const second = await otherClinic(ask, "second");
/** The first clinic as another process serves it. */
const elsewhere = await otherClinic(ask, "first", { ...ask.engine });
const claiming = somePatient({ meta: { profile: [RAMPUR] } });
const status = (work: Promise<{ status: number }>): Promise<number> =>
	work.then(
		({ status }) => status,
		(problem: { status: number }) => problem.status,
	);
const COLOURS = "https://rampur.example/CodeSystem/colours";
const SET = "https://rampur.example/ValueSet/colours";
const colours = (...codes: string[]) => ({
	resourceType: "CodeSystem",
	id: "colours",
	url: COLOURS,
	status: "active",
	content: "complete",
	concept: codes.map((code) => ({ code })),
});
const valueSet = {
	resourceType: "ValueSet",
	id: "colours",
	url: SET,
	status: "active",
	compose: { include: [{ system: COLOURS }] },
};
const bound = rampurPatient({
	id: "coloured",
	url: "https://rampur.example/StructureDefinition/Coloured",
	name: "Coloured",
	type: "Basic",
	baseDefinition: "http://hl7.org/fhir/StructureDefinition/Basic",
	differential: {
		element: [{ id: "Basic.code", path: "Basic.code", binding: { strength: "required", valueSet: SET } }],
	},
});
const basic = (code: string) => ({
	resourceType: "Basic",
	meta: { profile: [bound.url] },
	code: { coding: [{ system: COLOURS, code }] },
});

t.test("a profile works at once for the clinic that stores it, and for no other", async (t) => {
	t.equal(await status(ask("POST", "Patient", claiming)), 201, "not known yet");
	t.equal(await status(elsewhere("POST", "Patient", claiming)), 201);
	await ask("POST", "StructureDefinition", rampurPatient());
	t.equal(await status(ask("POST", "Patient", claiming)), 422);
	t.equal(await status(second("POST", "Patient", claiming)), 201);
	await until(async () => (await status(elsewhere("POST", "Patient", claiming))) === 422);
});

t.test("a change of it, and its end, count at once too", async (t) => {
	const { id } = jsonOf(await ask("GET", `StructureDefinition?url=${RAMPUR}`)).entry[0].resource;
	const lax = rampurPatient({ id, differential: { element: [{ id: "Patient.name", path: "Patient.name", min: 1 }] } });
	await ask("PUT", `StructureDefinition/${id}`, lax);
	t.equal(await status(ask("POST", "Patient", claiming)), 201);
	await ask("PUT", `StructureDefinition/${id}`, rampurPatient({ id }));
	t.equal(await status(ask("POST", "Patient", claiming)), 422);
	await ask("PUT", `StructureDefinition/${id}`, rampurPatient({ id, status: "retired" }));
	t.equal(await status(ask("POST", "Patient", claiming)), 201);
	await post(ask, "transaction", [
		{ method: "PUT", url: `StructureDefinition/${id}`, resource: rampurPatient({ id, status: "draft" }) },
	]);
	t.equal(await status(ask("POST", "Patient", claiming)), 422, "a draft counts, as guides publish drafts");
	await ask("DELETE", `StructureDefinition/${id}`);
	t.equal(await status(ask("POST", "Patient", claiming)), 201);
});

t.test("bindings are checked by the clinic's own value sets and code systems", async (t) => {
	await post(ask, "transaction", [
		{ method: "PUT", url: "CodeSystem/colours", resource: colours("red") },
		{ method: "PUT", url: "ValueSet/colours", resource: valueSet },
		{ method: "PUT", url: "StructureDefinition/coloured", resource: bound },
	]);
	t.equal(await status(ask("POST", "Basic", basic("red"))), 201);
	const { issues } = await refused(t, ask("POST", "Basic", basic("blue")), 422);
	t.match(issues, [{ expression: /^Basic\.code/, code: "code-invalid" }]);
	await ask("PUT", "CodeSystem/colours", colours("red", "blue"));
	t.equal(await status(ask("POST", "Basic", basic("blue"))), 201, "a new code counts at once");
});

t.test("an active profile that cannot be used is refused with the reason; a draft is kept", async (t) => {
	const broken: [string, object, RegExp][] = [
		[
			"unknown element",
			{ differential: { element: [{ id: "Patient.colour", path: "Patient.colour", min: 1 }] } },
			/colour/,
		],
		["unknown base", { baseDefinition: "https://x.example/StructureDefinition/never" }, /never/],
		[
			"no FHIRPath",
			{
				differential: {
					element: [
						{
							id: "Patient",
							path: "Patient",
							constraint: [{ key: "bad-1", severity: "error", human: "x", expression: "name.where(" }],
						},
					],
				},
			},
			/bad-1.*FHIRPath/,
		],
		[
			"a name that the type does not have",
			rampurPatient({
				differential: {
					element: [
						{
							id: "Patient.name",
							path: "Patient.name",
							constraint: [{ key: "bad-2", severity: "error", human: "x", expression: "famly.exists()" }],
						},
					],
				},
			}),
			/bad-2 of Patient\.name asks for "famly", which HumanName does not have: correct the name/,
		],
	];
	for (const [name, more, text] of broken) {
		const problem = await refused(t, ask("POST", "StructureDefinition", rampurPatient(more)), 422, name);
		t.match(problem.issues[0]?.text, text, name);
		t.match(problem.issues[0]?.expression, /^StructureDefinition/, name);
		const draft = rampurPatient({ ...more, status: "draft", id: "broken" });
		t.match(await status(ask("PUT", "StructureDefinition/broken", draft)), /^20[01]$/, name);
		t.equal(await status(ask("POST", "Patient", somePatient())), 201, "and hinders nothing");
	}
	await ask("DELETE", "StructureDefinition/broken");
});

t.test("a required profile that is taken away is told, not passed over in silence", async (t) => {
	await ask("PUT", "StructureDefinition/rampur-patient", rampurPatient());
	setRules(ask, { requiredProfiles: { Patient: [RAMPUR] } });
	await ask("DELETE", "StructureDefinition/rampur-patient");
	const { issues } = await refused(t, ask("POST", "Patient", somePatient()), 422);
	t.match(issues, [{ rule: "PHC-V-033" }]);
	setRules(ask, {});
});

t.test("a clinic's definitions have an end, as every process holds them", async (t) => {
	const concept = Array.from({ length: 15 }, (_, n) => ({ code: `c${n}`, definition: "x".repeat(1_000_000) }));
	const large = (id: string) => ({ ...colours(), id, url: `urn:${id}`, concept });
	t.equal(await status(ask("PUT", "CodeSystem/l1", large("l1"))), 201);
	t.equal(await status(ask("PUT", "CodeSystem/l2", large("l2"))), 201);
	const problem = await refused(t, ask("PUT", "CodeSystem/l3", large("l3")), 422);
	t.match(problem.message, /32 MB together.*terminology load/);
	t.equal(await status(ask("PUT", "CodeSystem/l2", large("l2"))), 200, "what is there may be changed");
	await ask("DELETE", "CodeSystem/l1");
	t.equal(await status(ask("PUT", "CodeSystem/l3", large("l3"))), 201);
	for (const id of ["l2", "l3"]) await ask("DELETE", `CodeSystem/${id}`);
});

t.test("reading and asking operations look nothing up anew", async (t) => {
	const looks: string[] = [];
	const { store } = ask.engine;
	const watched = {
		...ask.engine,
		store: {
			...store,
			definitions: (...args: Parameters<typeof store.definitions>) => {
				looks.push("look");
				return store.definitions(...args);
			},
		},
	};
	const watching = await otherClinic(ask, "first", watched);
	for (let i = 0; i < 3; i++) {
		await watching("GET", "ValueSet/colours");
		await watching("POST", "ValueSet/$validate", valueSet);
		await watching("POST", "Patient", somePatient());
	}
	t.equal(looks.length, 1);
	await watching("PUT", "ValueSet/colours", { ...valueSet, title: "Colours" });
	t.equal(looks.length, 2, "a write of a definition does");
});

t.test("criteria that look like an operation do not hide a change of definitions", async (t) => {
	const url = "https://rampur.example/$odd/_history/set";
	const odd = (code: string) => ({
		...valueSet,
		id: "odd",
		url,
		compose: { include: [{ system: COLOURS, concept: [{ code }] }] },
	});
	const isIn = async (code: string): Promise<boolean> =>
		jsonOf(await ask("GET", `ValueSet/$validate-code?url=${encodeURIComponent(url)}&system=${COLOURS}&code=${code}`))
			.parameter[0].valueBoolean;
	const put = (code: string) =>
		post(ask, "batch", [{ method: "PUT", url: `ValueSet?url=${url}`, resource: odd(code) }]);
	t.match(await put("red"), [{ response: { status: "201 Created" } }]);
	t.equal(await isIn("red"), true);
	t.match(await put("blue"), [{ response: { status: "200 OK" } }]);
	t.equal(await isIn("red"), false, "at once");
});

t.test("profiles that build on one another come in one transaction, in any order", async (t) => {
	const base = "https://rampur.example/StructureDefinition/base";
	const derived = "https://rampur.example/StructureDefinition/derived";
	const put = (id: string, more: object) => ({
		method: "PUT",
		url: `StructureDefinition/${id}`,
		resource: rampurPatient({ id, name: id, ...more }),
	});
	const birth = { element: [{ id: "Patient.birthDate", path: "Patient.birthDate", min: 1 }] };
	const both = [
		put("derived", { url: derived, baseDefinition: base, differential: birth }),
		put("base", { url: base }),
	];
	t.match(await status(post(ask, "transaction", both.slice(0, 1)).then(() => ({ status: 200 }))), 422);
	t.equal((await post(ask, "transaction", both)).length, 2);
	const { issues } = await refused(t, ask("POST", "Patient", somePatient({ meta: { profile: [derived] } })), 422);
	t.match(issues.map(({ expression }) => expression).toSorted(), ["Patient", "Patient.birthDate", "Patient.gender"]);
});

t.test("a malformed profile beside another is refused with its faults, whatever builds on it", async (t) => {
	const base = "https://rampur.example/StructureDefinition/malformed";
	const put = (id: string, more: object) => ({
		method: "PUT",
		url: `StructureDefinition/${id}`,
		resource: rampurPatient({ id, name: id, ...more }),
	});
	for (const element of [
		null,
		3,
		{ path: 4, constraint: 5 },
		{ id: "Patient", path: "Patient", type: "x", slicing: [] },
	]) {
		const entries = [
			put("on-it", { baseDefinition: base }),
			put("malformed", { url: base, snapshot: { element: [element] } }),
		];
		const { issues } = await refused(t, post(ask, "transaction", entries), 422);
		t.match(issues[0], { expression: /^Bundle\.entry\[0\]\.resource/, text: /malformed/ });
		t.ok(issues.some(({ expression }) => expression?.startsWith("Bundle.entry[1].resource.snapshot")));
	}
});

import t from "tap";
import type { FhirRequest, Method, Role } from "../../src/kernel/index.ts";
import { type Answer, type Entry, post } from "../support/bundle.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { RAMPUR, rampurPatient, setRules } from "../support/own-profile.ts";
import { refused } from "../support/refused.ts";

type Issue = { severity: string; code: string; diagnostics: string; expression?: string[]; details: { text: string } };

const ask = await testClinic(t);
await ask("PUT", "StructureDefinition/rampur-patient", rampurPatient());
await ask("PUT", "Patient/p", somePatient({ id: "p" }));
await ask("PUT", "Patient/gone", somePatient({ id: "gone" }));
await ask("DELETE", "Patient/gone");
const before = await contentsOf(ask);
const div = '<div xmlns="http://www.w3.org/1999/xhtml">Asha Devi</div>';
const told = somePatient({ text: { status: "generated", div } });

type More = Partial<FhirRequest> & { roles?: Role[] };
async function issues(method: Method, url: string, body?: unknown, more: More = {}): Promise<Issue[]> {
	const response = await ask(method, url, body, more);
	t.equal(response.status, 200, `${method} ${url}`);
	const outcome = jsonOf(response);
	t.equal(outcome.resourceType, "OperationOutcome");
	return outcome.issue;
}
const errors = (found: readonly Issue[]): string[] =>
	found.filter(({ severity }) => severity === "error").map(({ expression, code }) => expression?.[0] ?? code);
const parameters = (resource: unknown, more: Record<string, string | string[]> = {}) => ({
	resourceType: "Parameters",
	parameter: [
		...(resource === undefined ? [] : [{ name: "resource", resource }]),
		...Object.entries(more).flatMap(([name, values]) =>
			[values].flat().map((value) => (name === "mode" ? { name, valueCode: value } : { name, valueUri: value })),
		),
	],
});

t.test("a sound resource is All OK, alone or in Parameters, at its type or at the base", async (t) => {
	for (const url of ["Patient/$validate", "$validate"]) {
		for (const body of [told, parameters(told)]) {
			t.match(await issues("POST", url, body), [{ severity: "information", diagnostics: /^All OK/ }]);
		}
	}
});

t.test("all faults are told with 200, advice among them", async (t) => {
	const bad = somePatient({ gender: "woman", nonsense: 1 });
	const found = await issues("POST", "Patient/$validate", bad);
	t.same(errors(found).toSorted(), ["Patient", "Patient.gender"]);
	t.match(found.find(({ severity }) => severity === "warning")?.diagnostics, /dom-6/);
	t.same(errors(await issues("POST", "$validate", { resourceType: "Patiant" })), ["Resource"]);
});

t.test("a Bundle, and Parameters themselves, can be asked about", async (t) => {
	const entry = [{ fullUrl: "urn:uuid:00000000-0000-4000-8000-000000000001", resource: { ...told, gender: "woman" } }];
	const bundle = { resourceType: "Bundle", type: "collection", entry };
	t.same(errors(await issues("POST", "Bundle/$validate", bundle)), ["Bundle.entry[0].resource.gender"]);
	const own = { resourceType: "Parameters", parameter: [{ name: "x", valueString: "y" }] };
	t.same(errors(await issues("POST", "Parameters/$validate", own)), []);
	t.same(errors(await issues("POST", "Parameters/$validate", parameters({ ...own, nonsense: 1 }))), ["Parameters"]);
});

t.test("profiles are named in the URL or in Parameters, several of them", async (t) => {
	const query = `Patient/$validate?profile=${encodeURIComponent(RAMPUR)}`;
	t.same(errors(await issues("POST", query, told)).toSorted(), ["Patient", "Patient.gender"]);
	const both = parameters(told, { profile: [RAMPUR, "http://hl7.org/fhir/StructureDefinition/Patient"] });
	t.same(errors(await issues("POST", "Patient/$validate", both)).toSorted(), ["Patient", "Patient.gender"]);
	const sound = { ...told, gender: "female", birthDate: "1980-01-01" };
	t.same(errors(await issues("POST", query, sound)), []);
	setRules(ask, { mode: "off" });
	t.same(
		errors(await issues("POST", query, told)).length,
		2,
		"who names a profile wants to know, whatever the clinic asks",
	);
	setRules(ask, {});
});

t.test("a profile that is not here is an error that names near ones", async (t) => {
	const url = "https://rampur.example/StructureDefinition/RampurPatent";
	const found = await issues("POST", `Patient/$validate?profile=${url}`, { ...told, gender: "woman" });
	t.match(
		found.find(({ code }) => code === "not-found"),
		{ severity: "error", diagnostics: new RegExp(`not here\\. Did you mean ${RAMPUR}\\?`) },
	);
	t.ok(errors(found).includes("Patient.gender"), "the rest is looked at all the same");
});

t.test("so many profiles that they would hold others up are refused", async (t) => {
	const profile = Array.from({ length: 21 }, (_, i) => `https://rampur.example/StructureDefinition/${i}`);
	const problem = await refused(t, ask("POST", "Patient/$validate", parameters(told, { profile })), 400);
	t.match(problem.issues, [{ expression: "profile", text: /20 profiles at most/ }]);
	t.equal(
		errors(await issues("POST", "Patient/$validate", parameters(told, { profile: profile.slice(1) }))).length,
		20,
	);
});

t.test("the stored resource is asked about by its URL, by GET or POST", async (t) => {
	t.same(errors(await issues("GET", "Patient/p/$validate")), []);
	t.same(errors(await issues("GET", `Patient/p/$validate?mode=profile&profile=${RAMPUR}`)).length, 2);
	t.same(errors(await issues("POST", "Patient/p/$validate", parameters(undefined, { profile: RAMPUR }))).length, 2);
	await refused(t, ask("GET", "Patient/never/$validate"), 404);
	await refused(t, ask("GET", "Patient/gone/$validate"), 410);
	await refused(t, ask("GET", "Observation/o/$validate", undefined, { roles: ["PHARMACIST"] }), 403);
});

t.test("the mode tells whether the interaction would be done", async (t) => {
	const mode = (name: string, url = "Patient/p", body: unknown = { ...told, id: "p" }, roles?: Role[]) =>
		issues("POST", `${url}/$validate?mode=${name}`, body, roles && { roles });
	t.same(errors(await mode("create", "Patient", told)), []);
	t.match((await mode("create", "Patient"))[0], { severity: "information", diagnostics: /id of its own/ });
	t.same(errors(await mode("create", "Patient", told, ["AUDITOR"])), ["forbidden"]);
	t.same(errors(await mode("update")), []);
	t.match((await mode("update", "Patient/new", { ...told, id: "new" }))[0], { diagnostics: /would create it/ });
	t.same(errors(await mode("update", "Patient/p", told)), ["Patient.id"]);
	t.same(errors(await mode("update", "Patient/p", { ...told, id: "q" })), ["Patient.id"]);
	t.same(errors(await mode("update", "Patient/p", { ...told, id: "p" }, ["PHARMACIST"])), ["forbidden"]);
	t.match(await issues("GET", "Patient/p/$validate?mode=delete"), [{ diagnostics: /^All OK/ }]);
	t.match(await issues("GET", "Patient/never/$validate?mode=delete"), [{ severity: "information" }]);
	t.same(errors(await issues("GET", "Patient/p/$validate?mode=delete", undefined, { roles: ["NURSE"] })), [
		"forbidden",
	]);
	setRules(ask, { mode: "off" });
	const claiming = { ...told, meta: { profile: [RAMPUR] } };
	t.same(errors(await mode("create", "Patient", claiming)), [], "as the clinic would store it");
	t.equal(
		errors(await issues("POST", "Patient/$validate", claiming)).length,
		2,
		"without a mode profiles always count",
	);
	setRules(ask, {});
});

t.test("what a write would refuse beside its form is told: subsets, search parameters, references", async (t) => {
	const subset = { ...told, meta: { tag: [{ system: "x", code: "SUBSETTED" }] } };
	t.same(errors(await issues("POST", "Patient/$validate", subset)), ["meta.tag"]);
	const parameter = {
		resourceType: "SearchParameter",
		url: "https://x.example/s",
		name: "S",
		description: "s",
		status: "active",
		code: "gender",
		base: ["Patient"],
		type: "token",
		expression: "Patient.gender",
	};
	t.same(errors(await issues("POST", "SearchParameter/$validate", parameter)), ["SearchParameter.code"]);
	const dangling = { ...told, managingOrganization: { reference: "Organization/never" } };
	t.same(errors(await issues("POST", "Patient/$validate", dangling)), []);
	setRules(ask, { references: true });
	t.same(errors(await issues("POST", "Patient/$validate", dangling)), ["Patient.managingOrganization.reference"]);
	setRules(ask, {});
});

t.test("what cannot be looked at is refused with the mend", async (t) => {
	const wrong: [Method, string, unknown, RegExp][] = [
		["POST", "Patient/$validate", { resourceType: "Observation" }, /URL says Patient/],
		["POST", "Patient/$validate", parameters(undefined), /send the resource/],
		["GET", "Patient/$validate", undefined, /send the resource/],
		["POST", "Patient/$validate?mode=guess", told, /create, update, delete, profile/],
		["POST", "Patient/$validate?mode=delete", told, /name it in the URL/],
		["POST", "Patient/p/$validate?mode=profile", told, /needs a profile/],
		["GET", "Patient/$validate?resource=x", undefined, /send it in the body/],
		["POST", "Patient/$validate?colour=red", told, /has no parameter "colour"/],
		["POST", "Patient/$validate", "[]", /one resource/],
	];
	for (const [method, url, body, text] of wrong) {
		t.match((await refused(t, ask(method, url, body), 400, `${method} ${url}`)).message, text);
	}
});

t.test("it works in a batch and in a transaction", async (t) => {
	const validate = (resource: unknown): Entry => ({ method: "POST", url: "Patient/$validate", resource });
	const codes = (answers: readonly Answer[]) => answers.map(({ resource }) => resource?.issue?.[0]?.severity);
	const entries = [
		validate(told),
		validate(somePatient({ gender: "woman" })),
		{ method: "GET", url: "Patient/p/$validate" },
	];
	for (const type of ["batch", "transaction"] as const) {
		const answers = await post(ask, type, entries);
		t.same(
			answers.map(({ response }) => response.status.slice(0, 3)),
			["200", "200", "200"],
		);
		t.same(codes(answers).slice(0, 2), ["information", "error"]);
	}
});

t.test("nothing was written by all this", async (t) => {
	t.strictSame(await contentsOf(ask), before);
});

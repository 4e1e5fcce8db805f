import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import type { Resource } from "../../src/kernel/index.ts";
import { extract } from "../../src/search/extract.ts";
import { keyHash, keyText, type Node, parseSearch } from "../../src/search/index.ts";

const registry = loadRegistry();
const base = "http://clinic.test/t/first/fhir";
const scope = { registry, base, timeZone: "Asia/Kolkata", strict: true, now: Date.now() };
const keysOf = (resource: Resource): string => extract(scope, resource).keys;

/** The keys that any of would do. */
const choices = (node: Node): Node[] => (node.kind === "or" ? node.nodes.flatMap(choices) : [node]);

/** Whether a resource has the key that a query for one value looks for. */
function matches(resource: Resource, name: string, value: string): boolean {
	const { filter } = parseSearch(scope, resource.resourceType, [[name, value]]);
	const keys = new Set(keysOf(resource).slice(1, -1).split(","));
	return choices(filter).some(
		(node) => node.kind === "key" && keys.has(keyHash(keyText(resource.resourceType, node.path, node.entry))),
	);
}

t.test("tokens of every type: code, Coding, CodeableConcept, Identifier, ContactPoint, boolean", async (t) => {
	const patient: Resource = {
		resourceType: "Patient",
		active: true,
		gender: "female",
		identifier: [{ system: "urn:a", value: "1" }, { value: "2" }, { system: "urn:only" }],
		telecom: [{ system: "phone", value: "98" }],
		communication: [{ language: { coding: [{ system: "urn:l", code: "HI" }, { code: "mr" }] } }],
		deceasedDateTime: "2024",
	};
	const cases: [name: string, value: string, want: boolean][] = [
		["active", "true", true],
		["active", "false", false],
		["gender", "female", true],
		["gender", "http://hl7.org/fhir/administrative-gender|female", true],
		["gender", "|female", false],
		["identifier", "urn:a|1", true],
		["identifier", "1", true],
		["identifier", "|1", false],
		["identifier", "|2", true],
		["identifier", "urn:a|2", false],
		["identifier", "urn:only|", true],
		["telecom", "98", true],
		["telecom", "phone|98", true],
		["phone", "98", true],
		["email", "98", false],
		["language", "hi", true],
		["language", "urn:l|hi", true],
		["language", "|mr", true],
		["deceased", "true", true],
		["deceased", "false", false],
	];
	for (const [name, value, want] of cases) t.equal(matches(patient, name, value), want, `${name}=${value}`);
	t.ok(matches({ resourceType: "Patient" }, "deceased", "false"), "no deceased[x] is not deceased");
	t.ok(matches({ resourceType: "Patient", deceasedBoolean: false }, "deceased", "false"));
});

t.test("composed and decomposed letters, and case, are one token", async (t) => {
	const patient: Resource = { resourceType: "Patient", identifier: [{ value: "Jose\u0301" }] };
	t.ok(matches(patient, "identifier", "JOS\u00c9"));
});

t.test("references: local in each way they are written, versions aside; contained ones not at all", async (t) => {
	const to = (reference: string): Resource => ({ resourceType: "Observation", subject: { reference } });
	for (const reference of ["Patient/1", `${base}/Patient/1`, "Patient/1/_history/3", `${base}/Patient/1/_history/3`]) {
		for (const value of ["Patient/1", "1", `${base}/Patient/1`])
			t.ok(matches(to(reference), "subject", value), `${reference} ${value}`);
		t.ok(matches(to(reference), "patient", "Patient/1"));
	}
	t.notOk(matches(to("Group/1"), "patient", "1"), "patient holds patients only");
	t.ok(matches(to("Group/1"), "subject", "1"));
	const foreign = "http://clinic.test/t/second/fhir/Patient/1";
	t.notOk(matches(to(foreign), "subject", "Patient/1"), "another clinic's is foreign");
	t.ok(matches(to(foreign), "subject", foreign));
	t.notOk(
		matches(
			{ resourceType: "Observation", subject: { reference: "#p" }, contained: [{ resourceType: "Patient", id: "p" }] },
			"subject",
			"p",
		),
	);
	t.notOk(matches({ resourceType: "Observation", subject: { identifier: { value: "1" } } }, "subject", "1"));
});

t.test("canonicals match with and without their version, uris as a whole", async (t) => {
	const measured: Resource = { resourceType: "QuestionnaireResponse", questionnaire: "http://example.org/q|1.0" };
	t.ok(matches(measured, "questionnaire", "http://example.org/q"));
	t.ok(matches(measured, "questionnaire", "http://example.org/q\\|1.0"));
	t.notOk(matches(measured, "questionnaire", "http://example.org/q\\|2.0"));
	const valueSet: Resource = { resourceType: "ValueSet", url: "http://example.org/A" };
	t.ok(matches(valueSet, "url", "http://example.org/A"));
	t.notOk(matches(valueSet, "url", "http://example.org/a"), "case counts");
	t.notOk(matches(valueSet, "url", "http://example.org/"));
});

t.test("the keys are an array literal without repeats", async (t) => {
	const coding = {
		coding: [
			{ system: "urn:x", code: "a" },
			{ system: "urn:x", code: "A" },
		],
	};
	const literal = keysOf({ resourceType: "Observation", code: coding });
	t.match(literal, /^\{(-?\d+(,-?\d+)*)?\}$/);
	const keys = literal.slice(1, -1).split(",");
	t.equal(new Set(keys).size, keys.length);
	t.match(keysOf({ resourceType: "Basic" }), /^\{\}$/);
});

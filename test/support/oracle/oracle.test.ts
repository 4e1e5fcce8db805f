import t from "tap";
import { loadRegistry } from "../../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../../src/kernel/index.ts";
import { type Pair, search, type World } from "./oracle.ts";

const SENSITIVE = new Set(["http://hl7.org/fhir/administrative-gender", "urn:sensitive"]);

const worldOf = (resources: readonly string[]): World => ({
	registry: loadRegistry(),
	resources: resources.map((text, index) => ({ id: `r${index}`, ...(parseJson(text) as Resource) })),
	base: "http://clinic.test/fhir",
	timeZone: "Asia/Kolkata",
	now: Date.UTC(2026, 0, 1),
	isCaseSensitive: (system) => SENSITIVE.has(system),
	isBelow: (_, code, ancestor) => code.startsWith(ancestor),
	isIn: (valueSet, system, code) => valueSet === "urn:all" && system === "urn:ietf:bcp:47" && code === "mr",
});

type Rows = readonly (readonly [query: string, found: string])[];

/** Each row: a query, and which of the resources it finds by their number, as `0 2`. */
function table(name: string, type: string, resources: readonly object[] | readonly string[], rows: Rows): void {
	const world = worldOf(
		resources.map((one) => (typeof one === "string" ? one : JSON.stringify({ resourceType: type, ...one }))),
	);
	t.test(name, async (t) => {
		for (const [query, found] of rows) {
			const pairs = query.split("&").map((pair): Pair => {
				const equals = pair.indexOf("=");
				return [pair.slice(0, equals), pair.slice(equals + 1)];
			});
			t.equal(search(world, type, pairs).join(" "), found.replace(/\d+/g, "r$&"), query);
		}
	});
}

const probability = (...values: string[]): string[] =>
	values.map((value) => `{"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":${value}}]}`);

// https://hl7.org/fhir/R4/search.html#number
table("number", "RiskAssessment", probability("99.5", "99.4", "100.5", "100", "99.995", "95", "104.9", "105", "-100"), [
	["probability=100", "0 3 4"],
	["probability=100.00", "3 4"],
	["probability=1e2", "0 1 2 3 4 5 6"],
	["probability=lt100", "0 1 4 5 8"],
	["probability=le100", "0 1 3 4 5 8"],
	["probability=gt100", "2 6 7"],
	["probability=ge100", "2 3 6 7"],
	["probability=ne100", "1 2 5 6 7 8"],
	["probability=sa100", "2 6 7"],
	["probability=eb100", "0 1 4 5 8"],
	["probability=ap100", "0 1 2 3 4 5 6 7"],
	["probability=-100,105", "6 7 8"],
	["probability=gt99&probability=lt100", "0 1 4"],
	["probability:missing=true", ""],
]);

const effective = (...values: string[]): object[] => values.map((effectiveDateTime) => ({ effectiveDateTime }));

// https://hl7.org/fhir/R4/search.html#date
table(
	"date",
	"Observation",
	[
		...effective("2013-01-14", "2013-01-14T00:00:00+05:30", "2013-01-13", "2013-01", "2013-01-15T00:00:00+05:30"),
		{ effectivePeriod: { start: "2013-01-14" } },
		{ effectivePeriod: { end: "2013-01-14T10:00:00Z" } },
		{ effectivePeriod: { start: "2013-01-01", end: "2013-01-10" } },
		{ effectiveTiming: { event: ["2013-01-20", "2013-01-12"], repeat: { boundsPeriod: { start: "2013-01-11" } } } },
		{ _effectiveDateTime: { extension: [{ url: "urn:x", valueCode: "unknown" }] } },
	],
	[
		["date=2013-01-14", "0 1"],
		["date=2013-01", "0 1 2 3 4 7"],
		["date=2013-01-13T18:30:00Z", "1"],
		["date=ne2013-01-14", "2 3 4 5 6 7 8"],
		["date=gt2013-01-14", "3 4 5 8"],
		["date=ge2013-01-14", "0 1 3 4 5 8"],
		["date=lt2013-01-14", "2 3 6 7 8"],
		["date=le2013-01-14", "0 1 2 3 6 7 8"],
		["date=sa2013-01-13", "0 1 4 5"],
		["date=eb2013-01-14", "2 7"],
		["date=ap2026-01", "5 8"],
		["date=ap2013-06", "0 1 2 3 4 5 6 7 8"],
		["date=ge2010-01-01&date=le2011-12-31", "6"],
		["date:missing=true", "9"],
	],
);

// https://hl7.org/fhir/R4/search.html#string
table(
	"string",
	"Patient",
	[
		{ name: [{ given: ["Eve"] }] },
		{ name: [{ given: ["Evelyn", "Sévérine"] }] },
		{ name: [{ given: ["SEVERINE"] }] },
		{ name: [{ text: "आशा  देवी", family: "देवी" }] },
		{ name: [{ prefix: ["Dr."], suffix: ["MD"] }], address: [{ line: ["12 High Road"], district: "Pune" }] },
		{ name: [{ _family: { extension: [{ url: "urn:x", valueCode: "masked" }] } }] },
	],
	[
		["given=eve", "0 1"],
		["given:contains=eve", "0 1 2"],
		["given:contains=EVÉ", "0 1 2"],
		["given:exact=Eve", "0"],
		["given=severine", "1 2"],
		["given:exact=Se\u0301ve\u0301rine", "1"],
		["name=आशा देवी", "3"],
		["name=आश", "3"],
		["name=देव", "3"],
		["name=दव", ""],
		["name:contains=देवी", "3"],
		["name=dr.,md", "4"],
		["address=pune", "4"],
		["address:contains=road", "4"],
		["family:missing=true", "0 1 2 4 5"],
		["name:missing=true", "5"],
	],
);

// https://hl7.org/fhir/R4/search.html#token
table(
	"token",
	"Patient",
	[
		{
			gender: "male",
			identifier: [
				{
					system: "urn:mrn",
					value: "A1",
					type: { text: "Hospital number", coding: [{ system: "urn:t", code: "MR" }] },
				},
			],
		},
		{ gender: "female", identifier: [{ value: "A1" }, { system: "urn:sensitive", value: "A1" }], active: true },
		{
			telecom: [
				{ system: "phone", value: "+91 98" },
				{ system: "email", value: "a@b" },
			],
			active: false,
		},
		{
			communication: [
				{ language: { text: "Marathi", coding: [{ system: "urn:ietf:bcp:47", code: "mr", display: "मराठी" }] } },
			],
		},
		{ maritalStatus: { text: "x" }, deceasedBoolean: false },
		{ deceasedDateTime: "2020" },
	],
	[
		["gender=male", "0"],
		["gender=MALE", ""],
		["gender=http://hl7.org/fhir/administrative-gender|male", "0"],
		["gender=|male", ""],
		["gender:not=male", "1 2 3 4 5"],
		["gender:not=male,female", "2 3 4 5"],
		["gender=male,female", "0 1"],
		["gender:missing=false", "0 1"],
		["identifier=a1", "0 1"],
		["identifier=urn:mrn|a1", "0"],
		["identifier=urn:sensitive|a1", ""],
		["identifier=urn:sensitive|A1", "1"],
		["identifier=|A1", "1"],
		["identifier=urn:mrn|", "0"],
		["identifier:of-type=urn:t|MR|A1", "0"],
		["identifier:of-type=urn:t|XX|A1", ""],
		["identifier:text=hospital", "0"],
		["active=true", "1"],
		["active:not=true", "0 2 3 4 5"],
		["telecom=phone|+91 98", "2"],
		["phone=a@b", ""],
		["email=A@B", "2"],
		["language:text=mar", "3"],
		["language:text=मरा", "3"],
		["language=urn:ietf:bcp:47|MR", "3"],
		["language:below=urn:ietf:bcp:47|m", "3"],
		["language:in=urn:all", "3"],
		["language:not-in=urn:all", "0 1 2 4 5"],
		["language:above=urn:ietf:bcp:47|mr-IN", "3"],
		["deceased=true", "5"],
		["deceased=false", "0 1 2 3 4"],
		["_id=r1,r4", "1 4"],
	],
);

// https://hl7.org/fhir/R4/search.html#reference
table(
	"reference",
	"Observation",
	[
		{ subject: { reference: "Patient/r0" } },
		{ subject: { reference: "http://clinic.test/fhir/Patient/r0/_history/3" } },
		{ subject: { reference: "http://other.test/fhir/Patient/r0" } },
		{ subject: { reference: "Group/r0" } },
		{ subject: { identifier: { system: "urn:mrn", value: "r0" } } },
		{ subject: { reference: "#p" }, contained: [{ resourceType: "Patient", id: "p", name: [{ family: "Rao" }] }] },
	],
	[
		["subject=r0", "0 1 3"],
		["patient=r0", "0 1"],
		["subject=Patient/r0", "0 1"],
		["subject:Patient=r0", "0 1"],
		["subject:Group=r0", "3"],
		["subject=http://clinic.test/fhir/Patient/r0", "0 1"],
		["subject=http://other.test/fhir/Patient/r0", "2"],
		["subject:identifier=urn:mrn|r0", "4"],
		["subject:identifier=R0", "4"],
		["subject:missing=true", ""],
		["subject.name=rao", "5"],
		["patient.family=rao", "5"],
	],
);

// https://hl7.org/fhir/R4/search.html#quantity
const weighed = (...quantities: string[]): string[] =>
	quantities.map((quantity) => `{"resourceType":"Observation","valueQuantity":${quantity}}`);
const ucum = (value: string, code: string, more = "") =>
	`{"value":${value},"system":"http://unitsofmeasure.org","code":"${code}"${more}}`;
table(
	"quantity",
	"Observation",
	weighed(
		ucum("5.4", "mg"),
		ucum("0.00540", "g"),
		ucum("5.45", "mg"),
		'{"value":5.40,"unit":"mg"}',
		ucum("5", "mg", ',"comparator":"<"'),
		ucum("5", "mg", ',"comparator":">="'),
		ucum("1", "[lb_av]"),
	),
	[
		["value-quantity=5.4|http://unitsofmeasure.org|mg", "0 1"],
		["value-quantity=0.0054|http://unitsofmeasure.org|g", "0 1"],
		["value-quantity=5.40e-3|http://unitsofmeasure.org|g", "0 1"],
		["value-quantity=5.4||mg", "0 3"],
		["value-quantity=5.4", "0 3"],
		["value-quantity=5.4|urn:other|mg", ""],
		["value-quantity=gt5|http://unitsofmeasure.org|mg", "0 1 2 5 6"],
		["value-quantity=lt5|http://unitsofmeasure.org|mg", "4"],
		["value-quantity=sa5|http://unitsofmeasure.org|mg", "0 1 2 6"],
		["value-quantity=eb5|http://unitsofmeasure.org|mg", "4"],
		["value-quantity=454|http://unitsofmeasure.org|g", "6"],
		["value-quantity=ap450|http://unitsofmeasure.org|g", "5 6"],
		["value-quantity=ne5.4|http://unitsofmeasure.org|mg", "2 4 5 6"],
	],
);

table(
	"quantities of other types",
	"Condition",
	[
		{ onsetAge: { value: 40, system: "http://unitsofmeasure.org", code: "a" } },
		{ onsetRange: { low: { value: 30, unit: "years" }, high: { value: 50, unit: "years" } } },
		{ onsetRange: { low: { value: 60 } } },
	],
	[
		["onset-age=40", "0"],
		["onset-age=gt45", "1 2"],
		["onset-age=ne40", "1 2"],
		["onset-age=sa50", "2"],
		["onset-age=35||years", ""],
		["onset-age=ap44", "0 1"],
	],
);

table(
	"money",
	"ChargeItem",
	[{ priceOverride: { value: 100, currency: "INR" } }, { priceOverride: { value: 100, currency: "USD" } }],
	[
		["price-override=100", "0 1"],
		["price-override=100||INR", "0"],
		["price-override=100|urn:iso:std:iso:4217|USD", "1"],
	],
);

// https://hl7.org/fhir/R4/search.html#uri
table(
	"uri",
	"ValueSet",
	[
		{ url: "http://acme.org/fhir/ValueSet/123" },
		{ url: "http://acme.org/fhir/ValueSet/123/_history/5" },
		{ url: "http://acme.org/fhir/ValueSet/1234" },
		{ url: "urn:oid:1.2.3" },
		{ url: "http://acme.org/fhir", meta: { profile: ["http://p/a|1.0"] } },
	],
	[
		["url=http://acme.org/fhir/ValueSet/123", "0"],
		["url=http://ACME.org/fhir/ValueSet/123", ""],
		["url:below=http://acme.org/fhir/", "0 1 2"],
		["url:below=http://acme.org/fhir/ValueSet/123", "0 1"],
		["url:above=http://acme.org/fhir/ValueSet/123/_history/5", "0 1 4"],
		["url=urn:oid:1.2.3", "3"],
		["url:below=urn:oid:1.2", ""],
		["_profile=http://p/a", ""],
		["_profile:below=http://p/a", "4"],
	],
);

// https://hl7.org/fhir/R4/search.html#composite
const component = (code: string, value: number) => ({
	code: { coding: [{ system: "http://loinc.org", code }] },
	valueQuantity: { value, unit: "mmHg" },
});
table(
	"composite",
	"Observation",
	[
		{ component: [component("8480-6", 120), component("8462-4", 80)] },
		{ component: [component("8480-6", 80), component("8462-4", 120)] },
		component("8480-6", 120),
	],
	[
		["component-code-value-quantity=http://loinc.org|8480-6$gt100", "0"],
		["combo-code-value-quantity=http://loinc.org|8480-6$gt100", "0 2"],
		["code-value-quantity=8480-6$gt100", "2"],
		["component-code-value-quantity=8480-6$80,8462-4$80", "0 1"],
	],
);

const references = worldOf([
	'{"resourceType":"Patient","id":"p","name":[{"family":"Rao"}],"managingOrganization":{"reference":"Organization/o"}}',
	'{"resourceType":"Patient","id":"q","name":[{"family":"Iyer"}]}',
	'{"resourceType":"Organization","id":"o","name":"Clinic"}',
	'{"resourceType":"Observation","id":"a","code":{"coding":[{"code":"1"}]},"subject":{"reference":"Patient/p"}}',
	'{"resourceType":"Observation","id":"b","code":{"coding":[{"code":"2"}]},"subject":{"reference":"Patient/q"}}',
	'{"resourceType":"DiagnosticReport","id":"d","status":"final","result":[{"reference":"Observation/b"},{"reference":"Observation/a"}]}',
]);

t.test("chains and reverse chains", async (t) => {
	const rows: [string, string, string, string][] = [
		["Observation", "subject.name", "rao", "a"],
		["Observation", "subject:Patient.name", "rao,iyer", "a b"],
		["Observation", "subject:Group.identifier", "1", ""],
		["Observation", "patient.organization.name", "clinic", "a"],
		["Observation", "patient.organization:missing", "true", "b"],
		["Patient", "_has:Observation:patient:code", "2", "q"],
		["Patient", "_has:Observation:patient:_has:DiagnosticReport:result:status", "final", "p q"],
		["Organization", "_has:Patient:organization:_has:Observation:subject:code", "1", "o"],
		["DiagnosticReport", "result.subject:Patient.family", "iyer", "d"],
		["Observation", "patient._has:Observation:patient:code", "1", "a"],
	];
	for (const [type, name, value, found] of rows) {
		t.equal(search(references, type, [[name, value]]).join(" "), found, `${type}?${name}=${value}`);
	}
	const both: Pair[] = [
		["result.code", "1"],
		["result.patient.name", "iyer"],
	];
	t.strictSame(search(references, "DiagnosticReport", both), ["d"], "different targets may satisfy each of two chains");
});

t.test("escapes", async (t) => {
	const world = worldOf(['{"resourceType":"Patient","name":[{"family":"a,b"}],"identifier":[{"value":"x|y"}]}']);
	t.strictSame(search(world, "Patient", [["family", "a\\,b"]]), ["r0"]);
	t.strictSame(search(world, "Patient", [["family:exact", "a,b"]]), []);
	t.strictSame(search(world, "Patient", [["identifier", "x\\|y"]]), ["r0"]);
});

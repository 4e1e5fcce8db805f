import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";
import t from "tap";
import { loadRegistry } from "../../../src/definitions/index.ts";
import { isObject, isRawNumber, type JsonObject, parseJson } from "../../../src/kernel/index.ts";
import { compilePath, compileTest, node, type Scope } from "../../../src/validation/fhirpath/index.ts";
import { CASES } from "./semantics-cases.ts";

const registry = loadRegistry();
const TEXT = `{
	"resourceType": "Patient", "id": "p1", "active": true,
	"contained": [{ "resourceType": "Organization", "id": "o1", "name": "Clinic" }],
	"extension": [
		{ "url": "http://x/weight", "valueQuantity": { "value": 70.50, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg" } },
		{ "url": "http://x/grams", "valueQuantity": { "value": 70500, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g" } },
		{ "url": "http://x/age", "valueAge": { "value": 3, "system": "http://unitsofmeasure.org", "code": "a" } },
		{ "url": "http://x/one", "valueDecimal": 1.0 },
		{ "url": "http://x/precise", "valueDecimal": 0.12345678901234567890 },
		{ "url": "http://x/canonical", "valueCanonical": "http://y" },
		{ "url": "http://x/moment", "valueDateTime": "2024-02-29T23:30:00+05:30" },
		{ "url": "http://x/month", "valueDateTime": "2024-02" }
	],
	"name": [
		{ "use": "official", "family": "Chalmers", "given": ["Peter", "James"] },
		{ "use": "usual", "given": ["Jim", null], "_given": [null, { "extension": [{ "url": "http://x/absent", "valueCode": "masked" }] }] },
		{ "text": "Jim  C" }
	],
	"telecom": [{ "system": "phone", "value": "1", "rank": 1 }, { "system": "phone", "value": "2", "rank": 2 }, { "system": "email", "value": "3" }],
	"_gender": { "extension": [{ "url": "http://x/why", "valueCode": "unknown" }] },
	"birthDate": "1974-12-25",
	"_birthDate": { "extension": [{ "url": "http://x/time", "valueDateTime": "1974-12-25T14:35:45-05:00" }] },
	"deceasedBoolean": false,
	"multipleBirthInteger": 2,
	"generalPractitioner": [{ "reference": "Practitioner/known" }, { "display": "someone" }],
	"managingOrganization": { "reference": "#o1" }
}`;
const patient = parseJson(TEXT) as JsonObject;
const focus = node(patient, "Patient");
const scope: Scope = {
	registry,
	resource: focus,
	rootResource: focus,
	extension: node({ url: "http://x/asked", valueInteger: 1 }, "Extension"),
	now: () => "2024-05-02T01:30:00+05:30",
	resolve: (reference) =>
		reference === "#o1"
			? (patient.contained as JsonObject[])[0]
			: reference === "Practitioner/known"
				? { resourceType: "Practitioner", id: "known", active: true }
				: undefined,
	conformsTo: (_, profile) => (profile === "http://known" ? true : undefined),
	memberOf: (item, valueSet) => (valueSet === "http://names" ? item.value === "Chalmers" : undefined),
};

const OWN: Record<string, readonly (readonly [string, ...unknown[]])[]> = {
	"functions of FHIR, which need the scope": [
		["managingOrganization.resolve().name", "Clinic"],
		["managingOrganization.resolve() is Organization", true],
		["generalPractitioner.resolve().active", true],
		["generalPractitioner.first().resolve().is(Practitioner)", true],
		["conformsTo('http://known')", true],
		["conformsTo('http://unknown')"],
		["conformsTo('http://unknown') or true", true],
		["name.first().family.memberOf('http://names')", true],
		["name.first().family.memberOf('http://others')"],
		["'Practitioner/lost'.resolve().exists() or true", true],
		["'Practitioner/lost'.resolve().exists() and false", false],
		["'Practitioner/lost'.resolve().exists()"],
		["'Practitioner/lost'.resolve().exists().not()"],
	],
	"the extension whose context is asked for": [
		["%extension.url", "http://x/asked"],
		["%extension.value = 1", true],
		["%extension.valueInteger = 1", true],
	],
	"the clock of the clinic": [
		["today()", "2024-05-02"],
		["now()", "2024-05-02T01:30:00+05:30"],
		["timeOfDay()", "01:30:00"],
	],
	"quantities of several units": [
		["extension('http://x/weight').value = extension('http://x/grams').value", true],
		["extension('http://x/weight').value < extension('http://x/grams').value", false],
		["1 'kg' + 1 'kg' = 2000 'g'", true],
		["37 'Cel' > 98 '[degF]'", true],
		["1 '[in_i]' = 2.54 'cm'", true],
		["1 'box' < 2 'box'", true],
		["1 'box' < 2 'kg'"],
		["1 year = 12 months", true],
		["6 'mg' / 2 = 3 'mg'", true],
		["2 'mg' * 2 = 4 'mg'", true],
	],
	"what is no single item cannot be told": [
		["name and true"],
		["name.use.length()"],
		["(1 | 2) < 3"],
		["1 < 'a'"],
		["name.single()"],
		["'a'.substring('b')"],
		["'a'.matches('(?=a)')"],
		["'a'.matches('(')"],
		["(1|2).allTrue()"],
	],
	"exactness beyond doubles": [
		["extension('http://x/precise').value + 1", "1.12345678901234567890"],
		["12345678901234567890 + 1", "12345678901234567891"],
		["0.1 * 0.1", "0.01"],
		["1 / 3 < 0.3333333333333334", true],
	],
};

const shown = (value: unknown): unknown => (isRawNumber(value) ? value.rawJSON : value);
const comparable = (value: unknown): string => (value === undefined ? "" : String(shown(value)));
/** fhirpath.js drops the zeros that a decimal ends with. */
const withoutZeros = (text: string): string => (/^-?\d+\.\d+$/.test(text) ? String(Number(text)) : text);

function run(expression: string): unknown[] {
	const path = compilePath(registry, "Patient", expression);
	return path(focus, scope).map(({ value }) => shown(value));
}

for (const [group, cases] of Object.entries({ ...CASES, ...OWN })) {
	t.test(group, async (t) => {
		for (const [expression, ...expected] of cases) {
			t.strictSame(run(expression).map(comparable), expected.map(comparable), expression);
		}
	});
}

const NO_VARIABLE = "https://hl7.org/fhir/R4/fhirpath.html#variables has it";
const DOUBLES = "it calculates with doubles";
const ID = "an id is taken as the FHIR type that the pages of R4 give it";

/** Where fhirpath.js has it otherwise, and why ours stands. */
const OTHERWISE: Record<string, string> = {
	"%sct": NO_VARIABLE,
	"%loinc": NO_VARIABLE,
	"%`vs-x`": NO_VARIABLE,
	"%'ext-x'": NO_VARIABLE,
	"birthDate.value": "it has no value of a primitive",
	"1 'kg' = 1 'm'": "units that cannot be compared give nothing: http://hl7.org/fhirpath/N1/#equals",
	"(1 | 2) ~ (2 | 1)": "order does not matter: http://hl7.org/fhirpath/N1/#equivalent",
	"extension('http://x/precise').value = 0.12345678901234567891": DOUBLES,
	"extension('http://x/precise').value < 0.12345678901234567891": DOUBLES,
	"0.1 + 0.2": DOUBLES,
	"-multipleBirth": "it takes the sign of literals only",
	"@2024-01-01T10:00:00Z + 90 minutes": "it writes the same moment with zone -00:00",
	"(1|2|3).skip(-1)": "nothing is skipped: http://hl7.org/fhirpath/N1/#skipnum-integer-collection",
	"id is id": ID,
	"id is string": ID,
	"id is System.String": ID,
	"extension.value.as(canonical)": "HL7's own invariants (dom-3) use as() on several items",
	"'abcabc'.replace('b', '$&')": "a substitution is plain text",
};

t.test("fhirpath.js gives the same", async (t) => {
	const data = JSON.parse(TEXT);
	const environment = { resource: data, rootResource: data, context: data };
	const theirs = (expression: string): string[] => {
		try {
			const options = { traceFn: () => undefined } as never;
			const values: unknown[] = fhirpath.evaluate(data, expression, environment, r4, options);
			return values.map((value) => comparable(isObject(value) ? String(value) : value));
		} catch (error) {
			return [`error: ${(error as Error).message.slice(0, 80)}`];
		}
	};
	for (const [expression] of Object.values(CASES).flat()) {
		if (expression in OTHERWISE) continue;
		const ours = run(expression)
			.map(comparable)
			.filter((text) => text !== "");
		t.strictSame(
			ours.map(withoutZeros),
			theirs(expression)
				.filter((text) => text !== "")
				.map(withoutZeros),
			expression,
		);
	}
});

t.test("a test tells true, false or neither, and never throws", async (t) => {
	const test = (expression: string, type = "Patient") => compileTest(registry, type, expression)(focus, scope);
	t.equal(test("name.exists()"), true);
	t.equal(test("photo.exists()"), false);
	t.equal(test("maritalStatus.text = 'x'"), true, "an empty result breaks nothing");
	t.equal(test("birthDate = @1974"), true, "nor does what is too coarse to tell");
	t.equal(test("name.use.length() > 1"), undefined, "several items");
	t.equal(test("'Practitioner/lost'.resolve().active"), undefined, "what is not at hand");
	t.equal(test("name.("), undefined, "no FHIRPath");
	t.equal(test("nonsense()"), undefined, "an unknown function");
	t.equal(test("id = 'p1'", "Resource"), true, "a type that says little");
	t.equal(test("id = 'p1'", "Unheard"), true, "an unknown type");
});

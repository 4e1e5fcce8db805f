import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";
import t from "tap";
import { loadRegistry } from "../../../src/definitions/index.ts";
import { isObject, isRawNumber, type JsonObject, parseJson } from "../../../src/kernel/index.ts";
import { compilePath, compileTest, node, type Scope } from "../../../src/validation/fhirpath/index.ts";

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
	resolve: (reference) =>
		reference === "#o1"
			? (patient.contained as JsonObject[])[0]
			: reference === "Practitioner/known"
				? { resourceType: "Practitioner", id: "known", active: true }
				: undefined,
	conformsTo: (_, profile) => (profile === "http://known" ? true : undefined),
	memberOf: (item, valueSet) => (valueSet === "http://names" ? item.value === "Chalmers" : undefined),
};

/** Expression → the values it gives; decimals as text where a double would change them. */
const CASES: Record<string, readonly (readonly [string, ...unknown[]])[]> = {
	literals: [
		["true", true],
		["'a\\'b\\n\\u0041\\\\'", "a'b\nA\\"],
		["`active`", true],
		["1", 1],
		["1.50", "1.50"],
		["-1", -1],
		["+1", 1],
		["{}"],
		["@2024-02", "2024-02"],
		["@T10:30", "10:30"],
		["1 // comment", 1],
		["/* a */ 1", 1],
		["%ucum", "http://unitsofmeasure.org"],
		["%sct", "http://snomed.info/sct"],
		["%loinc", "http://loinc.org"],
		["%`vs-x`", "http://hl7.org/fhir/ValueSet/x"],
		["%'ext-x'", "http://hl7.org/fhir/StructureDefinition/x"],
		["%resource.id", "p1"],
		["%rootResource.id", "p1"],
		["%context.id", "p1"],
	],
	paths: [
		["Patient.id", "p1"],
		["id", "p1"],
		["DomainResource.id", "p1"],
		["Observation.id"],
		["name.given", "Peter", "James", "Jim", undefined],
		["name.given.count()", 4],
		["name[0].family", "Chalmers"],
		["name[9].family"],
		["name.first().given.last()", "James"],
		["deceased", false],
		["multipleBirth", 2],
		["nonsense"],
		["name.nonsense.more"],
		["$this.id", "p1"],
		["birthDate.extension.value", "1974-12-25T14:35:45-05:00"],
		["gender.extension('http://x/why').value", "unknown"],
		["extension('http://x/one').value", "1.0"],
		["extension('http://none').value"],
		["contained.name", "Clinic"],
		["contained.id", "o1"],
		["name.select(given.first())", "Peter", "Jim"],
		["name.where(use = 'official').family", "Chalmers"],
		["name.where($this.use = 'usual').given.first()", "Jim"],
		["name.where($index = 1).use", "usual"],
		["name.select($index)", 0, 1, 2],
		["name.children().count()", 8],
		["contained.descendants().count()", 2],
		["contained.repeat(children()).count()", 2],
		["gender.value"],
		["birthDate.value", "1974-12-25"],
	],
	"three-valued logic": [
		["true and true", true],
		["true and false", false],
		["true and {}"],
		["false and {}", false],
		["{} and false", false],
		["{} and {}"],
		["true or {}", true],
		["{} or true", true],
		["false or {}"],
		["{} or {}"],
		["true xor false", true],
		["true xor true", false],
		["true xor {}"],
		["true implies false", false],
		["true implies {}"],
		["false implies {}", true],
		["{} implies true", true],
		["{} implies false"],
		["{} implies {}"],
		["{}.not()"],
		["true.not()", false],
		["'x' and true", true],
		["1 = 1 and 2 = 2 or 1 = 2", true],
		["true or false and false", true],
		["false implies false or true", true],
	],
	equality: [
		["1 = 1", true],
		["1 = 1.0", true],
		["1.0 = 1.00", true],
		["1 = 2", false],
		["1 = {}"],
		["{} = {}"],
		["1 != 2", true],
		["1 != {}"],
		["'a' = 'a'", true],
		["'a' = 'A'", false],
		["'a' = 1", false],
		["(1 | 2) = (1 | 2)", true],
		["(1 | 2) = (2 | 1)", false],
		["(1 | 2) = 1", false],
		["active = true", true],
		["active != true", false],
		["id = 'p1'", true],
		["name.use = 'official'", false],
		["name.first().use = 'official'", true],
		["gender = 'male'", false],
		["birthDate = @1974-12-25", true],
		["birthDate = @1974-12"],
		["birthDate = @1975", false],
		["birthDate != @1974"],
		["@2024-01-01T10:00:00Z = @2024-01-01T11:00:00+01:00", true],
		["@2024-01-01T10:00:00Z = @2024-01-01T10:00:00.000Z", true],
		["@T10:30 = @T10:30:00"],
		["@2024 = @2024-01"],
		["1 'kg' = 1000 'g'", true],
		["1 'kg' = 1 'm'"],
		["7 days = 1 week", true],
		["name.first() = name.first()", true],
		["name.first() = name.last()", false],
		["extension('http://x/one').value = 1", true],
		["extension('http://x/precise').value = 0.12345678901234567890", true],
		["extension('http://x/precise').value = 0.1234567890123456789", true],
		["extension('http://x/precise').value = 0.12345678901234567891", false],
		["'A b' ~ 'a\\tB'", true],
		["1 ~ 1.0", true],
		["1.01 ~ 1.0", true],
		["{} ~ {}", true],
		["{} ~ 1", false],
		["(1 | 2) ~ (2 | 1)", true],
		["(1 | 2) !~ (2 | 3)", true],
		["@2024 ~ @2024-01", false],
	],
	comparison: [
		["1 < 2", true],
		["2 <= 2.0", true],
		["1 > {}"],
		["'a' < 'b'", true],
		["@2024-01-01 < @2024-02", true],
		["@2024-01 < @2024-01-02"],
		["@2024-01-02T10:00:00Z >= @2024-01-02T11:00:00+02:00", true],
		["@T10:30 < @T10:31", true],
		["@T10:30 < @T10:30:01"],
		["birthDate < today()", true],
		["1 'kg' > 999 'g'", true],
		["3 days < 1 week", true],
		["extension('http://x/weight').value >= extension('http://x/weight').value", true],
		["extension('http://x/precise').value < 0.12345678901234567891", true],
		["multipleBirth >= 2", true],
		["0.1 + 0.2 = 0.3", true],
	],
	arithmetic: [
		["1 + 2", 3],
		["1 - 2", -1],
		["2 * 3", 6],
		["1 / 4", "0.25"],
		["1 / 0"],
		["7 div 2", 3],
		["-7 div 2", -3],
		["7 mod 2", 1],
		["7 mod 0"],
		["0.1 + 0.2", "0.3"],
		["1.5 * 2", "3.0"],
		["1 + 2 * 3", 7],
		["(1 + 2) * 3", 9],
		["-multipleBirth", -2],
		["1 + {}"],
		["'a' + 'b'", "ab"],
		["'a' & {} & 'b'", "ab"],
		["'a' + {}"],
		["@2024-01-31 + 1 month", "2024-02-29"],
		["@2024-02-29 + 1 year", "2025-02-28"],
		["@2024 + 24 months", "2026"],
		["@2024-03-01 - 1 day", "2024-02-29"],
		["@T23:30 + 1 hour", "00:30"],
		["@2024-01-01T10:00:00Z + 90 minutes", "2024-01-01T11:30:00Z"],
		["(-5).abs()", 5],
		["(-1.5).abs()", "1.5"],
		["1.1.ceiling()", 2],
		["(-1.1).ceiling()", -1],
		["1.9.floor()", 1],
		["(-1.1).floor()", -2],
		["(-1.9).truncate()", -1],
		["1.5.round()", 2],
		["3.14159.round(3)", "3.142"],
		["81.sqrt()", 9],
		["(-1).sqrt()"],
		["2.power(10)", 1024],
		["16.log(2)", 4],
		["1.ln()", 0],
		["0.exp()", 1],
	],
	collections: [
		["1 | 1 | 2", 1, 2],
		["(1 | 2).union(2 | 3)", 1, 2, 3],
		["(1 | 2).combine(2)", 1, 2, 2],
		["(1 | 2).intersect(2 | 3)", 2],
		["(1 | 2 | 3).exclude(2)", 1, 3],
		["(1 | 2).subsetOf(1 | 2 | 3)", true],
		["(1 | 4).subsetOf(1 | 2 | 3)", false],
		["(1 | 2 | 3).supersetOf(1 | 2)", true],
		["{}.subsetOf({})", true],
		["2 in (1 | 2)", true],
		["3 in (1 | 2)", false],
		["{} in (1 | 2)"],
		["1 in {}", false],
		["(1 | 2) contains 2", true],
		["{} contains 1", false],
		["id in ('p1' | 'p2')", true],
		["gender in ('male' | 'female')", false],
		["name.given contains 'Jim'", true],
		["name.use.combine(name.use).distinct()", "official", "usual"],
		["name.use.isDistinct()", true],
		["telecom.system.isDistinct()", false],
		["(1 | 1.0).count()", 1],
		["(1|2|3).first()", 1],
		["(1|2|3).last()", 3],
		["(1|2|3).tail()", 2, 3],
		["(1|2|3).skip(1)", 2, 3],
		["(1|2|3).skip(-1)", 1, 2, 3],
		["(1|2|3).take(2)", 1, 2],
		["(1|2|3).take(0)"],
		["id.single()", "p1"],
		["(1|2|3)[1]", 2],
		["(1|2|3).aggregate($this + $total, 0)", 6],
		["(1|2|3).aggregate(iif($total.empty(), $this, iif($this > $total, $this, $total)))", 3],
		["(true | false).allTrue()", false],
		["(true | false).anyTrue()", true],
		["(true | false).allFalse()", false],
		["(true | false).anyFalse()", true],
		["{}.allTrue()", true],
	],
	existence: [
		["name.exists()", true],
		["gender.exists()", true],
		["gender.hasValue()", false],
		["gender.empty()", false],
		["birthDate.hasValue()", true],
		["name.hasValue()", false],
		["photo.exists()", false],
		["photo.empty()", true],
		["name.exists(use = 'usual')", true],
		["name.exists(use = 'old')", false],
		["name.where(use = 'old').exists()", false],
		["name.all(given.exists())", false],
		["telecom.all(value.exists())", true],
		["photo.all(title = 'x')", true],
		["name.given.getValue()"],
		["birthDate.getValue()", "1974-12-25"],
		["{}.empty()", true],
		["telecom.count() > 2", true],
		["name.count() + telecom.count()", 6],
	],
	types: [
		["$this is Patient", true],
		["$this is FHIR.Patient", true],
		["$this is DomainResource", true],
		["$this is Observation", false],
		["id is id", true],
		["id is string", true],
		["id is System.String", false],
		["'a' is System.String", true],
		["1 is Integer", true],
		["1 is Decimal", false],
		["1.0 is Decimal", true],
		["true is Boolean", true],
		["active is boolean", true],
		["active is Boolean", false],
		["active.is(boolean)", true],
		["extension('http://x/age').value is Quantity", true],
		["extension('http://x/weight').value is Age", false],
		["extension('http://x/canonical').value is uri", true],
		["extension.value.ofType(Age).value", 3],
		["extension.value.ofType(decimal).first()", "1.0"],
		["extension.value.as(canonical)", "http://y"],
		["(multipleBirth as integer)", 2],
		["(multipleBirth as boolean)"],
		["multipleBirth.ofType(FHIR.integer)", 2],
		["{} is Patient"],
		["contained.ofType(Organization).name", "Clinic"],
		["deceased is boolean", true],
	],
	text: [
		["'abc'.startsWith('ab')", true],
		["'abc'.startsWith('')", true],
		["'abc'.endsWith('bc')", true],
		["'abc'.contains('b')", true],
		["{}.contains('b')"],
		["'abc'.indexOf('c')", 2],
		["'abc'.indexOf('x')", -1],
		["'abc'.substring(1)", "bc"],
		["'abc'.substring(1, 1)", "b"],
		["'abc'.substring(9)"],
		["'abc'.upper()", "ABC"],
		["'ABC'.lower()", "abc"],
		["'abc'.length()", 3],
		["'abc'.toChars()", "a", "b", "c"],
		["'abcabc'.replace('b', '$&')", "a$&ca$&c"],
		["'abc'.replace('', 'x')", "xaxbxcx"],
		["'a1b22'.replaceMatches('[0-9]+', '#')", "a#b#"],
		["'11/30/1972'.replaceMatches('([0-9]+)/([0-9]+)/([0-9]+)', '$3-$1-$2')", "1972-11-30"],
		["'abc'.matches('^a.c$')", true],
		["'xabcx'.matches('abc')", true],
		["'xabcx'.matches('^abc$')", false],
		["'abc'.matches('a(b|x)+c')", true],
		["'aaaa'.matches('^a{2,3}$')", false],
		["'a-b'.matches('^[a-z\\\\-]+$')", true],
		["'a\\nb'.matches('a.b')", true],
		["'é'.matches('^\\\\p{L}$')", true],
		["'2024'.matches('^\\\\d{4}$')", true],
		["' a '.trim()", "a"],
		["'a,b'.split(',')", "a", "b"],
		["('a' | 'b').join('-')", "a-b"],
		["id.length()", 2],
		["name.family.lower()", "chalmers"],
	],
	conversion: [
		["'1'.toInteger()", 1],
		["'x'.toInteger()"],
		["true.toInteger()", 1],
		["'1.50'.toDecimal()", "1.50"],
		["1.toDecimal()", 1],
		["1.50.toString()", "1.50"],
		["true.toString()", "true"],
		["birthDate.toString()", "1974-12-25"],
		["'true'.toBoolean()", true],
		["'0'.toBoolean()", false],
		["'x'.toBoolean()"],
		["1.toBoolean()", true],
		["2.toBoolean()"],
		["'2024-05'.toDate()", "2024-05"],
		["'2024-13'.toDate()"],
		["'2024-05-01T10:00:00Z'.toDateTime()", "2024-05-01T10:00:00Z"],
		["'10:30'.toTime()", "10:30"],
		["'x'.convertsToInteger()", false],
		["'1'.convertsToInteger()", true],
		["'1.5'.convertsToDecimal()", true],
		["'2024'.convertsToDate()", true],
		["'x'.convertsToDateTime()", false],
		["'25:00'.convertsToTime()", false],
		["'y'.convertsToBoolean()", true],
		["1.convertsToString()", true],
		["'5 days'.convertsToQuantity()", true],
		["'5 \\'mg\\''.toQuantity() = 5 'mg'", true],
		["{}.toInteger()"],
	],
	utility: [
		["iif(true, 1, 2)", 1],
		["iif(false, 1, 2)", 2],
		["iif({}, 1, 2)", 2],
		["iif(false, 1)"],
		["id.iif($this = 'p1', 'yes', 'no')", "yes"],
		["photo.iif(empty(), 'none', 'some')", "none"],
		["id.trace('x')", "p1"],
		["id.trace('x', length())", "p1"],
		["today() = today()", true],
		["now() > @2020-01-01T00:00:00Z", true],
	],
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
	t.equal(test("maritalStatus.text = 'x'"), undefined);
	t.equal(test("name.("), undefined, "no FHIRPath");
	t.equal(test("nonsense()"), undefined, "an unknown function");
	t.equal(test("id = 'p1'", "Resource"), true, "a type that says little");
	t.equal(test("id = 'p1'", "Unheard"), true, "an unknown type");
});

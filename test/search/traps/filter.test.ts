import t from "tap";
import type { Resource } from "../../../src/kernel/index.ts";
import { refused } from "../../support/refused.ts";
import { asking, observation, patient, table } from "./asking.ts";

const { put, ids } = await asking(t);
const of = (type: string) => (text: string) => `${type}?_filter=${encodeURIComponent(text)}`;
const patients = of("Patient");
const observations = of("Observation");
const stored = (resourceType: string, id: string, more: Partial<Resource>) => put({ resourceType, id, ...more });

await stored("Organization", "north", { name: "North" });
await stored("Organization", "south", { name: "South" });
await put(
	patient("f1", { name: [{ family: "Filterone", given: ["Asha", "Usha"] }], birthDate: "1990-01-01", gender: "male" }),
	patient("f2", { name: [{ family: "Filtertwo" }], birthDate: "2000-01-01", gender: "female" }),
);
const code = (value: string) => ({ coding: [{ system: "http://loinc.org", code: value }] });
const grams = (value: number) => ({ value, system: "http://unitsofmeasure.org", code: "g", unit: "g" });
await put(
	observation("during", {
		effectivePeriod: { start: "2020-01-10", end: "2020-01-20" },
		subject: { reference: "Patient/f1" },
		performer: [{ reference: "Organization/north" }, { reference: "Patient/f2" }],
		code: code("8302-2"),
		valueQuantity: grams(5),
	}),
	observation("parts", {
		subject: { reference: "Patient/f2" },
		performer: [{ reference: "Organization/south" }],
		code: code("55284-4"),
		component: [
			{ code: code("8480-6"), valueQuantity: grams(120) },
			{ code: code("8462-4"), valueQuantity: grams(80) },
			{ code: code("8867-4") },
		],
	}),
);

t.test("names are compared as whole texts, parts, and in order", async (t) => {
	await table(t, ids, [
		[patients('family eq "filterone"'), "f1"],
		[patients('family eq "filter"'), "", "equality is of the whole"],
		[patients("family eq FILTERONE"), "f1", "values have no case"],
		[patients('family sw "filter"'), "f1 f2"],
		[patients('family ew "two"'), "f2"],
		[patients('family co "ilter"'), "f1 f2"],
		[patients("family gt filterone"), "f2"],
		[patients("family ge filterone and family lt filtertwo"), "f1"],
		[patients("family le filterone"), "f1"],
		[patients('given ne "asha"'), "f1", "some given name is another"],
		[patients('family ne "filterone"'), "f2"],
	]);
});

t.test("dates are compared as periods", async (t) => {
	await table(t, ids, [
		[patients("birthdate gt 1995-01-01"), "f2"],
		[patients("birthdate le 1990-01-01"), "f1"],
		[patients("birthdate ne 1990"), "f2"],
		[observations("date po 2020-01-15"), "during", "overlaps"],
		[observations("date po 2020-01-20"), "during"],
		[observations("date po 2020-01-21"), ""],
		[observations("date po 2019"), ""],
		[observations("date eq 2020-01-15"), "", "is not within"],
		[observations("date co 2020-01-15"), "during", "includes"],
		[observations("date co 2020-01-20T10:00:00Z"), "during"],
		[observations("date co 2020-01"), ""],
		[observations("date co 2020-01-25"), ""],
		[observations("subject eq Patient/f1 and date sa 2020-01-09"), "during"],
		[observations("date eb 2020-01-21"), "during"],
	]);
});

t.test("numbers include what their precision leaves open", async (t) => {
	await stored("RiskAssessment", "zero", {
		status: "final",
		subject: { reference: "Patient/f1" },
		prediction: [{ probabilityDecimal: 0 }],
	});
	const risks = of("RiskAssessment");
	await table(t, ids, [
		[risks("probability co 0.3"), "zero", "0 stands for -0.5 to 0.5"],
		[risks("probability co -0.5"), "zero"],
		[risks("probability co 0.5"), "", "the upper end is another number"],
		[risks("probability co 0"), "zero"],
		[risks("probability eq 0.3"), ""],
		[risks("probability ge 0 and probability lt 0.1"), "zero"],
	]);
});

t.test("codes and references", async (t) => {
	await table(t, ids, [
		[observations("code eq loinc|8302-2"), "during", "loinc stands for its URL"],
		[observations("code eq http://loinc.org|8302-2"), "during"],
		[observations("code ne loinc|8302-2"), "parts"],
		[observations('code eq "8302-2,55284-4"'), "", "a comma is part of the value"],
		[observations("value-quantity eq 5|ucum|g"), "during"],
		[observations("value-quantity gt 4.9|ucum|g"), "during"],
		[observations("value-quantity eq 5000|ucum|mg"), "during"],
		[observations("value-quantity ne 5"), ""],
		[observations("code-value-quantity eq loinc|8302-2$5|ucum|g"), "during"],
		[observations("code-value-quantity eq loinc|8302-2$gt5|ucum|g"), ""],
		[observations("subject re Patient/f1"), "during"],
		[observations("subject eq f1"), "during"],
		[observations("performer ne Organization/north"), "during parts", "some performer is another"],
		[observations("performer ne Organization/south"), "during"],
		[observations("patient ne Patient/f1"), "parts"],
		[patients("gender in http://hl7.org/fhir/ValueSet/administrative-gender"), "f1 f2"],
		[patients("gender ni http://hl7.org/fhir/ValueSet/administrative-gender"), ""],
		[patients("_id eq f1"), "f1"],
		[patients("_id ne f1"), "f2"],
		[patients("_id pr true and _lastUpdated pr true"), "f1 f2"],
		[patients("_id pr false or _lastUpdated pr false"), ""],
		[patients("_lastUpdated gt 2020 and _lastUpdated po 2020"), ""],
	]);
});

t.test("concepts subsume one another", async (t) => {
	const issue = (value: string) => ({ coding: [{ system: "http://hl7.org/fhir/issue-type", code: value }] });
	await put(observation("narrow", { code: issue("structure") }), observation("wide", { code: issue("invalid") }));
	const at = "http://hl7.org/fhir/issue-type";
	await table(t, ids, [
		[observations(`code ss ${at}|invalid`), "narrow wide", "the value subsumes the code"],
		[observations(`code ss ${at}|structure`), "narrow"],
		[observations(`code sb ${at}|structure`), "narrow wide", "the value is subsumed by the code"],
		[observations(`code sb ${at}|invalid`), "wide"],
	]);
});

t.test("and and or are joined from left to right; parentheses and not", async (t) => {
	const [one, two] = ['family eq "filterone"', 'family eq "filtertwo"'];
	await table(t, ids, [
		[patients(`${one} or ${two} and gender eq female`), "f2", "the or comes first"],
		[patients(`gender eq female and ${two} or ${one}`), "f1 f2", "the and comes first"],
		[patients(`${one} or (${two} and gender eq male)`), "f1"],
		[patients(`(${one} or ${two}) and gender eq female`), "f2"],
		[patients("not (gender eq male)"), "f2"],
		[patients("family sw filter and not(gender eq female)"), "f1"],
		[patients(`not (${one} or ${two})`), ""],
		[patients("gender pr true"), "f1 f2"],
		[patients("general-practitioner pr true"), ""],
		[patients("general-practitioner pr false and not (gender pr false)"), "f1 f2"],
	]);
});

t.test("a filter in brackets after a reference is about what it leads to", async (t) => {
	await table(t, ids, [
		[observations('subject:Patient.family eq "filterone" and not (date eb 2020-01-21)'), ""],
		[observations('subject:Patient.family eq "filterone" and date eb 2020-01-21'), "during"],
		[observations("subject[gender eq female].birthdate ge 2000"), "parts"],
		[observations("subject[gender eq female].birthdate lt 2000"), ""],
		[observations("subject:Patient[gender eq male or gender eq other].family sw f"), "during"],
		[observations("performer[name eq north].name eq south"), "", "one and the same performer"],
		[observations("performer.name eq north and performer[gender eq female].family ew two"), "during"],
		[observations("performer[not (name eq north)].name pr true"), "during parts", "a patient has a name too"],
		[patients("_has:Observation:patient:code eq loinc|8302-2"), "f1"],
		[patients("_has:Observation:patient:_id pr true"), "f1 f2"],
	]);
});

t.test("a filter in brackets after a composite is about one of its elements", async (t) => {
	await put(
		{
			resourceType: "DocumentReference",
			id: "one",
			status: "current",
			content: [{ attachment: { url: "http://x.test" } }],
		} as never,
		{
			resourceType: "DocumentReference",
			id: "two",
			status: "current",
			content: [{ attachment: { url: "http://x.test" } }],
			relatesTo: [
				{ code: "replaces", target: { reference: "DocumentReference/one" } },
				{ code: "signs", target: { reference: "DocumentReference/three" } },
			],
		} as never,
		{
			resourceType: "Group",
			id: "g",
			type: "person",
			actual: true,
			characteristic: [
				{ code: { text: "x", coding: [{ code: "smokes" }] }, valueBoolean: true, exclude: false },
				{ code: { text: "y", coding: [{ code: "drinks" }] }, valueBoolean: false, exclude: false },
			],
		} as never,
	);
	const documents = of("DocumentReference");
	await table(t, ids, [
		["DocumentReference?relationship=replaces$DocumentReference/one", "two"],
		["DocumentReference?relationship=signs$DocumentReference/one", "", "of one relation"],
		["DocumentReference?relationship=signs$DocumentReference/three", "two"],
		[documents("relatesTo[code eq replaces].target re DocumentReference/one"), "two"],
		[documents("relatesTo[code eq signs].target re DocumentReference/one"), ""],
		[documents("relatesTo[code eq signs].target pr true"), "two"],
		[documents("relatesTo[not (code eq signs)].target re DocumentReference/three"), ""],
		[documents("relatesTo[code eq appends or code eq signs].target pr true"), "two"],
		[documents("relatesTo[code eq appends].target pr true"), ""],
		[documents("relationship[relation eq replaces].relatesto pr true"), "two", "by the names of parameters"],
		[of("Group")("characteristic[code eq smokes].value eq true"), "g"],
		[of("Group")("characteristic[code eq drinks].value eq true"), ""],
		[observations("component-code-value-quantity[code eq loinc|8480-6].value gt 100"), "parts"],
		[observations("component-code-value-quantity[code eq loinc|8462-4].value gt 100"), ""],
		[observations("component-code-value-quantity[code eq loinc|8867-4].value pr false"), "parts"],
		[observations("component-code-value-quantity[code eq loinc|8480-6].value pr false"), ""],
		[observations("combo-code-value-quantity[code eq loinc|8302-2].value lt 6"), "during", "of the resource"],
		[observations("code-value-quantity[code eq loinc|8302-2].value-quantity eq 5"), "during"],
	]);
});

t.test("what cannot be read is refused, with the character or with what is allowed", async (t) => {
	const faults: [text: string, character: number][] = [
		['family eq "a" and', 18],
		['family xx "a"', 8],
		['(family eq "a"', 15],
		['family eq "a', 11],
		['family eq "a" family', 15],
		["eq", 3],
		[")", 1],
		["organization[name eq a] pr true", 24],
		["organization[name eq a", 23],
		["organization[].name eq a", 14],
		['family eq "\\u0000"', 11],
		['family eq "\\ud800"', 11],
		['family eq "\\x"', 11],
	];
	for (const [text, character] of faults) {
		const { message } = await refused(t, ids(patients(text)), 400, text);
		t.match(message, new RegExp(`character ${character}\\b`), text);
	}
	const meaningless: [query: string, allowed: RegExp][] = [
		[patients("nonsense eq 1"), /nonsense/],
		[patients("birthdate sw 19"), /eq, ne, co, gt, lt, ge, le, ap, sa, eb, po, pr/],
		[patients("gender co mal"), /eq, ne, ss, sb, in, ni, pr/],
		[patients("gender gt m"), /eq, ne, ss/],
		[patients("family po 2020"), /eq, ne, co, sw, ew, gt, lt, ge, le, pr/],
		[patients("family ss x"), /sw/],
		[patients("organization co x"), /eq, ne, re, pr/],
		[patients("_id gt 1"), /eq, ne, pr/],
		[patients("_list pr true"), /eq/],
		[patients("family:exact eq Filterone"), /modifier/],
		[patients("birthdate eq ge1990"), /date or dateTime/],
		[patients("family pr maybe"), /true or false/],
		[observations("code-value-quantity pr true"), /eq/],
		[observations("code[system eq x].value eq 1"), /cannot be chained/],
		[observations("related[type eq has-component].target pr false"), /no search parameter "related"/],
		[observations("component-code-value-quantity[status eq x].value eq 1"), /component-code, code/],
		[observations("component-code-value-quantity[code eq x].value.x eq 1"), /component-code, code/],
		[observations("subject[nonsense eq 1].name eq 1"), /has no search parameter "nonsense"/],
	];
	for (const [query, allowed] of meaningless) {
		const { message } = await refused(t, ids(query), 400, query);
		t.match(message, allowed, query);
	}
	await refused(t, ids(patients("")), 400);
	await refused(t, ids(patients(`${"(".repeat(60)}family eq "a"${")".repeat(60)}`)), 400, "nested too deep");
	await refused(t, ids(observations(`${"subject[".repeat(60)}name eq a`)), 400, "brackets nested too deep");
});

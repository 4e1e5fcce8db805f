import t from "tap";
import { Problem } from "../../src/kernel/index.ts";
import { testClinic } from "../support/clinic.ts";

const ask = await testClinic(t);
await ask("PUT", "Patient/p", { resourceType: "Patient", id: "p" });

/** Names that every JavaScript object answers to: no client's word may be looked up as one. */
const WORDS = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];

const searches = (word: string): string[] => [
	`Patient?${word}=1`,
	`Patient?name:${word}=x`,
	`Patient?_${word}=1`,
	`Patient?_id:${word}=1`,
	`Patient?_sort=${word}`,
	`Patient?_sort=-${word}`,
	`Patient?_include=${word}`,
	`Patient?_include=Patient:${word}`,
	`Patient?_include:${word}=Patient:general-practitioner`,
	`Patient?_revinclude=${word}:patient`,
	`Patient?_has:${word}:patient:code=1`,
	`Patient?_has:Condition:${word}:code=1`,
	`Patient?_has:Condition:patient:${word}=1`,
	`Patient?general-practitioner:${word}.name=x`,
	`Patient?general-practitioner.${word}=x`,
	`Patient?_list=$${word}`,
	`Patient?_list=${word}`,
	`Patient?_total=${word}`,
	`Patient?_summary=${word}`,
	`Patient?_elements=${word}`,
	`Patient?_contained=${word}`,
	`Patient?_contained=true&_containedType=${word}`,
	`Patient?_in-compartment=${word}/1`,
	`Patient?_filter=${word} eq 1`,
	`Patient?_filter=name ${word} 1`,
	`Patient?_filter=identifier eq ${word}|1`,
	`Patient?_filter=link[${word} eq 1].other eq x`,
	`Patient?gender=${word}`,
	`Patient?identifier=${word}|1`,
	`Patient?identifier:of-type=${word}|${word}|${word}`,
	`Patient?language:in=${word}`,
	`Location?near=1|1|1|${word}`,
	`Observation?value-quantity=1|${word}|${word}`,
	`Observation?value-quantity=1||${word}`,
	`Observation?date=${word}`,
	`?_type=${word}`,
	`${word}/1`,
	`Patient/${word}`,
	`${word}/p/Observation`,
	`Patient/p/${word}`,
	`metadata?mode=${word}`,
	`ValueSet/$expand?url=${word}`,
	`ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&displayLanguage=${word}`,
	`ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&${word}=1`,
	`CodeSystem/$lookup?system=${word}&code=${word}`,
	`CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=${word}&property=${word}`,
	`CodeSystem/$subsumes?system=http://hl7.org/fhir/administrative-gender&codeA=${word}&codeB=male`,
	`ConceptMap/$translate?code=${word}&system=${word}&target=${word}`,
	`Patient/$${word}`,
];

const bodies = (word: string): [url: string, body: object][] => [
	["Patient", { resourceType: "Patient", [word]: 1 }],
	["Patient", { resourceType: "Patient", gender: word }],
	["Patient", { resourceType: "Patient", meta: { profile: [word] } }],
	["Patient", { resourceType: "Patient", extension: [{ url: word, valueString: "x" }] }],
	["Patient", { resourceType: "Patient", extension: [{ url: `urn:${word}`, [`value${word}`]: "x" }] }],
	[word, { resourceType: word }],
	[
		"Observation",
		{
			resourceType: "Observation",
			status: "final",
			code: { text: "x" },
			valueQuantity: { value: 1, unit: "x", system: "http://unitsofmeasure.org", code: word },
		},
	],
	["Patient/$validate", { resourceType: "Parameters", parameter: [{ name: word, valueString: word }] }],
	[
		"Patient/$validate",
		{
			resourceType: "Parameters",
			parameter: [
				{ name: "mode", valueCode: word },
				{ name: "resource", resource: { resourceType: "Patient" } },
			],
		},
	],
	[
		"ValueSet/$expand",
		{
			resourceType: "Parameters",
			parameter: [
				{
					name: "valueSet",
					resource: {
						resourceType: "ValueSet",
						status: "active",
						compose: {
							include: [
								{
									system: "http://hl7.org/fhir/administrative-gender",
									filter: [{ property: word, op: "=", value: word }],
								},
							],
						},
					},
				},
			],
		},
	],
	["", { resourceType: "Bundle", type: word, entry: [] }],
	["", { resourceType: "Bundle", type: "batch", entry: [{ request: { method: word, url: word } }] }],
	["StructureDefinition", profile(word)],
	[
		"SearchParameter",
		{
			resourceType: "SearchParameter",
			url: `urn:${word}`,
			name: word,
			status: "active",
			description: "x",
			code: word,
			base: ["Patient"],
			type: "string",
			expression: `Patient.${word}`,
		},
	],
];

function profile(word: string): object {
	const constraint = [
		{
			key: "a-1",
			severity: "error",
			human: "x",
			expression: `%${word}.exists() or name.${word}() or name.is(${word}) or 1 '${word}' = 1 ${word}`,
		},
	];
	const element = [
		{ id: "Patient", path: "Patient", constraint },
		{ id: `Patient.${word}`, path: `Patient.${word}`, min: 1 },
	];
	return {
		resourceType: "StructureDefinition",
		url: `http://test.example/${word}`,
		name: "T",
		status: "active",
		kind: "resource",
		abstract: false,
		type: "Patient",
		baseDefinition: "http://hl7.org/fhir/StructureDefinition/Patient",
		derivation: "constraint",
		differential: { element },
	};
}

for (const word of WORDS) {
	t.test(`the word ${word} is a word like any other`, async (t) => {
		const told = async (name: string, answer: () => Promise<{ readonly status: number }>) => {
			const status = await new Promise<{ readonly status: number }>((resolve) => resolve(answer())).then(
				({ status }) => status,
				(error: unknown) => (error instanceof Problem ? error.status : String(error)),
			);
			t.ok(typeof status === "number" && status < 500, `${name}: ${status}`);
		};
		for (const url of searches(word)) await told(url, () => ask("GET", url));
		for (const [url, body] of bodies(word)) await told(`${url} ${JSON.stringify(body)}`, () => ask("POST", url, body));
	});
}

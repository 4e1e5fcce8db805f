import t from "tap";
import { playAgainst, playTable, type Sample, TEST } from "../../support/validation.ts";

const concept = (system: string, ...codes: string[]) => ({ coding: codes.map((code) => ({ system, code })) });
const terminology = (name: string) => `http://terminology.hl7.org/CodeSystem/${name}`;
const patient = (members: object): Sample => ({ resourceType: "Patient", ...members });
const observation = (members: object): Sample => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	...members,
});
const condition = (clinicalStatus: object): Sample => ({
	resourceType: "Condition",
	subject: { reference: "Patient/1" },
	clinicalStatus,
});
const CLINICAL = terminology("condition-clinical");
const STATUS = "Condition.clinicalStatus";

t.test("bindings of R4", async (t) => {
	playTable(t, {
		"a code of a required set": [patient({ gender: "female" })],
		"a code outside a required set": [
			patient({ gender: "F" }),
			["required-code", "Patient.gender", /one of male, female, other, unknown, not "F"/],
		],
		"a coding of a required set": [condition(concept(CLINICAL, "active"))],
		"a coding of a required set among others": [
			condition({
				coding: [
					{ system: "http://x.example", code: "a" },
					{ system: CLINICAL, code: "active" },
				],
			}),
		],
		"a coding outside a required set": [
			condition(concept(CLINICAL, "ill")),
			[
				"required-binding",
				STATUS,
				/must have one of the codes of http:\/\/hl7.org\/fhir\/ValueSet\/condition-clinical.* \(active, .*, resolved\): it has "http:.*\|ill"\.$/,
			],
		],
		"words where a coding of a required set must be": [
			condition({ text: "ill" }),
			["required-binding", STATUS, /it has no coding/],
		],
		"a code without system where a set is required": [
			condition({ coding: [{ code: "active" }] }),
			["required-binding", STATUS, /it has "active"/],
		],
		"a coding of another system where a set is required": [
			condition(concept("http://x.example", "active")),
			["required-binding", STATUS, /it has "http:\/\/x.example\|active"/],
		],
		"a coding of an extensible set": [patient({ maritalStatus: concept(terminology("v3-MaritalStatus"), "M") })],
		"a coding outside an extensible set": [
			patient({ maritalStatus: concept(terminology("v3-MaritalStatus"), "Q") }),
			[
				"extensible-binding",
				"Patient.maritalStatus",
				/should have one of the codes of .*marital-status: .*\. ValueSet\/\$expand\?url=http:\/\/hl7.org\/fhir\/ValueSet\/marital-status lists them\.$/,
			],
		],
		"words instead of a coding of an extensible set": [patient({ maritalStatus: { text: "x" } })],
		"a coding outside a preferred set": [observation({ category: [concept("http://x.example", "a")] })],
		"a coding outside an example set": [observation({ method: concept("http://x.example", "a") })],
		"a language beyond the usual ones": [patient({ communication: [{ language: concept("urn:ietf:bcp:47", "or") }] })],
		"a language that is none": [
			patient({ communication: [{ language: concept("http://x.example", "or") }] }),
			["beyond-binding", "Patient.communication[0].language", /must have one of the codes of .*all-languages/],
		],
		"a unit of a required set": [
			observation({
				valueSampledData: {
					origin: { value: 1, system: "http://unitsofmeasure.org", code: "mV" },
					period: 1,
					dimensions: 1,
				},
			}),
		],
		"a currency": [patient({ extension: [{ url: "a", valueMoney: { value: 1, currency: "INR" } }] })],
		"a currency that is none": [
			patient({ extension: [{ url: "a", valueMoney: { value: 1, currency: "XYZ" } }] }),
			["required-binding", "Patient.extension[0].value.ofType(Money).currency", /it has "XYZ"/],
		],
		"a media type that is none": [
			patient({ photo: [{ contentType: "picture" }] }),
			["required-binding", "Patient.photo[0].contentType", /it has "picture"/],
		],
	});
});

const valueSet = (name: string, include: object): Sample => ({
	resourceType: "ValueSet",
	url: TEST + name,
	status: "active",
	compose: { include: [include] },
});
const ANSWERS = valueSet("answers", { system: "http://x.example", concept: [{ code: "yes" }, { code: "no" }] });
const WIDER = valueSet("wider", {
	system: "http://x.example",
	concept: [{ code: "yes" }, { code: "no" }, { code: "perhaps" }],
});
const ABROAD = valueSet("abroad", { system: "http://elsewhere.example" });
const MAX = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

playAgainst(
	t,
	"bindings of a profile",
	"Observation",
	{
		"Observation.method": { binding: { strength: "required", valueSet: `${TEST}answers` } },
		"Observation.code": { binding: { strength: "extensible", valueSet: `${TEST}answers` } },
		"Observation.bodySite": {
			binding: {
				strength: "extensible",
				valueSet: `${TEST}answers`,
				extension: [{ url: MAX, valueCanonical: `${TEST}wider` }],
			},
		},
		"Observation.interpretation": { binding: { strength: "required", valueSet: `${TEST}abroad` } },
		"Observation.component.code": { binding: { strength: "required", valueSet: `${TEST}nowhere` } },
		"Observation.value[x]": { binding: { strength: "required", valueSet: `${TEST}answers` } },
	},
	{
		"codes of each set": [
			observation({
				code: concept("http://x.example", "yes"),
				method: concept("http://x.example", "no"),
				bodySite: concept("http://x.example", "yes"),
				valueCodeableConcept: concept("http://x.example", "yes"),
			}),
		],
		"codes outside each set": [
			observation({
				code: concept("http://x.example", "perhaps"),
				method: concept("http://x.example", "perhaps"),
				bodySite: concept("http://x.example", "never"),
				valueQuantity: { value: 1, system: "http://unitsofmeasure.org", code: "mg" },
			}),
			["required-binding", "Observation.method", /answers/],
			["extensible-binding", "Observation.code", /answers/],
			["beyond-binding", "Observation.bodySite", /wider/],
			["extensible-binding", "Observation.bodySite", /answers/],
			["required-binding", "Observation.value.ofType(Quantity)", /it has "http:\/\/unitsofmeasure.org\|mg"/],
		],
		"a code outside an extensible set, within the widest": [
			observation({ bodySite: concept("http://x.example", "perhaps") }),
			["extensible-binding", "Observation.bodySite", /answers/],
		],
		"a code of a system that is not here": [
			observation({ interpretation: [concept("http://elsewhere.example", "a")] }),
			["extensible-binding", "Observation.interpretation[0]", /observation-interpretation/],
			["unknown-binding", "Observation.interpretation[0]", /could not be looked up in http:\/\/test.example\/abroad/],
		],
		"a code of a set that is not here": [
			observation({ component: [{ code: concept("http://x.example", "a") }] }),
			["unknown-binding", "Observation.component[0].code", /could not be looked up in http:\/\/test.example\/nowhere/],
		],
	},
	[ANSWERS, WIDER, ABROAD],
);

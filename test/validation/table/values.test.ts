import t from "tap";
import { playAgainst, type Sample } from "../../support/validation.ts";

const patient = (members: object): Sample => ({ resourceType: "Patient", ...members });
const observation = (members: object): Sample => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	...members,
});
const valued = (type: string, json: string): Sample =>
	`{"resourceType":"Observation","status":"final","code":{"text":"x"},"value${type}":${json}}`;
const coding = { system: "http://x.example", code: "a" };
const other = { system: "http://x.example", code: "b" };

playAgainst(
	t,
	"fixed primitives",
	"Patient",
	{
		"Patient.gender": { fixedCode: "female" },
		"Patient.active": { fixedBoolean: true },
		"Patient.multipleBirth[x]": { fixedInteger: 2 },
	},
	{
		"the very values": [patient({ gender: "female", active: true, multipleBirthInteger: 2 })],
		"nothing at all": [patient({})],
		"other values": [
			patient({ gender: "male", active: false, multipleBirthInteger: 3 }),
			["fixed", "Patient.gender", /must be exactly "female"/],
			["fixed", "Patient.active", /must be exactly true/],
			["fixed", "Patient.multipleBirth.ofType(integer)", /must be exactly 2/],
		],
		"an id in place of a value": [
			patient({ _gender: { id: "a", extension: [{ url: "a", valueCode: "a" }] } }),
			["fixed", "Patient.gender", /must be exactly "female"/],
		],
	},
);

playAgainst(
	t,
	"fixed complex values",
	"Observation",
	{ "Observation.method": { fixedCodeableConcept: { coding: [coding, other], text: "x" } } },
	{
		"the very value, its parts in another order": [observation({ method: { text: "x", coding: [coding, other] } })],
		"items in another order": [
			observation({ method: { coding: [other, coding], text: "x" } }),
			["fixed", "Observation.method", /must be exactly \{"coding":\[\{"system":"http:\/\/x.example","code":"a"/],
		],
		"more than the value": [
			observation({ method: { coding: [{ ...coding, display: "A" }, other], text: "x" } }),
			["fixed", "Observation.method", /must be exactly/],
		],
		"less than the value": [
			observation({ method: { coding: [coding, other] } }),
			["fixed", "Observation.method", /must be exactly/],
		],
	},
);

playAgainst(
	t,
	"fixed numbers, which count by their value",
	"Observation",
	{ "Observation.value[x]": { type: [{ code: "Quantity" }], fixedQuantity: { value: 1.5, unit: "x" } } },
	{
		"another way to write it": [valued("Quantity", '{"value":1.50,"unit":"x"}')],
		"one more": [valued("Quantity", '{"value":15e-1,"unit":"x"}')],
		"a number that is near": [
			valued("Quantity", '{"value":1.5000000000000001,"unit":"x"}'),
			["fixed", "Observation.value.ofType(Quantity)", /must be exactly/],
		],
	},
);

playAgainst(
	t,
	"patterns of primitives",
	"Patient",
	{ "Patient.birthDate": { patternDate: "2024-01-01" }, "Patient.name.given": { patternString: "A" } },
	{
		"the very value": [patient({ birthDate: "2024-01-01", name: [{ given: ["A", "A"] }] })],
		"another value": [
			patient({ birthDate: "2024-01", name: [{ given: ["A", "AA"] }] }),
			["pattern", "Patient.birthDate", /must be "2024-01-01"/],
			["pattern", "Patient.name[0].given[1]", /must be "A"/],
		],
	},
);

playAgainst(
	t,
	"patterns of complex values and of arrays in them",
	"Observation",
	{ "Observation.method": { patternCodeableConcept: { coding: [coding, other] } } },
	{
		"all of it and more, in another order": [
			observation({ method: { coding: [{ ...other, display: "B" }, { code: "c" }, coding], text: "x" } }),
		],
		"an item missing": [
			observation({ method: { coding: [coding] } }),
			["pattern", "Observation.method", /must have \{"coding":/],
		],
		"parts of an item apart": [
			observation({ method: { coding: [coding, { system: "http://x.example" }, { code: "b" }] } }),
			["pattern", "Observation.method", /must have/],
		],
	},
);

playAgainst(
	t,
	"bounds of numbers and of lengths",
	"Patient",
	{
		"Patient.multipleBirth[x]": { minValueInteger: 1, maxValueInteger: 5, type: [{ code: "integer" }] },
		"Patient.name.text": { maxLength: 3 },
	},
	{
		"values at the bounds": [patient({ multipleBirthInteger: 5, name: [{ text: "abc" }] })],
		"signs that take two units each": [patient({ name: [{ text: "𝒶𝒷𝒸" }] })],
		"a value below": [
			patient({ multipleBirthInteger: 0 }),
			["min-value", "Patient.multipleBirth.ofType(integer)", /must be at least 1/],
		],
		"a value above": [
			patient({ multipleBirthInteger: 6 }),
			["max-value", "Patient.multipleBirth.ofType(integer)", /must be at most 5/],
		],
		"a text too long": [
			patient({ name: [{ text: "abcd" }] }),
			["max-length", "Patient.name[0].text", /at most 3 characters, not 4/],
		],
	},
);

playAgainst(
	t,
	"bounds of dates",
	"Patient",
	{ "Patient.birthDate": { minValueDate: "1900-01-01", maxValueDate: "2024-06-30" } },
	{
		"days at the bounds": [patient({ birthDate: "1900-01-01" })],
		"a year of which a part is within": [patient({ birthDate: "2024" })],
		"a year before": [patient({ birthDate: "1899" }), ["min-value", "Patient.birthDate", /at least "1900-01-01"/]],
		"the day after": [patient({ birthDate: "2024-07-01" }), ["max-value", "Patient.birthDate", /at most "2024-06-30"/]],
	},
);

playAgainst(
	t,
	"bounds of quantities, times and moments",
	"Observation",
	{
		"Observation.value[x]": {
			slicing: { discriminator: [{ type: "type", path: "$this" }], rules: "open" },
		},
		"Observation.value[x]:valueQuantity": {
			type: [{ code: "Quantity" }],
			maxValueQuantity: { value: 50, system: "http://unitsofmeasure.org", code: "Cel" },
		},
		"Observation.value[x]:valueTime": { type: [{ code: "time" }], minValueTime: "08:00:00" },
		"Observation.issued": { minValueInstant: "2024-01-01T00:00:00Z" },
	},
	{
		"values within": [
			observation({
				issued: "2024-01-01T05:30:00+05:30",
				valueQuantity: { value: 50, system: "http://unitsofmeasure.org", code: "Cel" },
			}),
		],
		"a quantity of another unit, which cannot be compared": [
			observation({ valueQuantity: { value: 98, system: "http://unitsofmeasure.org", code: "[degF]" } }),
		],
		"a quantity above": [
			observation({ valueQuantity: { value: 50.1, system: "http://unitsofmeasure.org", code: "Cel" } }),
			["max-value", "Observation.value.ofType(Quantity)", /at most \{"value":50,/],
		],
		"a time before": [
			observation({ valueTime: "07:59:59" }),
			["min-value", "Observation.value.ofType(time)", /at least "08:00:00"/],
		],
		"a moment before": [
			observation({ issued: "2024-01-01T05:29:59+05:30" }),
			["min-value", "Observation.issued", /at least "2024-01-01T00:00:00Z"/],
		],
	},
);

playAgainst(
	t,
	"cardinality and types",
	"Observation",
	{
		"Observation.subject": { min: 1 },
		"Observation.note": { max: "1" },
		"Observation.performer": { min: 2 },
		"Observation.bodySite": { max: "0" },
		"Observation.value[x]": { type: [{ code: "Quantity" }, { code: "string" }] },
		"Observation.component.interpretation": { min: 1 },
	},
	{
		"what it asks for": [
			observation({
				subject: { display: "x" },
				performer: [{ display: "x" }, { display: "y" }],
				note: [{ text: "x" }],
				valueString: "x",
				component: [{ code: { text: "x" }, interpretation: [{ text: "x" }] }],
			}),
		],
		"too little": [
			observation({ performer: [{ display: "x" }], component: [{ code: { text: "x" } }] }),
			["profile-min", "Observation.subject", /is missing: the profile Made requires it/],
			["profile-min", "Observation.performer", /at least 2 values by the profile Made, not 1/],
			["profile-min", "Observation.component[0].interpretation", /is missing/],
		],
		"too much": [
			observation({
				subject: { display: "x" },
				performer: [{ display: "x" }, { display: "y" }],
				note: [{ text: "x" }, { text: "y" }],
				bodySite: { text: "x" },
			}),
			["profile-max", "Observation.bodySite", /must be absent by the profile Made: remove it/],
			["profile-max", "Observation.note", /at most 1 value by the profile Made, not 2/],
		],
		"another type": [
			observation({
				subject: { display: "x" },
				performer: [{ display: "x" }, { display: "y" }],
				valueBoolean: true,
			}),
			["profile-value-type", "Observation.value.ofType(boolean)", /must be Quantity or string .*, not boolean/],
		],
	},
);

const within = (linkId: string, item: object): object => ({ linkId, type: "group", item: [item] });
playAgainst(
	t,
	"content that is shared",
	"Questionnaire",
	{ "Questionnaire.item.prefix": { min: 1 }, "Questionnaire.item.linkId": { maxLength: 3 } },
	{
		"what it asks for, at every depth": [
			{
				resourceType: "Questionnaire",
				status: "draft",
				item: [
					{
						prefix: "1",
						...within("1", { prefix: "2", ...within("2", { prefix: "3", linkId: "3", type: "display", text: "x" }) }),
					},
				],
			},
		],
		"too little and too long, deeper": [
			{
				resourceType: "Questionnaire",
				status: "draft",
				item: [
					{ prefix: "1", ...within("1", within("2", { linkId: "long", type: "display", prefix: "3", text: "x" })) },
				],
			},
			["profile-min", "Questionnaire.item[0].item[0].prefix", /is missing/],
			["max-length", "Questionnaire.item[0].item[0].item[0].linkId", /at most 3/],
		],
	},
);

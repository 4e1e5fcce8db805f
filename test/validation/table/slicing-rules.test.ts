import t from "tap";
import type { Json } from "../../../src/kernel/index.ts";
import { type Changes, extensionOf, playAgainst, type Sample, TEST } from "../../support/validation.ts";

type Rules = "closed" | "open" | "openAtEnd";

const slicing = (type: string, path: string, rules: Rules = "open", ordered = false): { slicing: Json } => ({
	slicing: { discriminator: [{ type, path }], rules, ordered },
});
const LOINC = "http://loinc.org";
const coded = (code: string): { [key: string]: Json } => ({ coding: [{ system: LOINC, code }] });

const patient = (members: object): Sample => ({ resourceType: "Patient", ...members });
const observation = (members: object): Sample => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	...members,
});
const ids = (...systems: string[]): Sample =>
	patient({ identifier: systems.map((name) => ({ system: `urn:${name}`, value: "1" })) });

const bySystem = (rules: Rules, ordered = false, min = 0): Changes => ({
	"Patient.identifier": slicing("value", "system", rules, ordered),
	"Patient.identifier:a": { min, max: "1" },
	"Patient.identifier:a.system": { min: 1, fixedUri: "urn:a" },
	"Patient.identifier:b": {},
	"Patient.identifier:b.system": { min: 1, fixedUri: "urn:b" },
});

playAgainst(t, "slices by value, closed", "Patient", bySystem("closed", false, 1), {
	"each in a slice": [ids("a", "b", "b")],
	"one outside": [ids("a", "c"), ["slice-closed", "Patient.identifier[1]", /none of the slices a, b of/]],
	"too few of a slice": [
		ids("b"),
		[
			"slice-min",
			"Patient.identifier",
			/must have a value for the slice a of the profile Made: slices are told apart by system/,
		],
	],
	"none at all of a slice that must be there": [patient({}), ["slice-min", "Patient.identifier", /for the slice a of/]],
	"too many of a slice": [
		ids("a", "a"),
		["slice-max", "Patient.identifier", /at most one value for the slice a .* not 2/],
	],
	"order that does not matter": [ids("b", "a", "b")],
});

playAgainst(t, "slices by value, open", "Patient", bySystem("open"), {
	"some outside": [ids("c", "a", "d")],
	"no value to tell by": [patient({ identifier: [{ value: "1" }] })],
});

playAgainst(t, "ordered slices", "Patient", bySystem("open", true), {
	"the order of the profile": [ids("a", "c", "b")],
	"another order": [
		ids("b", "a"),
		["slice-order", "Patient.identifier[1]", /is the slice a .* before those of the slice b/],
	],
});

playAgainst(t, "slices open at the end", "Patient", bySystem("openAtEnd", true), {
	"others at the end": [ids("a", "b", "c")],
	"others before": [ids("a", "c", "b"), ["slice-at-end", "Patient.identifier[1]", /after those that are/]],
});

playAgainst(t, "slices open at the end, but not ordered", "Patient", bySystem("openAtEnd"), {
	"others anywhere": [ids("c", "a")],
});

playAgainst(
	t,
	"slices of extensions, by their url without saying so",
	"Patient",
	{
		"Patient.extension:caste": { min: 1, max: "1", type: [{ code: "Extension", profile: [`${TEST}caste`] }] },
	},
	{
		"one with the url": [patient({ extension: [{ url: `${TEST}caste`, valueCode: "a" }] })],
		none: [patient({}), ["slice-min", "Patient.extension", /for the slice caste of/]],
		two: [
			patient({
				extension: [
					{ url: `${TEST}caste`, valueCode: "a" },
					{ url: `${TEST}caste`, valueCode: "b" },
				],
			}),
			["slice-max", "Patient.extension", /at most one value for the slice caste/],
		],
	},
	[extensionOf("caste", { "Extension.value[x]": { type: [{ code: "code" }] } })],
);

playAgainst(
	t,
	"slices that are sliced again",
	"Observation",
	{
		"Observation.component": slicing("value", "code"),
		"Observation.component:lab": {
			min: 1,
			...slicing("value", "interpretation", "closed"),
		},
		"Observation.component:lab.code": { fixedCodeableConcept: coded("1-8") },
		"Observation.component:lab/high": { max: "1" },
		"Observation.component:lab/high.interpretation": { min: 1, patternCodeableConcept: { text: "high" } },
		"Observation.component:lab/low": {},
		"Observation.component:lab/low.interpretation": { min: 1, patternCodeableConcept: { text: "low" } },
	},
	{
		"each in its inner slice": [
			observation({
				component: [
					{ code: coded("1-8"), interpretation: [{ text: "high" }] },
					{ code: coded("1-8"), interpretation: [{ text: "low" }] },
					{ code: coded("9-9") },
				],
			}),
		],
		"one in the slice, but in none within": [
			observation({ component: [{ code: coded("1-8"), interpretation: [{ text: "middling" }] }] }),
			["slice-closed", "Observation.component[0]", /none of the slices/],
		],
		"too many of an inner slice": [
			observation({
				component: [
					{ code: coded("1-8"), interpretation: [{ text: "high" }] },
					{ code: coded("1-8"), interpretation: [{ text: "high" }] },
				],
			}),
			["slice-max", "Observation.component", /at most one value/],
		],
	},
);

playAgainst(
	t,
	"slices by a path that is no FHIRPath",
	"Patient",
	{ "Patient.identifier": slicing("value", "system..(", "closed"), "Patient.identifier:a": {} },
	{
		"no value to be sliced": [patient({})],
		"a value that fits none, and why": [
			ids("a"),
			["profile-unusable", "Patient", /its discriminator "system\.\.\(" is no FHIRPath/],
			["slice-closed", "Patient.identifier[0]", /is not the slice a/],
		],
	},
);

playAgainst(
	t,
	"slices by an element that the type does not have",
	"Patient",
	{ "Patient.identifier": slicing("value", "nonsense", "open"), "Patient.identifier:a": { min: 1 } },
	{ "that nothing fits": [ids("a"), ["slice-min", "Patient.identifier", /for the slice a of/]] },
);

import t from "tap";
import type { Json } from "../../../src/kernel/index.ts";
import { type Changes, extensionOf, playAgainst, profileOf, type Sample, TEST } from "../../support/validation.ts";

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
const parts = (...codes: string[]): Sample =>
	observation({ component: codes.map((code) => ({ code: coded(code), valueString: "x" })) });

playAgainst(
	t,
	"slices by pattern",
	"Observation",
	{
		"Observation.component": slicing("pattern", "code"),
		"Observation.component:systolic": { min: 1, max: "1" },
		"Observation.component:systolic.code": { patternCodeableConcept: coded("8480-6") },
		"Observation.component:systolic.value[x]": { max: "0" },
	},
	{
		"a value with the pattern": [observation({ component: [{ code: coded("8480-6") }] })],
		"a value with the pattern and more": [
			observation({ component: [{ code: { ...coded("8480-6"), text: "x" } }, { code: coded("8462-4") }] }),
		],
		"no value with the pattern": [parts("8462-4"), ["slice-min", "Observation.component", /for the slice systolic of/]],
		"rules of the slice broken within it": [
			observation({ component: [{ code: coded("8462-4") }, { code: coded("8480-6"), valueString: "x" }] }),
			["profile-max", "Observation.component[1].value", /must be absent/],
		],
	},
);

playAgainst(
	t,
	"slices by the value of a nested path",
	"Observation",
	{
		"Observation.component": slicing("value", "code.coding.code", "closed"),
		"Observation.component:systolic": { min: 1 },
		"Observation.component:systolic.code": { min: 1 },
		"Observation.component:systolic.code.coding": { min: 1 },
		"Observation.component:systolic.code.coding.code": { min: 1, fixedCode: "8480-6" },
	},
	{
		"the value there": [parts("8480-6")],
		"another value there": [
			parts("8480-6", "1-8"),
			["slice-closed", "Observation.component[1]", /is not the slice systolic of/],
		],
	},
);

playAgainst(
	t,
	"slices by two discriminators",
	"Patient",
	{
		"Patient.telecom": {
			slicing: {
				discriminator: [
					{ type: "value", path: "system" },
					{ type: "value", path: "use" },
				],
				rules: "closed",
			},
		},
		"Patient.telecom:mobile": {},
		"Patient.telecom:mobile.system": { min: 1, fixedCode: "phone" },
		"Patient.telecom:mobile.use": { min: 1, fixedCode: "mobile" },
	},
	{
		"both as they should be": [patient({ telecom: [{ system: "phone", use: "mobile", value: "1" }] })],
		"only one as it should be": [
			patient({ telecom: [{ system: "phone", use: "home", value: "1" }] }),
			["slice-closed", "Patient.telecom[0]", /is not the slice mobile of/],
		],
	},
);

playAgainst(
	t,
	"slices by $this",
	"Patient",
	{
		"Patient.name.given": slicing("value", "$this", "closed"),
		"Patient.name.given:one": { min: 1, max: "1", fixedString: "One" },
		"Patient.name.given:two": { patternString: "Two" },
	},
	{
		"primitives that are the values": [patient({ name: [{ given: ["Two", "One"] }] })],
		"another primitive": [
			patient({ name: [{ given: ["One", "Three"] }] }),
			["slice-closed", "Patient.name[0].given[1]", /none of the slices one, two of/],
		],
		"a slice missing in the second of two": [
			patient({ name: [{ given: ["One"] }, { given: ["Two"] }] }),
			["slice-min", "Patient.name[1].given", /for the slice one of/],
		],
	},
);

const category = (...codes: string[]): Sample =>
	observation({
		category: codes.map((code) => ({
			coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code }],
		})),
	});

playAgainst(
	t,
	"slices by a required binding",
	"Observation",
	{
		"Observation.category": slicing("value", "$this"),
		"Observation.category:standard": {
			max: "1",
			binding: { strength: "required", valueSet: "http://hl7.org/fhir/ValueSet/observation-category" },
		},
	},
	{
		"one code of the set, and one of none": [category("laboratory", "x")],
		"two codes of the set": [
			category("laboratory", "exam"),
			["slice-max", "Observation.category", /at most one value for the slice standard/],
		],
	},
);

playAgainst(
	t,
	"slices by whether something is there",
	"Patient",
	{
		"Patient.name": slicing("exists", "period", "closed"),
		"Patient.name:now": { max: "1" },
		"Patient.name:now.period": { max: "0" },
		"Patient.name:once": {},
		"Patient.name:once.period": { min: 1 },
		"Patient.name:once.period.end": { min: 1 },
	},
	{
		"one without, two with": [
			patient({
				name: [{ text: "A" }, { text: "B", period: { end: "2020" } }, { text: "C", period: { end: "2021" } }],
			}),
		],
		"two without": [
			patient({ name: [{ text: "A" }, { text: "B" }] }),
			["slice-max", "Patient.name", /at most one value for the slice now/],
		],
		"the rules of the slice with it broken": [
			patient({ name: [{ text: "B", period: { start: "2020" } }] }),
			["profile-min", "Patient.name[0].period.end", /is missing/],
		],
	},
);

playAgainst(
	t,
	"slices of a choice by type, as R4 writes them",
	"Observation",
	{
		"Observation.value[x]": slicing("type", "$this", "closed"),
		"Observation.value[x]:valueQuantity": { type: [{ code: "Quantity" }] },
		"Observation.value[x]:valueQuantity.code": { min: 1 },
		"Observation.value[x]:valueString": { type: [{ code: "string" }], maxLength: 3 },
	},
	{
		"a type of a slice": [observation({ valueString: "abc" })],
		"a type of no slice": [
			observation({ valueBoolean: true }),
			["slice-closed", "Observation.value.ofType(boolean)", /none of the slices valueQuantity, valueString of/],
		],
		"the rules of the type broken": [
			observation({ valueQuantity: { value: 1 } }),
			["profile-min", "Observation.value.ofType(Quantity).code", /is missing/],
		],
		"a length beyond that of the type": [
			observation({ valueString: "abcd" }),
			["max-length", "Observation.value.ofType(string)", /at most 3 characters, not 4/],
		],
	},
);

playAgainst(
	t,
	"slices of a choice by its types' names",
	"Observation",
	{ "Observation.valueQuantity": { min: 1 }, "Observation.valueQuantity.system": { min: 1 } },
	{
		"the type named": [observation({ valueQuantity: { value: 1, system: "http://unitsofmeasure.org" } })],
		"nothing of the choice": [observation({}), ["slice-min", "Observation.value", /for the slice valueQuantity of/]],
		"a rule of the type broken": [
			observation({ valueQuantity: { value: 1 } }),
			["profile-min", "Observation.value.ofType(Quantity).system", /is missing/],
		],
	},
);

playAgainst(
	t,
	"slices by the type of the target of a reference",
	"Observation",
	{
		"Observation.performer": slicing("type", "resolve()", "closed"),
		"Observation.performer:doctor": {
			min: 1,
			type: [{ code: "Reference", targetProfile: ["http://hl7.org/fhir/StructureDefinition/Practitioner"] }],
		},
		"Observation.performer:place": {
			type: [{ code: "Reference", targetProfile: ["http://hl7.org/fhir/StructureDefinition/Organization"] }],
		},
	},
	{
		"a literal reference, a typed one, and one that is contained": [
			observation({
				contained: [{ resourceType: "Organization", id: "o", name: "x" }],
				performer: [{ reference: "Practitioner/1" }, { type: "Organization", display: "x" }, { reference: "#o" }],
			}),
		],
		"a target of no slice": [
			observation({ performer: [{ reference: "Practitioner/1" }, { reference: "CareTeam/1" }] }),
			["slice-closed", "Observation.performer[1]", /none of the slices doctor, place of/],
		],
	},
);

const entry = (resource: object, n: number) => ({
	fullUrl: `urn:uuid:c757873d-ec9a-4326-a141-55600000000${n}`,
	resource,
});

playAgainst(
	t,
	"slices by the type of a resource",
	"Bundle",
	{
		"Bundle.entry": slicing("type", "resource"),
		"Bundle.entry:patient": { min: 1, max: "1" },
		"Bundle.entry:patient.resource": { min: 1, type: [{ code: "Patient" }] },
	},
	{
		"one of the type": [
			{
				resourceType: "Bundle",
				type: "collection",
				entry: [entry(patient({}) as object, 1), entry(observation({}) as object, 2)],
			},
		],
		"none of the type": [
			{ resourceType: "Bundle", type: "collection", entry: [entry(observation({}) as object, 2)] },
			["slice-min", "Bundle.entry", /for the slice patient of/],
		],
	},
);

playAgainst(
	t,
	"slices by ofType()",
	"Observation",
	{
		"Observation.component": slicing("value", "value.ofType(CodeableConcept).text", "closed"),
		"Observation.component:yes": { min: 1 },
		"Observation.component:yes.value[x]": { min: 1, type: [{ code: "CodeableConcept" }] },
		"Observation.component:yes.value[x].text": { min: 1, fixedString: "yes" },
	},
	{
		"the value below the type": [
			observation({ component: [{ code: coded("1-8"), valueCodeableConcept: { text: "yes" } }] }),
		],
		"another type": [
			observation({
				component: [
					{ code: coded("1-8"), valueCodeableConcept: { text: "yes" } },
					{ code: coded("1-8"), valueString: "yes" },
				],
			}),
			["slice-closed", "Observation.component[1]", /is not the slice yes of/],
		],
	},
);

const NAMED: Changes = { "HumanName.family": { min: 1 } };
playAgainst(
	t,
	"slices by the profile of a value",
	"Patient",
	{
		"Patient.name": slicing("profile", "$this", "closed"),
		"Patient.name:full": { min: 1, type: [{ code: "HumanName", profile: [`${TEST}Full`] }] },
	},
	{
		"a value that conforms": [patient({ name: [{ family: "A" }] })],
		"a value that does not": [
			patient({ name: [{ family: "A" }, { text: "A" }] }),
			["slice-closed", "Patient.name[1]", /is not the slice full of/],
		],
	},
	[profileOf("HumanName", "Full", NAMED, { kind: "complex-type" })],
);

playAgainst(
	t,
	"slices by the profile of a target",
	"Observation",
	{
		"Observation.performer": slicing("profile", "resolve()"),
		"Observation.performer:named": {
			min: 1,
			type: [{ code: "Reference", targetProfile: [`${TEST}NamedOrganization`] }],
		},
	},
	{
		"a target that conforms": [
			observation({
				contained: [{ resourceType: "Organization", id: "o", name: "x" }],
				performer: [{ reference: "#o" }],
			}),
		],
		"a target that does not": [
			observation({
				contained: [{ resourceType: "Organization", id: "o", alias: ["x"], identifier: [{ value: "1" }] }],
				performer: [{ reference: "#o" }],
			}),
			["slice-min", "Observation.performer", /for the slice named of/],
		],
	},
	[profileOf("Organization", "NamedOrganization", { "Organization.name": { min: 1 } })],
);

playAgainst(
	t,
	"slices by an extension within",
	"Patient",
	{
		"Patient.name": slicing("value", `extension('${TEST}script').value`),
		"Patient.name:hindi": { min: 1 },
		"Patient.name:hindi.extension": { slicing: { discriminator: [{ type: "value", path: "url" }], rules: "open" } },
		"Patient.name:hindi.extension:script": { min: 1, type: [{ code: "Extension", profile: [`${TEST}script`] }] },
		"Patient.name:hindi.extension:script.value[x]": { min: 1, fixedCode: "hi" },
	},
	{
		"the value within the extension": [
			patient({ name: [{ text: "x", extension: [{ url: `${TEST}script`, valueCode: "hi" }] }] }),
		],
		"another value there": [
			patient({ name: [{ text: "x", extension: [{ url: `${TEST}script`, valueCode: "en" }] }] }),
			["slice-min", "Patient.name", /for the slice hindi of/],
		],
	},
	[extensionOf("script", { "Extension.value[x]": { type: [{ code: "code" }] } })],
);

import t from "tap";
import {
	extensionOf,
	findings,
	playTable,
	profileOf,
	type Sample,
	TEST,
	withDefinitions,
} from "../../support/validation.ts";

const CORE = "http://hl7.org/fhir/StructureDefinition/";
const patient = (members: object): Sample => ({ resourceType: "Patient", ...members });
const claiming = (canonical: string, members: object = {}): Sample =>
	patient({ ...members, meta: { profile: [canonical] } });
const NAMED = `${TEST}Named`;
const definitions = withDefinitions([
	profileOf("Patient", "Named", { "Patient.name": { min: 1 } }, { version: "1.0.0" }),
	profileOf("Patient", "Named", { "Patient.name": { min: 2 } }, { version: "2.0.0" }),
	profileOf("Patient", "Gendered", { "Patient.gender": { min: 1 } }, { baseDefinition: `${NAMED}|1.0.0` }),
	profileOf("Patient", "Orphan", { "Patient.name": { min: 1 } }, { baseDefinition: "http://nowhere.example/base" }),
	profileOf("Observation", "Other", { "Observation.note": { max: "1" } }),
	extensionOf("broken", {}, undefined, { baseDefinition: "http://nowhere.example/base" }),
	profileOf("Patient", "Mentioning", {
		"Patient.extension:broken": { type: [{ code: "Extension", profile: [`${TEST}broken`] }] },
		"Patient.managingOrganization": { min: 1, type: [{ code: "Reference", targetProfile: [`${TEST}Orphan`] }] },
	}),
	profileOf("Patient", "Ruled", {
		Patient: {
			constraint: [
				{
					key: "r-1",
					severity: "error",
					human: "Must be known by a name or a number",
					expression: "name.exists() or identifier.exists()",
				},
				{ key: "r-2", severity: "warning", human: "Should have a telephone", expression: "telecom.exists()" },
				{
					key: "r-3",
					severity: "error",
					human: "Cannot be told",
					expression: "name.text.startsWith('x')",
				},
				{ key: "r-4", severity: "error", human: "For people only" },
			],
		},
	}),
]);

t.test("profiles that a resource says it conforms to", async (t) => {
	playTable(
		t,
		{
			"one it conforms to": [claiming(NAMED, { name: [{ text: "x" }, { text: "y" }] })],
			"the newest version where none is named": [
				claiming(NAMED, { name: [{ text: "x" }] }),
				["profile-min", "Patient.name", /at least 2 values by the profile Named, not 1/],
			],
			"the version that is named": [claiming(`${NAMED}|1.0.0`, { name: [{ text: "x" }] })],
			"the rules of what a profile is derived from": [
				claiming(`${TEST}Gendered`),
				["profile-min", "Patient.gender", /the profile Gendered requires it/],
				["profile-min", "Patient.name", /the profile Gendered requires it/],
			],
			"a type of R4 itself": [claiming(`${CORE}Patient`)],
			"an abstract type of R4": [claiming(`${CORE}DomainResource`)],
			"a profile that is not here": [
				claiming(`${TEST}Namde`),
				["profile-unknown", "Patient", /says it conforms to "http:\/\/test.example\/Namde", .* did you mean .*Named\?/],
			],
			"a version that is not here": [
				claiming(`${NAMED}|3.0.0`),
				["profile-unknown", "Patient", /of that profile there is version 1.0.0, 2.0.0\.$/],
			],
			"a profile nothing is like": [
				claiming("urn:x"),
				["profile-unknown", "Patient", /"urn:x", which is not known here: add its package/],
			],
			"a profile of another type": [
				claiming(`${TEST}Other`),
				["profile-type", "Patient", /must be Observation to conform to Other, not Patient/],
			],
			"a profile from which no snapshot can be made": [
				claiming(`${TEST}Orphan`),
				[
					"profile-unusable",
					"Patient",
					/is not looked at by "http:\/\/test.example\/Orphan": .* is derived from http:\/\/nowhere.example\/base/,
				],
			],
			"a profile that mentions such ones": [
				claiming(`${TEST}Mentioning`, { managingOrganization: { reference: "Organization/1" } }),
			],
			"the rules of the resource inside a Bundle, at its place": [
				{ resourceType: "Bundle", type: "collection", entry: [{ resource: claiming(`${NAMED}|1.0.0`) }] },
				["profile-min", "Bundle.entry[0].resource.name", /is missing/],
			],
			"the rules of a contained resource, at its place": [
				{
					resourceType: "Observation",
					status: "final",
					code: { text: "x" },
					subject: { reference: "#p" },
					contained: [{ ...(claiming(`${NAMED}|1.0.0`) as object), id: "p" }],
				},
				["profile-min", "Observation.contained[0].name", /is missing/],
			],
			"invariants of a profile, by their severity": [
				claiming(`${TEST}Ruled`),
				["invariant", "Patient", /must fulfil r-1: Must be known by a name or a number/],
				["invariant-advice", "Patient", /should fulfil r-2: Should have a telephone/],
			],
			"invariants that cannot be judged": [
				claiming(`${TEST}Ruled`, { name: [{ text: "x" }, { text: "y" }], telecom: [{ system: "phone", value: "1" }] }),
				["invariant-untold", "Patient", /is not judged by r-3/],
			],
		},
		{ definitions },
	);
});

t.test("profiles that the caller asks for", async (t) => {
	playTable(
		t,
		{ "a resource that does not conform": [patient({}), ["profile-min", "Patient.name", /at least 2/]] },
		{ definitions, profiles: [NAMED] },
	);
	playTable(
		t,
		{
			"a profile that is not here": [
				patient({}),
				["profile-missing", "Patient", /must conform to "urn:x", which is not known here/],
			],
		},
		{ definitions, profiles: ["urn:x"] },
	);
	playTable(
		t,
		{ "one that the resource claims too, told once": [claiming(NAMED), ["profile-min", "Patient.name", /at least 2/]] },
		{ definitions, profiles: [NAMED] },
	);
});

t.test("a mode says what becomes of faults against profiles, never of those against R4", async (t) => {
	const sample = claiming(NAMED, { gender: "F" });
	const severities = async (mode: "off" | "warn" | "enforce") =>
		(await findings(sample, { definitions, mode }))
			.filter(({ text }) => !text.includes("dom-6"))
			.map(({ expression, severity }) => [expression, severity]);
	t.strictSame(await severities("enforce"), [
		["Patient.gender", "error"],
		["Patient.name", "error"],
	]);
	t.strictSame(await severities("warn"), [
		["Patient.gender", "error"],
		["Patient.name", "warning"],
	]);
	t.strictSame(await severities("off"), [["Patient.gender", "error"]]);
});

t.test("extensions of R4 are looked at in every mode, others as the mode says", async (t) => {
	const own = withDefinitions([extensionOf("ward", { "Extension.value[x]": { type: [{ code: "string" }] } })]);
	const sample = patient({
		extension: [
			{ url: `${TEST}ward`, valueBoolean: true },
			{ url: `${CORE}patient-disability`, valueString: "x" },
		],
	});
	const places = async (mode: "off" | "warn" | "enforce") =>
		(await findings(sample, { definitions: own, mode, advice: false })).map(({ expression }) => expression).toSorted();
	const standard = "Patient.extension[1].value.ofType(string)";
	t.strictSame(await places("enforce"), ["Patient.extension[0].value.ofType(boolean)", standard]);
	t.strictSame(await places("warn"), [standard]);
	t.strictSame(await places("off"), [standard]);
});

t.test("without advice only errors are told", async (t) => {
	const sample = claiming("urn:x", {
		maritalStatus: { coding: [{ code: "a" }] },
		extension: [{ url: "urn:x", valueCode: "a" }],
	});
	t.strictSame(await findings(sample, { advice: false }), []);
	t.strictSame((await findings(sample)).map(({ severity }) => severity).toSorted(), [
		"information",
		"warning",
		"warning",
		"warning",
	]);
});

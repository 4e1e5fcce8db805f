import t from "tap";
import type { Json } from "../../../src/kernel/index.ts";
import { playAgainst, playTable, profileOf, type Sample, TEST, withDefinitions } from "../../support/validation.ts";

const CORE = "http://hl7.org/fhir/StructureDefinition/";
const observation = (members: object): Sample => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	...members,
});
const to = (reference: string) => observation({ subject: { reference } });
const URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
const bundle = (subject: string, target: object, fullUrl = URN): Sample => ({
	resourceType: "Bundle",
	type: "collection",
	entry: [
		{ fullUrl: "urn:uuid:c757873d-ec9a-4326-a141-556f43239521", resource: to(subject) },
		{ fullUrl, resource: target },
	],
});
const holding = (target: object): Sample =>
	observation({ contained: [{ id: "p", ...target }], subject: { reference: "#p" } });
const PLACE = "Observation.subject";

t.test("types that R4 allows as targets", async (t) => {
	playTable(t, {
		"a relative reference": [to("Patient/1")],
		"a reference to a version": [to("Patient/1/_history/2")],
		"an absolute reference": [to("https://x.example/fhir/Patient/1")],
		"a reference that does not tell its type": [to("urn:uuid:c757873d-ec9a-4326-a141-556f4323952a")],
		"a reference by type and identifier": [observation({ subject: { type: "Group", identifier: { value: "1" } } })],
		"a reference to another type": [
			to("Practitioner/1"),
			["reference-type", PLACE, /must refer to one of Patient, Group, Device, Location, not to Practitioner/],
		],
		"an absolute reference to another type": [
			to("https://x.example/fhir/Organization/1"),
			["reference-type", PLACE, /not to Organization/],
		],
		"a type that contradicts": [
			observation({ subject: { type: "Practitioner", display: "x" } }),
			["reference-type", PLACE, /not to Practitioner/],
		],
		"a contained target": [holding({ resourceType: "Patient" })],
		"a contained target of another type": [
			holding({ resourceType: "Organization", name: "x" }),
			["reference-type", PLACE, /not to Organization/],
		],
		"a contained target that is not there": [
			to("#p"),
			["local-reference", "Observation.subject.reference", /refers to a contained resource that is not there/],
		],
		"a target in the Bundle": [bundle(URN, { resourceType: "Patient" })],
		"a target in the Bundle of another type": [
			bundle(URN, { resourceType: "Organization", name: "x" }),
			["reference-type", "Bundle.entry[0].resource.subject", /not to Organization/],
		],
		"any type where R4 allows any": [
			{
				resourceType: "Provenance",
				target: [{ reference: "Organization/1" }],
				recorded: "2024-01-01T00:00:00Z",
				agent: [{ who: { display: "x" } }],
			},
		],
	});
});

const subject = (rule: { [key: string]: Json }) => ({ [PLACE]: { type: [{ code: "Reference", ...rule }] } });
const NAMED = profileOf("Patient", "Named", { "Patient.name": { min: 1 }, "Patient.gender": { min: 1 } });

playAgainst(t, "types that a profile allows", "Observation", subject({ targetProfile: [`${CORE}Group`] }), {
	"that type": [to("Group/1")],
	"a type that only R4 allows": [to("Patient/1"), ["reference-type", PLACE, /must refer to Group, not to Patient/]],
});

playAgainst(
	t,
	"profiles of the target",
	"Observation",
	subject({ targetProfile: [`${TEST}Named`] }),
	{
		"a target elsewhere, of which only the type is known": [to("Patient/1")],
		"a target elsewhere of another type": [to("Group/1"), ["reference-type", PLACE, /must refer to Patient/]],
		"a contained target that conforms": [holding({ resourceType: "Patient", name: [{ text: "x" }], gender: "male" })],
		"a contained target that does not": [
			holding({ resourceType: "Patient", gender: "male" }),
			["reference-profile", PLACE, /conforms to Named: Patient.name is missing: the profile Named requires it/],
		],
		"a target that says itself it conforms, told where it stands": [
			holding({ resourceType: "Patient", meta: { profile: [`${TEST}Named`] }, gender: "male" }),
			["profile-min", "Observation.contained[0].name", /is missing/],
		],
	},
	[NAMED],
);

t.test("profiles of targets in a Bundle", async (t) => {
	playAgainst(
		t,
		"by fullUrl, by a relative reference, and by type and id",
		"Bundle",
		{
			"Bundle.entry": { slicing: { discriminator: [{ type: "type", path: "resource" }], rules: "open" } },
			"Bundle.entry:observation": {},
			"Bundle.entry:observation.resource": { type: [{ code: "Observation", profile: [`${TEST}About`] }] },
		},
		{
			"a target that conforms": [bundle(URN, { resourceType: "Patient", name: [{ text: "x" }], gender: "male" })],
			"a target that does not": [
				bundle(URN, { resourceType: "Patient" }),
				["type-profile", "Bundle.entry[0].resource", /must conform to About: .*must refer to what conforms to Named/],
			],
			"a target by type and id that does not": [
				bundle("Patient/p", { resourceType: "Patient", id: "p", gender: "male" }, "https://x.example/Patient/p"),
				["type-profile", "Bundle.entry[0].resource", /Patient.name is missing/],
			],
		},
		[NAMED, profileOf("Observation", "About", subject({ targetProfile: [`${TEST}Named`] }))],
	);
});

playAgainst(t, "where the target is: contained", "Observation", subject({ aggregation: ["contained"] }), {
	"it is": [holding({ resourceType: "Patient" })],
	"it is elsewhere": [
		to("Patient/1"),
		["aggregation", PLACE, /must refer to a resource that is contained, not referenced/],
	],
});

playAgainst(t, "where the target is: apart", "Observation", subject({ aggregation: ["referenced", "bundled"] }), {
	"it is": [to("Patient/1")],
	"it is contained": [
		holding({ resourceType: "Patient" }),
		["aggregation", PLACE, /one of referenced, bundled, not contained/],
	],
});

playAgainst(t, "references to a version", "Observation", subject({ versioning: "specific" }), {
	"one with a version": [to("Patient/1/_history/1")],
	"one without": [to("Patient/1"), ["versioning", PLACE, /must name a version \(\/_history\/n\)/]],
});

playAgainst(t, "references to no version", "Observation", subject({ versioning: "independent" }), {
	"one without a version": [to("Patient/1")],
	"one with": [to("Patient/1/_history/1"), ["versioning", PLACE, /must not name a version: drop/]],
});

t.test("where the target is: in the same Bundle", async (t) => {
	const definitions = withDefinitions([profileOf("Observation", "Bundled", subject({ aggregation: ["bundled"] }))]);
	const claiming = (to: string): Sample => ({
		resourceType: "Bundle",
		type: "collection",
		entry: [
			{ fullUrl: URN, resource: { resourceType: "Patient" } },
			{
				fullUrl: "urn:uuid:c757873d-ec9a-4326-a141-556f43239521",
				resource: observation({ meta: { profile: [`${TEST}Bundled`] }, subject: { reference: to } }),
			},
		],
	});
	playTable(
		t,
		{
			"it is": [claiming(URN)],
			"it is elsewhere": [
				claiming("https://x.example/Patient/1"),
				["aggregation", "Bundle.entry[1].resource.subject", /that is bundled, not referenced/],
			],
		},
		{ definitions },
	);
});

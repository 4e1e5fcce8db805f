import { loadRegistry } from "../../src/definitions/index.ts";
import type { Engine } from "../../src/interactions/engine.ts";
import { missingReferences } from "../../src/interactions/reference-check.ts";
import type { Context, Issue } from "../../src/kernel/index.ts";
import type { Session } from "../../src/store/index.ts";
import { MESSAGES, type MessageKind } from "../../src/validation/index.ts";
import { standardCodings } from "./standard-codes.ts";
import { type Changes, findings, profileOf, resourceOf, type Sample, TEST, withDefinitions } from "./validation.ts";

type Find = () => Promise<readonly Issue[]>;

const patient = (members: object): Sample => ({ resourceType: "Patient", ...members });
const observation = (members: object): Sample => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	...members,
});
const found =
	(sample: Sample): Find =>
	() =>
		findings(sample);

/** A resource that is asked to conform to a profile with some changes. */
const against =
	(type: string, changes: Changes, sample: Sample, others: readonly Sample[] = []): Find =>
	() =>
		findings(sample, {
			definitions: withDefinitions([profileOf(type, "Example", changes), ...others]),
			profiles: [`${TEST}Example`],
		});
const asked =
	(canonical: string): Find =>
	() =>
		findings(patient({}), { profiles: [canonical] });

const sliced = (rules: string, ordered: boolean, min = 0): Changes => ({
	"Patient.identifier": { slicing: { discriminator: [{ type: "value", path: "system" }], rules, ordered } },
	"Patient.identifier:abha": { min, max: "1" },
	"Patient.identifier:abha.system": { min: 1, fixedUri: "https://healthid.abdm.gov.in" },
	"Patient.identifier:card": {},
	"Patient.identifier:card.system": { min: 1, fixedUri: "urn:card" },
});
const identified = (...systems: string[]): Sample =>
	patient({ identifier: systems.map((system) => ({ system, value: "1" })) });
const ABHA = "https://healthid.abdm.gov.in";

const nested = (depth: number): string =>
	depth === 0 ? '{"linkId":"1"}' : `{"linkId":"1","item":[${nested(depth - 1)}]}`;
const URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
const document = (subject: string): Sample => ({
	resourceType: "Bundle",
	type: "document",
	identifier: { system: "urn:ietf:rfc:3986", value: URN },
	timestamp: "2024-01-01T10:00:00+05:30",
	entry: [
		{
			fullUrl: URN,
			resource: {
				resourceType: "Composition",
				status: "final",
				type: { text: "x" },
				subject: { reference: subject },
				date: "2024-01-01",
				author: [{ display: "x" }],
				title: "x",
			},
		},
	],
});

/** As in a clinic that has nothing stored. */
const nothingStored: Find = () =>
	missingReferences(
		{
			engine: { registry: loadRegistry(), restrictionOf: () => undefined } as unknown as Engine,
			context: { base: "http://localhost/fhir" } as Context,
		},
		{ existing: async () => new Set() } as unknown as Session,
		[{ resource: resourceOf(observation({ subject: { reference: "Patient/p1" } })) }],
	);

/** A coding as its system judges it. */
const coded =
	(code: string, display: string): Find =>
	() =>
		findings(patient({ maritalStatus: { coding: [{ system: MARITAL, code, display }] } }), {
			codings: standardCodings(),
		});
const MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";

/** What provokes each kind of message; the first finding of the kind is the example in docs/errors.md. */
export const MESSAGE_CASES: Readonly<Record<MessageKind, Find>> = {
	"resource-type": found({ resourceType: "Pateint" }),
	"unknown-property": found(patient({ birthdate: "2024-01-01" })),
	shape: found(patient({ name: { text: "x" } })),
	empty: found(patient({ name: [] })),
	null: found(patient({ birthDate: null })),
	alignment: found(
		patient({ name: [{ given: ["a", "b"], _given: [{ extension: [{ url: "urn:x", valueCode: "a" }] }] }] }),
	),
	"too-deep": found(`{"resourceType":"QuestionnaireResponse","status":"completed","item":[${nested(120)}]}`),
	required: found({ resourceType: "Observation", status: "final" }),
	"choice-clash": found(observation({ valueString: "x", valueBoolean: true })),
	primitive: found(patient({ birthDate: "31-12-2024" })),
	"required-code": found(patient({ gender: "femal" })),
	"implicit-rules": found(patient({ implicitRules: "http://example.org/rules" })),
	"primitive-empty": found(patient({ _birthDate: { id: "a" } })),
	"extension-content": found(patient({ extension: [{ url: "http://example.org/caste" }] })),
	"local-reference": found(patient({ managingOrganization: { reference: "#clinic" } })),
	contained: found(patient({ contained: [{ resourceType: "Organization", id: "clinic", name: "x" }] })),
	narrative: found(
		patient({
			text: { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>' },
		}),
	),
	unlisted: found(patient({ name: Array.from({ length: 205 }, () => ({ famly: "x" })) })),
	invariant: found(patient({ contact: [{ gender: "female" }] })),
	"invariant-advice": found(patient({})),
	"invariant-untold": against(
		"Patient",
		{
			Patient: {
				constraint: [
					{ key: "ex-1", severity: "error", human: "The name begins with x", expression: "name.text.startsWith('x')" },
				],
			},
		},
		patient({ name: [{ text: "x" }, { text: "y" }] }),
	),
	"required-binding": found({
		resourceType: "Condition",
		subject: { reference: "Patient/1" },
		clinicalStatus: {
			coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "ill" }],
		},
	}),
	"extensible-binding": found(patient({ maritalStatus: { coding: [{ system: "http://example.org/s", code: "m" }] } })),
	"unknown-binding": against(
		"Observation",
		{ "Observation.code": { binding: { strength: "required", valueSet: "http://example.org/ValueSet/signs" } } },
		observation({ code: { coding: [{ system: "http://loinc.org", code: "8480-6" }] } }),
	),
	"beyond-binding": found(
		patient({ communication: [{ language: { coding: [{ system: "http://example.org/s", code: "hi" }] } }] }),
	),
	"reference-type": found(observation({ subject: { reference: "Practitioner/1" } })),
	"reference-profile": against(
		"Observation",
		{ "Observation.subject": { type: [{ code: "Reference", targetProfile: [`${TEST}NamedPatient`] }] } },
		observation({ contained: [{ resourceType: "Patient", id: "p" }], subject: { reference: "#p" } }),
		[profileOf("Patient", "NamedPatient", { "Patient.name": { min: 1 } })],
	),
	"extension-unknown": found(patient({ extension: [{ url: "http://example.org/ward", valueCode: "a" }] })),
	"modifier-unknown": found(patient({ modifierExtension: [{ url: "http://example.org/not", valueBoolean: true }] })),
	"extension-context": found(
		patient({
			extension: [
				{
					url: "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
					valueDateTime: "2024-01-01T10:00:00+05:30",
				},
			],
		}),
	),
	"profile-unknown": found(
		patient({ meta: { profile: ["https://nrces.in/ndhm/fhir/r4/StructureDefinition/Patent"] } }),
	),
	"profile-missing": asked("https://nrces.in/ndhm/fhir/r4/StructureDefinition/Patient|0.1.0"),
	"profile-type": found(
		patient({ meta: { profile: ["https://nrces.in/ndhm/fhir/r4/StructureDefinition/Condition"] } }),
	),
	"profile-min": against("Patient", { "Patient.gender": { min: 1 } }, patient({})),
	"profile-max": against(
		"Patient",
		{ "Patient.photo": { max: "0" } },
		patient({ photo: [{ url: "http://a.example" }] }),
	),
	fixed: against("Observation", { "Observation.status": { fixedCode: "final" } }, observation({ status: "amended" })),
	pattern: against(
		"Observation",
		{ "Observation.code": { patternCodeableConcept: { coding: [{ system: "http://loinc.org", code: "85354-9" }] } } },
		observation({}),
	),
	"profile-value-type": against(
		"Observation",
		{ "Observation.value[x]": { type: [{ code: "Quantity" }] } },
		observation({ valueString: "x" }),
	),
	"type-profile": against(
		"Patient",
		{ "Patient.name": { type: [{ code: "HumanName", profile: [`${TEST}FullName`] }] } },
		patient({ name: [{ text: "x" }] }),
		[profileOf("HumanName", "FullName", { "HumanName.family": { min: 1 } }, { kind: "complex-type" })],
	),
	"min-value": against(
		"Patient",
		{ "Patient.birthDate": { minValueDate: "1900-01-01" } },
		patient({ birthDate: "1024-05-01" }),
	),
	"max-value": against(
		"Patient",
		{ "Patient.multipleBirth[x]": { type: [{ code: "integer" }], maxValueInteger: 9 } },
		patient({ multipleBirthInteger: 20 }),
	),
	"max-length": against("Patient", { "Patient.name.text": { maxLength: 3 } }, patient({ name: [{ text: "abcd" }] })),
	"slice-closed": against("Patient", sliced("closed", false), identified("urn:other")),
	"slice-order": against("Patient", sliced("open", true), identified("urn:card", ABHA)),
	"slice-at-end": against("Patient", sliced("openAtEnd", true), identified("urn:other", ABHA)),
	"slice-min": against("Patient", sliced("open", false, 1), identified("urn:card")),
	"slice-max": against("Patient", sliced("open", false), identified(ABHA, ABHA)),
	aggregation: against(
		"Observation",
		{ "Observation.subject": { type: [{ code: "Reference", aggregation: ["contained"] }] } },
		observation({ subject: { reference: "Patient/1" } }),
	),
	versioning: against(
		"Observation",
		{ "Observation.subject": { type: [{ code: "Reference", versioning: "specific" }] } },
		observation({ subject: { reference: "Patient/1" } }),
	),
	"full-url": found({
		resourceType: "Bundle",
		type: "collection",
		entry: [{ fullUrl: "https://clinic.example/fhir/Patient/1", resource: patient({ id: "2" }) }],
	}),
	"unresolved-entry": found(document("Patient/1")),
	"reference-missing": nothingStored,
	"code-absent": coded("Married", "Married"),
	display: coded("S", "Married"),
	"profile-unusable": () =>
		findings(patient({ meta: { profile: [`${TEST}Orphan`] } }), {
			definitions: withDefinitions([
				profileOf(
					"Patient",
					"Orphan",
					{ "Patient.name": { min: 1 } },
					{ baseDefinition: "http://example.org/StructureDefinition/base" },
				),
			]),
		}),
};

/** The example of a kind, as a client gets it. */
export async function exampleOf(kind: MessageKind): Promise<Issue | undefined> {
	const { rule } = MESSAGES[kind];
	return (await MESSAGE_CASES[kind]()).find((issue) => issue.rule === rule);
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

/** The rows of the table in docs/errors.md, in the order of their codes. */
export async function messageRows(): Promise<string[]> {
	const rows: string[] = [];
	for (const [kind, { rule, severity, code, meaning, mend }] of Object.entries(MESSAGES)) {
		const example = await exampleOf(kind as MessageKind);
		const cells = [rule, severity, `\`${code}\``, meaning, example?.text ?? "", mend];
		rows.push(`| ${cells.map(cell).join(" | ")} |`);
	}
	return rows.toSorted();
}

export const ERROR_DOCS = new URL("../../docs/errors.md", import.meta.url);

const HEADER = "| code | severity | issue code | meaning | for example | what to do |";

/** The page with its table of messages as they are now; all else as it was. */
export async function withMessageRows(page: string): Promise<string> {
	const start = page.indexOf(HEADER);
	if (start === -1) throw new Error(`docs/errors.md has no table that begins with ${HEADER}`);
	const end = page.indexOf("\n\n", start);
	const rest = end === -1 ? "\n" : page.slice(end);
	return (
		page.slice(0, start) + [HEADER, "| --- | --- | --- | --- | --- | --- |", ...(await messageRows())].join("\n") + rest
	);
}

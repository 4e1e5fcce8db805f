import t from "tap";
import { loadDefinitions } from "../../../src/definitions/index.ts";
import type { Json } from "../../../src/kernel/index.ts";
import { MESSAGES } from "../../../src/validation/index.ts";
import { findings, type Sample } from "../../support/validation.ts";

const CORE = "http://hl7.org/fhir/StructureDefinition/";
const TYPED = ["Patient", "Observation", "Encounter", "Condition", "Medication", "MedicationRequest"];

const terminology = (name: string, code: string): Json => ({
	coding: [{ system: `http://terminology.hl7.org/CodeSystem/${name}`, code }],
});
const patient = (members: object): Sample => ({ resourceType: "Patient", ...members });
const observation = (members: object): Sample => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	...members,
});
const condition = (members: object): Sample => ({
	resourceType: "Condition",
	subject: { reference: "Patient/1" },
	clinicalStatus: terminology("condition-clinical", "active"),
	...members,
});
const prescription = (members: object): Sample => ({
	resourceType: "MedicationRequest",
	status: "active",
	intent: "order",
	medicationCodeableConcept: { text: "x" },
	subject: { reference: "Patient/1" },
	...members,
});
const repeat = (members: object): Sample => prescription({ dosageInstruction: [{ timing: { repeat: members } }] });
const library = (members: object): Sample => ({
	resourceType: "Library",
	status: "draft",
	type: terminology("library-type", "logic-library"),
	...members,
});
const filter = (members: object): Sample => library({ dataRequirement: [{ type: "Observation", ...members }] });
const trigger = (members: object): Sample => ({
	resourceType: "PlanDefinition",
	status: "draft",
	action: [{ trigger: [members] }],
});
const expression = (members: object): Sample => ({
	resourceType: "PlanDefinition",
	status: "draft",
	action: [{ condition: [{ kind: "start", expression: { language: "text/fhirpath", ...members } }] }],
});
const measured = (type: string, members: object): Sample =>
	patient({ extension: [{ url: "http://test.example/measure", [`value${type}`]: members }] });
const within = (members: object): Sample =>
	patient({ contained: [members], managingOrganization: { reference: "#o" } });
const div = (content: string): Json => ({
	status: "generated",
	div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`,
});
const ucum = (value: number, code: string): Json => ({ value, system: "http://unitsofmeasure.org", code });
const data: Json = [{ type: "Observation" }];

/** By key: what fulfils it, what breaks it, and where it is said to. Each way to break a compound rule has a row of its own. */
const INVARIANTS: Record<string, readonly (readonly [good: Sample, bad: Sample, expression: string])[]> = {
	"ele-1": [
		[
			patient({ _birthDate: { extension: [{ url: "http://x.example", valueCode: "unknown" }] } }),
			patient({ _birthDate: { id: "a" } }),
			"Patient.birthDate",
		],
		[patient({ name: [{ id: "a", family: "A" }] }), patient({ name: [{ id: "a" }] }), "Patient.name[0]"],
	],
	"ext-1": [
		[
			patient({ extension: [{ url: "http://x.example", valueCode: "a" }] }),
			patient({ extension: [{ url: "http://x.example" }] }),
			"Patient.extension[0]",
		],
		[
			patient({ extension: [{ url: "http://x.example", extension: [{ url: "a", valueCode: "a" }] }] }),
			patient({
				extension: [{ url: "http://x.example", valueCode: "a", extension: [{ url: "a", valueCode: "a" }] }],
			}),
			"Patient.extension[0]",
		],
	],
	"dom-2": [
		[
			within({ resourceType: "Organization", id: "o", name: "A" }),
			within({
				resourceType: "Organization",
				id: "o",
				name: "A",
				partOf: { reference: "#p" },
				contained: [{ resourceType: "Organization", id: "p", name: "B" }],
			}),
			"Patient.contained[0]",
		],
	],
	"dom-3": [
		[
			within({ resourceType: "Organization", id: "o", name: "A" }),
			patient({ contained: [{ resourceType: "Organization", id: "o", name: "A" }] }),
			"Patient.contained[0]",
		],
	],
	"dom-4": [
		[
			within({ resourceType: "Organization", id: "o", name: "A", meta: { source: "http://x.example" } }),
			within({ resourceType: "Organization", id: "o", name: "A", meta: { versionId: "1" } }),
			"Patient.contained[0]",
		],
		[
			within({ resourceType: "Organization", id: "o", name: "A", meta: { tag: [{ code: "a" }] } }),
			within({ resourceType: "Organization", id: "o", name: "A", meta: { lastUpdated: "2024-01-01T00:00:00Z" } }),
			"Patient.contained[0]",
		],
	],
	"dom-5": [
		[
			within({ resourceType: "Organization", id: "o", name: "A", meta: { tag: [{ code: "a" }] } }),
			within({ resourceType: "Organization", id: "o", name: "A", meta: { security: [{ code: "R" }] } }),
			"Patient.contained[0]",
		],
	],
	"dom-6": [[patient({ text: div("A") }), patient({}), "Patient"]],
	"pat-1": [
		[
			patient({ contact: [{ name: { text: "A" } }] }),
			patient({ contact: [{ gender: "female" }] }),
			"Patient.contact[0]",
		],
		[
			patient({ contact: [{ organization: { reference: "Organization/1" } }] }),
			patient({ contact: [{ period: { start: "2024" } }] }),
			"Patient.contact[0]",
		],
	],
	"obs-3": [
		[
			observation({ referenceRange: [{ text: "normal" }] }),
			observation({ referenceRange: [{ type: { text: "normal" } }] }),
			"Observation.referenceRange[0]",
		],
		[
			observation({ component: [{ code: { text: "x" }, referenceRange: [{ low: { value: 1 } }] }] }),
			observation({ component: [{ code: { text: "x" }, referenceRange: [{ age: { low: { value: 1 } } }] }] }),
			"Observation.component[0].referenceRange[0]",
		],
	],
	"obs-6": [
		[
			observation({ dataAbsentReason: terminology("data-absent-reason", "unknown") }),
			observation({ dataAbsentReason: terminology("data-absent-reason", "unknown"), valueString: "x" }),
			"Observation",
		],
	],
	"obs-7": [
		[
			observation({
				code: { coding: [{ system: "http://loinc.org", code: "85354-9" }] },
				valueString: "x",
				component: [{ code: { coding: [{ system: "http://loinc.org", code: "8480-6" }] } }],
			}),
			observation({
				code: { coding: [{ system: "http://loinc.org", code: "85354-9" }] },
				valueString: "x",
				component: [{ code: { coding: [{ system: "http://loinc.org", code: "85354-9" }] } }],
			}),
			"Observation",
		],
	],
	"con-1": [
		[
			condition({ stage: [{ summary: { text: "II" } }] }),
			condition({ stage: [{ type: { text: "clinical" } }] }),
			"Condition.stage[0]",
		],
	],
	"con-2": [
		[
			condition({ evidence: [{ code: [{ text: "fever" }] }] }),
			condition({ evidence: [{ extension: [{ url: "http://x.example", valueCode: "a" }] }] }),
			"Condition.evidence[0]",
		],
	],
	"con-3": [
		[
			condition({ category: [terminology("condition-category", "problem-list-item")] }),
			condition({ clinicalStatus: undefined, category: [terminology("condition-category", "problem-list-item")] }),
			"Condition",
		],
	],
	"con-4": [
		[
			condition({ clinicalStatus: terminology("condition-clinical", "resolved"), abatementDateTime: "2024" }),
			condition({ abatementDateTime: "2024" }),
			"Condition",
		],
	],
	"con-5": [
		[
			condition({
				clinicalStatus: undefined,
				verificationStatus: terminology("condition-ver-status", "entered-in-error"),
			}),
			condition({ verificationStatus: terminology("condition-ver-status", "entered-in-error") }),
			"Condition",
		],
	],
	"txt-1": [[patient({ text: div("<b>A</b>") }), patient({ text: div("<script>1</script>") }), "Patient.text.div"]],
	"txt-2": [[patient({ text: div("A") }), patient({ text: div(" ") }), "Patient.text.div"]],
	"cpt-2": [
		[
			patient({ telecom: [{ system: "phone", value: "1" }] }),
			patient({ telecom: [{ value: "1" }] }),
			"Patient.telecom[0]",
		],
	],
	"att-1": [
		[
			patient({ photo: [{ contentType: "image/png", data: "AAAA" }] }),
			patient({ photo: [{ data: "AAAA" }] }),
			"Patient.photo[0]",
		],
	],
	"ref-1": [
		[
			within({ resourceType: "Organization", id: "o", name: "A" }),
			patient({ managingOrganization: { reference: "#o" } }),
			"Patient.managingOrganization.reference",
		],
	],
	"per-1": [
		[
			patient({ name: [{ text: "A", period: { start: "2024", end: "2025-05" } }] }),
			patient({ name: [{ text: "A", period: { start: "2024", end: "2023" } }] }),
			"Patient.name[0].period",
		],
	],
	"tim-1": [
		[
			repeat({ duration: 1, durationUnit: "h" }),
			repeat({ duration: 1 }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-2": [
		[
			repeat({ period: 1, periodUnit: "d" }),
			repeat({ period: 1 }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-4": [
		[
			repeat({ duration: 0, durationUnit: "h" }),
			repeat({ duration: -1, durationUnit: "h" }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-5": [
		[
			repeat({ period: 0.5, periodUnit: "d" }),
			repeat({ period: -0.5, periodUnit: "d" }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-6": [
		[
			repeat({ period: 1, periodMax: 2, periodUnit: "d" }),
			repeat({ periodMax: 2, periodUnit: "d" }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-7": [
		[
			repeat({ duration: 1, durationMax: 2, durationUnit: "h" }),
			repeat({ durationMax: 2, durationUnit: "h" }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-8": [
		[
			repeat({ count: 1, countMax: 2 }),
			repeat({ countMax: 2 }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-9": [
		[
			repeat({ when: ["AC"], offset: 30 }),
			repeat({ offset: 30 }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
		[
			repeat({ when: ["PCM"], offset: 30 }),
			repeat({ when: ["CM"], offset: 30 }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"tim-10": [
		[
			repeat({ timeOfDay: ["08:00:00"] }),
			repeat({ timeOfDay: ["08:00:00"], when: ["AC"] }),
			"MedicationRequest.dosageInstruction[0].timing.repeat",
		],
	],
	"qty-3": [
		[
			observation({ valueQuantity: ucum(1, "mg") }),
			observation({ valueQuantity: { value: 1, code: "mg" } }),
			"Observation.value.ofType(Quantity)",
		],
	],
	"sqty-1": [
		[
			observation({ referenceRange: [{ low: { value: 1 } }] }),
			observation({ referenceRange: [{ low: { value: 1, comparator: "<" } }] }),
			"Observation.referenceRange[0].low",
		],
		[
			prescription({ dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 1 } }] }] }),
			prescription({ dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 1, comparator: ">" } }] }] }),
			"MedicationRequest.dosageInstruction[0].doseAndRate[0].dose.ofType(Quantity)",
		],
	],
	"rng-2": [
		[
			observation({ valueRange: { low: { value: 1 }, high: { value: 1 } } }),
			observation({ valueRange: { low: { value: 2 }, high: { value: 1 } } }),
			"Observation.value.ofType(Range)",
		],
		[
			observation({ valueRange: { low: ucum(900, "mg"), high: ucum(1, "g") } }),
			observation({ valueRange: { low: ucum(2, "g"), high: ucum(900, "mg") } }),
			"Observation.value.ofType(Range)",
		],
	],
	"rat-1": [
		[
			observation({ valueRatio: { numerator: { value: 1 }, denominator: { value: 2 } } }),
			observation({ valueRatio: { numerator: { value: 1 } } }),
			"Observation.value.ofType(Ratio)",
		],
		[
			observation({ valueRatio: { extension: [{ url: "http://x.example", valueCode: "a" }] } }),
			observation({
				valueRatio: { extension: [{ url: "http://x.example", valueCode: "a" }], denominator: { value: 2 } },
			}),
			"Observation.value.ofType(Ratio)",
		],
	],
	"drt-1": [
		[
			measured("Duration", ucum(1, "h")),
			measured("Duration", { value: 1, system: "http://x.example", code: "h" }),
			"Patient.extension[0].value.ofType(Duration)",
		],
		[
			prescription({ dispenseRequest: { expectedSupplyDuration: ucum(5, "d") } }),
			prescription({
				dispenseRequest: { expectedSupplyDuration: { system: "http://unitsofmeasure.org", code: "d" } },
			}),
			"MedicationRequest.dispenseRequest.expectedSupplyDuration",
		],
	],
	"age-1": [
		[condition({ onsetAge: ucum(3, "a") }), condition({ onsetAge: { value: 3 } }), "Condition.onset.ofType(Age)"],
		[condition({ onsetAge: ucum(0.5, "a") }), condition({ onsetAge: ucum(0, "a") }), "Condition.onset.ofType(Age)"],
	],
	"cnt-3": [
		[measured("Count", ucum(3, "1")), measured("Count", { value: 3 }), "Patient.extension[0].value.ofType(Count)"],
		[measured("Count", ucum(3, "1")), measured("Count", ucum(3.5, "1")), "Patient.extension[0].value.ofType(Count)"],
		[measured("Count", ucum(3, "1")), measured("Count", ucum(3, "m")), "Patient.extension[0].value.ofType(Count)"],
	],
	"dis-1": [
		[
			measured("Distance", ucum(3, "m")),
			measured("Distance", { value: 3 }),
			"Patient.extension[0].value.ofType(Distance)",
		],
		[
			measured("Distance", ucum(3, "km")),
			measured("Distance", { value: 3, code: "m", system: "http://x.example" }),
			"Patient.extension[0].value.ofType(Distance)",
		],
	],
	"drq-1": [
		[
			filter({ codeFilter: [{ path: "code" }] }),
			filter({ codeFilter: [{ path: "code", searchParam: "code" }] }),
			"Library.dataRequirement[0].codeFilter[0]",
		],
	],
	"drq-2": [
		[
			filter({ dateFilter: [{ searchParam: "date" }] }),
			filter({ dateFilter: [{ valueDateTime: "2024" }] }),
			"Library.dataRequirement[0].dateFilter[0]",
		],
	],
	"exp-1": [
		[
			expression({ expression: "true" }),
			expression({ description: "always" }),
			"PlanDefinition.action[0].condition[0].expression",
		],
	],
	"trd-1": [
		[
			trigger({ type: "data-added", data }),
			trigger({ type: "data-added", data, timingDate: "2024-01-01" }),
			"PlanDefinition.action[0].trigger[0]",
		],
	],
	"trd-2": [
		[
			trigger({ type: "data-added", data, condition: { language: "text/fhirpath", expression: "true" } }),
			trigger({
				type: "named-event",
				name: "a",
				condition: { language: "text/fhirpath", expression: "true" },
			}),
			"PlanDefinition.action[0].trigger[0]",
		],
	],
	"trd-3": [
		[
			trigger({ type: "named-event", name: "a" }),
			trigger({ type: "named-event" }),
			"PlanDefinition.action[0].trigger[0]",
		],
		[
			trigger({ type: "periodic", timingDate: "2024-01-01" }),
			trigger({ type: "periodic" }),
			"PlanDefinition.action[0].trigger[0]",
		],
		[trigger({ type: "data-added", data }), trigger({ type: "data-added" }), "PlanDefinition.action[0].trigger[0]"],
	],
};

/** Every key that R4 states for the types that have tables of their own, and for all data types within them. */
function keysWithin(types: readonly string[]): Set<string> {
	const definitions = loadDefinitions();
	const canonicals = types.map((type) => CORE + type);
	const keys = new Set(["ele-1", "ext-1"]);
	for (const canonical of canonicals) {
		const { elements = [], base } = definitions.profile(canonical) ?? {};
		const next = elements.flatMap((element) =>
			element.types.flatMap(({ code, profiles }) => [CORE + code, ...profiles]),
		);
		for (const element of elements) for (const { key } of element.constraints ?? []) keys.add(key);
		for (const one of base === undefined ? next : [...next, base])
			if (!canonicals.includes(one) && one !== `${CORE}Resource`) canonicals.push(one);
	}
	return keys;
}

/** Told under a message of its own, which says what the rule means here. */
const OWN_KINDS: Readonly<Record<string, readonly string[]>> = {
	"ele-1": [MESSAGES["primitive-empty"].rule, MESSAGES.empty.rule],
	"ext-1": [MESSAGES["extension-content"].rule],
	"dom-2": [MESSAGES.contained.rule],
	"dom-3": [MESSAGES.contained.rule],
	"dom-4": [MESSAGES.contained.rule],
	"dom-5": [MESSAGES.contained.rule],
	"txt-1": [MESSAGES.narrative.rule],
	"txt-2": [MESSAGES.narrative.rule],
	"ref-1": [MESSAGES["local-reference"].rule],
};

const isAbout = (key: string, { rule, text }: { rule?: string; text: string }): boolean =>
	OWN_KINDS[key]?.includes(rule ?? "") || text.includes(` ${key}: `);

for (const [key, rows] of Object.entries(INVARIANTS)) {
	t.test(`${key} holds where it should, and is found broken at its place`, async (t) => {
		for (const [good, bad, expression] of rows) {
			const quiet = (await findings(good)).filter((issue) => issue.severity === "error" || isAbout(key, issue));
			t.strictSame(quiet, [], JSON.stringify(good));
			const found = (await findings(bad)).filter((issue) => isAbout(key, issue));
			t.strictSame(
				found.map((issue) => issue.expression),
				[expression],
				JSON.stringify(bad),
			);
		}
	});
}

t.test("the table has every invariant of the typed resources and of their data types, and no other", async (t) => {
	t.strictSame(Object.keys(INVARIANTS).toSorted(), [...keysWithin(TYPED)].toSorted());
});

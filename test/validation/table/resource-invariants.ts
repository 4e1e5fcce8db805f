import type { Sample } from "../../support/validation.ts";
import type { Invariants } from "../../support/validation-invariants.ts";

const terminology = (name: string, code: string): object => ({
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
const within = (members: object): Sample =>
	patient({ contained: [members], managingOrganization: { reference: "#o" } });
const div = (content: string): object => ({
	status: "generated",
	div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`,
});

/** Invariants of the resources that have tables of their own, and of every element. */
export const RESOURCE_INVARIANTS: Invariants = {
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
};

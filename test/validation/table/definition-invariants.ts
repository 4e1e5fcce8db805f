import type { Sample } from "../../support/validation.ts";
import type { Invariants } from "../../support/validation-invariants.ts";

const element = (members: object): Sample => ({
	resourceType: "StructureDefinition",
	url: "http://x.example/s",
	name: "S",
	status: "draft",
	kind: "resource",
	abstract: false,
	type: "Patient",
	baseDefinition: "http://hl7.org/fhir/StructureDefinition/DomainResource",
	derivation: "specialization",
	differential: { element: [{ id: "Patient.a", path: "Patient.a", ...members }] },
});
const PLACE = "StructureDefinition.differential.element[0]";
const slicing = { rules: "open" };
const rule = { key: "x-1", severity: "error", human: "x", expression: "true" };
const code = [{ code: "code" }];

/** Invariants of element definitions. */
export const DEFINITION_INVARIANTS: Invariants = {
	"eld-1": [
		[
			element({ slicing: { ...slicing, description: "x" } }),
			element({ slicing: { ...slicing, ordered: true } }),
			`${PLACE}.slicing`,
		],
	],
	"eld-2": [[element({ min: 1, max: "1" }), element({ min: 2, max: "1" }), PLACE]],
	"eld-3": [[element({ max: "*" }), element({ max: "-2" }), `${PLACE}.max`]],
	"eld-4": [
		[
			element({ type: [{ code: "Reference", aggregation: ["bundled"] }] }),
			element({ type: [{ code: "string", aggregation: ["bundled"] }] }),
			`${PLACE}.type[0]`,
		],
	],
	"eld-5": [
		[element({ contentReference: "#Patient.b" }), element({ contentReference: "#Patient.b", type: code }), PLACE],
	],
	"eld-6": [
		[element({ type: code, fixedCode: "a" }), element({ type: [...code, { code: "string" }], fixedCode: "a" }), PLACE],
	],
	"eld-7": [
		[
			element({ type: code, patternCode: "a" }),
			element({ type: [...code, { code: "string" }], patternCode: "a" }),
			PLACE,
		],
	],
	"eld-8": [[element({ patternCode: "a" }), element({ patternCode: "a", fixedCode: "a" }), PLACE]],
	"eld-12": [
		[
			element({ binding: { strength: "example", valueSet: "http://x.example" } }),
			element({ binding: { strength: "example", valueSet: "#a" } }),
			`${PLACE}.binding`,
		],
	],
	"eld-13": [[element({ type: code }), element({ type: [...code, ...code] }), PLACE]],
	"eld-14": [[element({ constraint: [rule, { ...rule, key: "x-2" }] }), element({ constraint: [rule, rule] }), PLACE]],
	"eld-15": [
		[element({ meaningWhenMissing: "x" }), element({ meaningWhenMissing: "x", defaultValueCode: "a" }), PLACE],
	],
	"eld-16": [[element({ sliceName: "a/b" }), element({ sliceName: "a b" }), PLACE]],
	"eld-17": [
		[
			element({ type: [{ code: "canonical", targetProfile: ["http://x.example"] }] }),
			element({ type: [{ code: "string", targetProfile: ["http://x.example"] }] }),
			`${PLACE}.type[0]`,
		],
	],
	"eld-18": [
		[element({ isModifier: true, isModifierReason: "x" }), element({ isModifier: true }), PLACE],
		[element({ isModifier: false }), element({ isModifier: true }), PLACE],
	],
	"eld-19": [[element({ path: "Patient.a[x]" }), element({ path: "??" }), PLACE]],
	"eld-20": [[element({ path: "Patient.a[x]" }), element({ path: "1" }), PLACE]],
	"eld-21": [
		[
			element({ constraint: [rule] }),
			element({ constraint: [{ ...rule, expression: undefined }] }),
			`${PLACE}.constraint[0]`,
		],
	],
	"eld-22": [[element({ sliceIsConstraining: true, sliceName: "a" }), element({ sliceIsConstraining: true }), PLACE]],
};

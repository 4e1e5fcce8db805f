import t from "tap";
import { definitionsOf, layer } from "../../src/definitions/definitions.ts";
import { loadR4 } from "../../src/definitions/load.ts";
import type { ElementRule } from "../../src/definitions/profile.ts";
import { type JsonObject, Problem, type Resource } from "../../src/kernel/index.ts";

const HL7 = "http://hl7.org/fhir/StructureDefinition/";
const OWN = "http://clinic.example/StructureDefinition/";

/** A profile of `type` with these elements; ids are left to be found from path and slice name. */
const profile = (name: string, type: string, element: JsonObject[], more: JsonObject = {}): Resource => ({
	resourceType: "StructureDefinition",
	url: OWN + name,
	version: "1.0.0",
	name,
	status: "active",
	kind: "resource",
	abstract: false,
	type,
	baseDefinition: HL7 + type,
	derivation: "constraint",
	differential: { element: element.length > 0 ? element : [{ path: type }] },
	...more,
});

const over = (...resources: Resource[]) => layer(definitionsOf(resources), loadR4());
const elementsOf = (...resources: [Resource, ...Resource[]]): ReadonlyMap<string, ElementRule> =>
	new Map(
		over(...resources)
			.profile(String(resources[0].url))
			?.elements.map((rule) => [rule.id, rule]),
	);
const faultOf = (...resources: [Resource, ...Resource[]]): Problem => {
	try {
		over(...resources).profile(String(resources[0].url));
	} catch (error) {
		if (error instanceof Problem) return error;
		throw error;
	}
	throw new Error("the profile was made");
};

t.test("a change is merged onto the base, all else stays", async (t) => {
	const rules = elementsOf(
		profile("P", "Patient", [
			{ path: "Patient", constraint: [{ key: "own-1", severity: "error", human: "h", expression: "name.exists()" }] },
			{ path: "Patient.gender", min: 1, mustSupport: true },
			{ path: "Patient.deceased[x]", type: [{ code: "boolean" }] },
			{ path: "Patient.maritalStatus", binding: { strength: "required", valueSet: "http://clinic.example/vs" } },
		]),
	);
	const base = loadR4().profile(`${HL7}Patient`)?.elements ?? [];
	t.same(
		[...rules.keys()],
		base.map(({ id }) => id),
		"the order is that of the base",
	);
	t.match(rules.get("Patient.gender"), { min: 1, max: 1, mustSupport: true, binding: { strength: "required" } });
	t.same(rules.get("Patient.deceased[x]")?.types, [{ code: "boolean", profiles: [], targetProfiles: [] }]);
	t.match(rules.get("Patient.maritalStatus")?.binding, { strength: "required", valueSet: "http://clinic.example/vs" });
	const keys = rules.get("Patient")?.constraints?.map(({ key }) => key);
	t.ok(keys?.includes("own-1") && keys.includes("dom-2"), "constraints add up");
	t.same(
		rules.get("Patient.birthDate"),
		base.find(({ id }) => id === "Patient.birthDate"),
	);
});

t.test("a path into data types copies their elements", async (t) => {
	const rules = elementsOf(
		profile("P", "Patient", [{ path: "Patient.identifier.type.coding.system", min: 1, fixedUri: "http://s.example" }]),
	);
	t.match(rules.get("Patient.identifier.type.coding.system"), { min: 1, max: 1, fixed: "http://s.example" });
	t.match(rules.get("Patient.identifier.type.coding.code"), { min: 0, types: [{ code: "code" }] });
	t.match(rules.get("Patient.identifier.use"), { isModifier: true, binding: { strength: "required" } });
	t.notOk(rules.has("Patient.name.given"), "what is not walked into stays closed");
});

t.test("a path goes into the profile of a type where there is one", async (t) => {
	const rules = elementsOf(profile("P", "Observation", [{ path: "Observation.referenceRange.low.value", min: 1 }]));
	t.match(rules.get("Observation.referenceRange.low.comparator"), { max: 0 }, "SimpleQuantity has none");
});

t.test("shared content is unfolded, as the type has it", async (t) => {
	const item = [
		{ path: "Questionnaire.item.prefix", max: "0" },
		{ path: "Questionnaire.item.item.text", min: 1 },
	];
	const rules = elementsOf(profile("Q", "Questionnaire", item));
	t.match(rules.get("Questionnaire.item.item"), { types: [{ code: "BackboneElement" }], contentReference: undefined });
	t.match(rules.get("Questionnaire.item.item.text"), { min: 1 });
	t.match(rules.get("Questionnaire.item.item.prefix"), { max: 1 }, "not what the profile makes of the outer item");
	t.match(rules.get("Questionnaire.item.item.item"), { contentReference: "Questionnaire.item" });
	t.match(
		elementsOf(profile("B", "Bundle", [{ path: "Bundle.entry.link.url", short: "s" }])).get("Bundle.entry.link.url"),
		{
			min: 1,
		},
	);
	const sections = elementsOf(profile("C", "Composition", [{ path: "Composition.section.section.title", min: 1 }]));
	t.match(sections.get("Composition.section.section.title"), { min: 1 });
	t.match(sections.get("Composition.section.title"), { min: 0 });
});

t.test("a resource inside a Bundle brings its shared content along", async (t) => {
	const rules = elementsOf(
		profile("B", "Bundle", [
			{ path: "Bundle.entry", slicing: { discriminator: [{ type: "type", path: "resource" }], rules: "open" } },
			{ path: "Bundle.entry", sliceName: "composition", min: 1, max: "1" },
			{ path: "Bundle.entry.resource", min: 1, type: [{ code: "Composition" }] },
			{ path: "Bundle.entry.resource.title", min: 1 },
		]),
	);
	t.match(rules.get("Bundle.entry:composition"), { min: 1, max: 1, sliceName: "composition" });
	t.match(rules.get("Bundle.entry:composition.resource"), { min: 1, types: [{ code: "Composition" }] });
	t.match(rules.get("Bundle.entry:composition.resource.section.section"), {
		contentReference: "Bundle.entry:composition.resource.section",
	});
	t.ok(rules.has("Bundle.entry:composition.request.method"), "a slice has all that the element has");
});

t.test("slices and reslices, with what the element says as a whole", async (t) => {
	const rules = elementsOf(
		profile("C", "Condition", [
			{ path: "Condition.code.coding", min: 1, slicing: { discriminator: [{ type: "value", path: "system" }] } },
			{ path: "Condition.code.coding.display", min: 1 },
			{
				path: "Condition.code.coding",
				sliceName: "sct",
				max: "2",
				slicing: { discriminator: [{ type: "value", path: "code" }] },
			},
			{ path: "Condition.code.coding.system", min: 1, fixedUri: "http://snomed.info/sct" },
			{ path: "Condition.code.coding", sliceName: "sct/primary", max: "1" },
			{ path: "Condition.code.coding", sliceName: "icd" },
		]),
	);
	const ids = [...rules.keys()].filter((id) => /^Condition\.code\.coding[^.]*$/.test(id));
	t.same(
		ids,
		["", ":sct", ":sct/primary", ":icd"].map((slice) => `Condition.code.coding${slice}`),
	);
	t.match(rules.get("Condition.code.coding"), { min: 1, slicing: { rules: "open", ordered: false } });
	t.match(rules.get("Condition.code.coding:sct"), { min: 0, max: 2, sliceName: "sct" });
	t.match(rules.get("Condition.code.coding:sct/primary"), { min: 0, max: 1, slicing: undefined });
	t.equal(rules.get("Condition.code.coding:sct/primary.system")?.fixed, "http://snomed.info/sct");
	t.match(rules.get("Condition.code.coding:icd.display"), { min: 1 });
	t.equal(rules.get("Condition.code.coding:icd.system")?.fixed, undefined);
});

t.test("a profile changes the slices of its base", async (t) => {
	const rules = elementsOf(
		profile(
			"BP",
			"Observation",
			[
				{
					id: "Observation.component:SystolicBP",
					path: "Observation.component",
					sliceName: "SystolicBP",
					mustSupport: true,
				},
			],
			{
				baseDefinition: `${HL7}bp`,
			},
		),
	);
	t.match(rules.get("Observation.component:SystolicBP"), { min: 1, max: 1, mustSupport: true });
	t.match(rules.get("Observation.component:SystolicBP.code.coding:SBPCode.code"), { fixed: "8480-6" });
});

t.test("extensions are sliced by url without a word", async (t) => {
	const nickname = `${OWN}nickname`;
	const extension = {
		path: "Patient.extension",
		sliceName: "nickname",
		type: [{ code: "Extension", profile: [nickname] }],
	};
	const rules = elementsOf(
		profile("P", "Patient", [
			{ ...extension, min: 1 },
			{ path: "Patient.extension.value[x]", min: 1 },
		]),
		profile(
			"nickname",
			"Extension",
			[
				{ path: "Extension.url", fixedUri: nickname },
				{ path: "Extension.value[x]", type: [{ code: "string" }] },
			],
			{ kind: "complex-type", context: [{ type: "element", expression: "Patient" }] },
		),
	);
	t.same(rules.get("Patient.extension")?.slicing, {
		rules: "open",
		ordered: false,
		discriminators: [{ type: "value", path: "url" }],
	});
	t.match(rules.get("Patient.extension:nickname"), { min: 1, types: [{ profiles: [nickname] }] });
	t.equal(rules.get("Patient.extension:nickname.url")?.fixed, nickname);
	t.match(rules.get("Patient.extension:nickname.value[x]"), { min: 1, types: [{ code: "string" }] });
	t.equal(elementsOf(profile("E", "Patient", [])).get("Patient.extension")?.slicing, undefined);
});

t.test("a choice is sliced by type: named short, or as a slice", async (t) => {
	const short = elementsOf(profile("O", "Observation", [{ path: "Observation.valueQuantity.unit", min: 1 }]));
	t.match(short.get("Observation.value[x]"), { types: [{ code: "Quantity" }], slicing: { rules: "closed" } });
	t.match(short.get("Observation.value[x]:valueQuantity"), { min: 0, max: 1, types: [{ code: "Quantity" }] });
	t.match(short.get("Observation.value[x]:valueQuantity.unit"), { min: 1, path: "Observation.value[x].unit" });
	const open = elementsOf(
		profile("O", "Observation", [
			{ path: "Observation.value[x]", min: 1 },
			{ path: "Observation.value[x]", sliceName: "valueQuantity" },
			{ path: "Observation.value[x].code", min: 1 },
			{ path: "Observation.valueString", maxLength: 10 },
		]),
	);
	t.match(open.get("Observation.value[x]"), { min: 1, slicing: { rules: "open", discriminators: [{ type: "type" }] } });
	t.equal(open.get("Observation.value[x]")?.types.length, 11, "the other types stay");
	t.match(open.get("Observation.value[x]:valueQuantity.code"), { min: 1 });
	t.match(open.get("Observation.value[x]:valueString"), { maxLength: 10, types: [{ code: "string" }] });
});

t.test("a base may be a differential itself, in another layer", async (t) => {
	const first = profile("A", "Patient", [{ path: "Patient.name", min: 1 }]);
	const second = profile("B", "Patient", [{ path: "Patient.name", max: "1" }], { baseDefinition: `${OWN}A|1.0.0` });
	const both = layer(definitionsOf([second]), layer(definitionsOf([first]), loadR4()));
	t.match(
		both.profile(`${OWN}B`)?.elements.find(({ id }) => id === "Patient.name"),
		{ min: 1, max: 1 },
	);
});

t.test("a complete snapshot is used as it is, an incomplete one is not", async (t) => {
	const differential = { element: [{ path: "Patient.name", min: 1 }] };
	const root = { id: "Patient", path: "Patient", min: 0, max: "*" };
	const given = [root, { id: "Patient.name", path: "Patient.name", min: 0, max: "7", type: [{ code: "HumanName" }] }];
	const whole = elementsOf(profile("P", "Patient", [], { differential, snapshot: { element: given } }));
	t.same([...whole.keys()], ["Patient", "Patient.name"]);
	t.match(whole.get("Patient.name"), { min: 0, max: 7 });
	const half = [root, { path: "Patient.name", min: 0, type: [{ code: "HumanName" }] }];
	t.match(elementsOf(profile("P", "Patient", [], { differential, snapshot: { element: half } })).get("Patient.name"), {
		min: 1,
		max: Number.POSITIVE_INFINITY,
	});
});

t.test("what a profile may not do is refused, with place and mend", async (t) => {
	const code = {
		path: "Observation.code.coding",
		slicing: { discriminator: [{ type: "value", path: "code" }], rules: "closed" },
	};
	const cases: [name: string, type: string, elements: JsonObject[], text: RegExp][] = [
		[
			"an unknown element",
			"Patient",
			[{ path: "Patient.nick" }],
			/element Patient\.nick: Patient has no element "nick": use one of id, meta/,
		],
		[
			"an element below a leaf",
			"Patient",
			[{ path: "Patient.gender.colour" }],
			/Patient\.gender has no element "colour"/,
		],
		["another root", "Patient", [{ path: "Person.name" }], /does not begin with Patient/],
		[
			"a smaller min",
			"Observation",
			[{ path: "Observation.status", min: 0 }],
			/cardinality 0\.\.1 is wider than 1\.\.1 of the base/,
		],
		["a larger max", "Patient", [{ path: "Patient.gender", max: "*" }], /cardinality 0\.\.\* is wider than 0\.\.1/],
		["min above max", "Patient", [{ path: "Patient.name", min: 2, max: "1" }], /2\.\.1 cannot be met/],
		[
			"another type",
			"Patient",
			[{ path: "Patient.birthDate", type: [{ code: "dateTime" }] }],
			/type dateTime is none of the base \(date\)/,
		],
		[
			"a weaker binding",
			"Patient",
			[{ path: "Patient.gender", binding: { strength: "example" } }],
			/binding is example, that of the base required/,
		],
		[
			"a slice without slicing",
			"Patient",
			[{ path: "Patient.name", sliceName: "official" }],
			/Patient\.name is not sliced: give it a slicing/,
		],
		[
			"inside an unknown slice",
			"Patient",
			[{ id: "Patient.name:x.text", path: "Patient.name.text" }],
			/there is no slice "x"/,
		],
		["a choice of several types", "Observation", [{ path: "Observation.value[x].coding" }], /may be of several types/],
		["another type's slice", "Patient", [{ path: "Patient.deceasedString" }], /no element "deceasedString"/],
	];
	for (const [name, type, elements, text] of cases) {
		const fault = faultOf(profile("P", type, elements));
		t.equal(fault.kind, "unprocessable", name);
		t.match(fault.issues, [{ text, expression: "StructureDefinition.differential.element[0]" }], name);
		t.match(fault.message, "http://clinic.example/StructureDefinition/P|1.0.0", name);
	}
	const closed = profile("A", "Observation", [code, { path: "Observation.code.coding", sliceName: "a" }]);
	const addsSlice = profile("B", "Observation", [{ path: "Observation.code.coding", sliceName: "b" }], {
		baseDefinition: `${OWN}A`,
	});
	t.match(faultOf(addsSlice, closed).message, /slicing of Observation\.code\.coding is closed in the base/);
	const opens = profile("B", "Observation", [{ ...code, slicing: { rules: "open" } }], { baseDefinition: `${OWN}A` });
	t.match(faultOf(opens, closed).message, /the slicing is open, that of the base closed/);
	const fixed = profile("A", "Observation", [{ path: "Observation.status", fixedCode: "final" }]);
	const refixed = profile("B", "Observation", [{ path: "Observation.status", fixedCode: "amended" }], {
		baseDefinition: `${OWN}A`,
	});
	t.match(faultOf(refixed, fixed).message, /fixed value differs/);
	const ordered = (coding: object) =>
		[profile("B", "Observation", [{ path: "Observation.code", ...coding }], { baseDefinition: `${OWN}A` })] as const;
	const loinc = { coding: [{ system: "http://loinc.org" }] };
	const coded = profile("A", "Observation", [{ path: "Observation.code", patternCodeableConcept: loinc }]);
	const heart = { coding: [{ code: "8867-4", system: "http://loinc.org" }] };
	t.match(elementsOf(...ordered({ patternCodeableConcept: heart }), coded).get("Observation.code"), { pattern: heart });
	const bare = { coding: [{ code: "8867-4" }] };
	t.match(faultOf(...ordered({ patternCodeableConcept: bare }), coded).message, /lacks a part of the pattern/);
	t.match(faultOf(...ordered({ fixedCodeableConcept: bare }), coded).message, /fixed value lacks a part/);
});

t.test("all faults of a profile are told at once", async (t) => {
	const fault = faultOf(
		profile("P", "Patient", [{ path: "Patient.a" }, { path: "Patient.name" }, { path: "Patient.b" }]),
	);
	t.match(fault.issues, [
		{ expression: "StructureDefinition.differential.element[0]" },
		{ expression: "StructureDefinition.differential.element[2]" },
	]);
});

t.test("an unknown base, another type and a circle are refused", async (t) => {
	const lost = profile("P", "Patient", [], { baseDefinition: `${OWN}gone` });
	t.match(faultOf(lost).issues, [
		{ text: /derived from .*gone, which is not known here/, expression: "StructureDefinition.baseDefinition" },
	]);
	t.match(
		faultOf(profile("P", "Patient", [], { baseDefinition: `${HL7}Observation` })).message,
		/is of type Patient, but its base/,
	);
	t.match(faultOf(profile("P", "Patient", [], { baseDefinition: undefined })).message, /names no baseDefinition/);
	const [a, b] = [
		profile("A", "Patient", [], { baseDefinition: `${OWN}B` }),
		profile("B", "Patient", [], { baseDefinition: `${OWN}A` }),
	] as const;
	t.match(faultOf(a, b).message, /is built on itself/);
	t.match(faultOf(profile("P", "Patient", [], { differential: undefined })).message, /has no usable differential/);
});

t.test("a profile that would grow without bound is refused", async (t) => {
	const below = (depth: number) => `Patient${".extension".repeat(depth)}`;
	t.match(faultOf(profile("P", "Patient", [{ path: below(70) }])).message, /has more than 64 steps/);
	const reslice = Array.from({ length: 70 }, (_, i) => `s${i}`).join("/");
	t.match(
		faultOf(profile("P", "Patient", [{ path: "Patient.identifier", sliceName: reslice }])).message,
		/has more than 64 steps/,
	);
	const many = Array.from({ length: 5001 }, (_, i) => ({ id: `Patient.x${i}`, path: `Patient.x${i}` }));
	t.match(faultOf(profile("P", "Patient", many)).message, /at most 5000 can be used/);
	const doubling = Array.from({ length: 40 }, (_, i) => ({
		id: `${below(40 - i)}:s`,
		path: below(40 - i),
		sliceName: "s",
	}));
	t.match(faultOf(profile("P", "Patient", [{ path: below(40) }, ...doubling])).message, /too many elements/);
	const chain = Array.from({ length: 300 }, (_, i) =>
		profile(`C${i}`, "Patient", [], { baseDefinition: `${OWN}C${i + 1}` }),
	);
	t.match(faultOf(...(chain as [Resource])).message, /built on itself/);
});

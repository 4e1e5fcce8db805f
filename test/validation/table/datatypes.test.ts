import t from "tap";
import { loadDefinitions, loadRegistry } from "../../../src/definitions/index.ts";
import type { JsonObject } from "../../../src/kernel/index.ts";
import { MESSAGES, type MessageKind } from "../../../src/validation/index.ts";
import { findings, type Sample } from "../../support/validation.ts";

const registry = loadRegistry();

/** Where a value of the type stands: in an extension, unless told. */
type Holder = readonly [place: string, hold: (value: object) => Sample];
const extension = (type: string): Holder => [
	`Patient.extension[0].value.ofType(${type})`,
	(value) => ({ resourceType: "Patient", extension: [{ url: "urn:x", [`value${type}`]: value }] }),
];
const product = { resourceType: "MedicinalProduct", name: [{ productName: "x" }] };
const HOLDERS: Record<string, Holder> = {
	Element: ["Patient.birthDate", (value) => ({ resourceType: "Patient", birthDate: "2024", _birthDate: value })],
	BackboneElement: ["Patient.contact[0]", (value) => ({ resourceType: "Patient", contact: [value] })],
	Extension: ["Patient.extension[0]", (value) => ({ resourceType: "Patient", extension: [value] })],
	Narrative: ["Patient.text", (value) => ({ resourceType: "Patient", text: value })],
	ElementDefinition: [
		"StructureDefinition.differential.element[0]",
		(value) => ({
			resourceType: "StructureDefinition",
			url: "http://x.example/s",
			name: "S",
			status: "draft",
			kind: "resource",
			abstract: false,
			type: "Patient",
			baseDefinition: "http://hl7.org/fhir/StructureDefinition/Patient",
			derivation: "constraint",
			differential: { element: [value] },
		}),
	],
	MarketingStatus: ["MedicinalProduct.marketingStatus[0]", (value) => ({ ...product, marketingStatus: [value] })],
	Population: [
		"MedicinalProductIndication.population[0]",
		(value) => ({ resourceType: "MedicinalProductIndication", population: [value] }),
	],
	ProdCharacteristic: [
		"DeviceDefinition.physicalCharacteristics",
		(value) => ({ resourceType: "DeviceDefinition", physicalCharacteristics: value }),
	],
	ProductShelfLife: [
		"DeviceDefinition.shelfLifeStorage[0]",
		(value) => ({ resourceType: "DeviceDefinition", shelfLifeStorage: [value] }),
	],
	SubstanceAmount: [
		"SubstancePolymer.repeat[0].repeatUnit[0].amount",
		(value) => ({ resourceType: "SubstancePolymer", repeat: [{ repeatUnit: [{ amount: value }] }] }),
	],
};

const text = { text: "x" };
const coding = { system: "http://x.example/s", code: "a", display: "A", version: "1", userSelected: true };
const measure = (code: string) => ({ value: 5, unit: code, system: "http://unitsofmeasure.org", code });
const reference = { reference: "Patient/1", type: "Patient", display: "x", identifier: { value: "1" } };

/** A right value of every type, with as much in it as goes together. */
const GOOD: Record<string, object> = {
	Address: {
		use: "home",
		type: "both",
		text: "x",
		line: ["1", "2"],
		city: "x",
		district: "x",
		state: "x",
		postalCode: "1",
		country: "IN",
		period: { start: "2024" },
	},
	Age: { ...measure("a"), comparator: "<" },
	Annotation: { authorString: "x", time: "2024", text: "x" },
	Attachment: {
		contentType: "image/png",
		language: "en",
		data: "AAAA",
		url: "http://x.example",
		size: 3,
		hash: "AAAA",
		title: "x",
		creation: "2024",
	},
	BackboneElement: { name: text, modifierExtension: [{ url: "urn:x", valueBoolean: true }] },
	CodeableConcept: { coding: [coding], text: "x" },
	Coding: coding,
	ContactDetail: { name: "x", telecom: [{ system: "phone", value: "1" }] },
	ContactPoint: { system: "phone", value: "1", use: "work", rank: 1, period: { start: "2024" } },
	Contributor: { type: "author", name: "x", contact: [{ name: "x" }] },
	Count: measure("1"),
	DataRequirement: {
		type: "Observation",
		profile: ["http://x.example"],
		subjectCodeableConcept: { coding: [{ system: "http://hl7.org/fhir/resource-types", code: "Patient" }] },
		mustSupport: ["code"],
		codeFilter: [{ path: "code", code: [coding] }],
		dateFilter: [{ path: "effective", valueDateTime: "2024" }],
		limit: 1,
		sort: [{ path: "effective", direction: "ascending" }],
	},
	Distance: measure("m"),
	Dosage: {
		sequence: 1,
		text: "x",
		additionalInstruction: [text],
		patientInstruction: "x",
		timing: { code: text },
		asNeededBoolean: true,
		site: text,
		route: text,
		method: text,
		doseAndRate: [{ type: text, doseQuantity: measure("mg"), rateQuantity: measure("mL/h") }],
		maxDosePerPeriod: { numerator: measure("mg"), denominator: measure("d") },
		maxDosePerAdministration: measure("mg"),
		maxDosePerLifetime: measure("g"),
	},
	Duration: measure("h"),
	Element: { id: "a", extension: [{ url: "urn:x", valueCode: "a" }] },
	ElementDefinition: {
		id: "Patient.gender",
		path: "Patient.gender",
		representation: ["xmlAttr"],
		sliceName: "a",
		sliceIsConstraining: false,
		label: "x",
		code: [coding],
		slicing: { discriminator: [{ type: "value", path: "$this" }], ordered: false, rules: "open" },
		short: "x",
		definition: "x",
		comment: "x",
		requirements: "x",
		alias: ["x"],
		min: 0,
		max: "1",
		base: { path: "Patient.gender", min: 0, max: "1" },
		type: [{ code: "code" }],
		orderMeaning: "x",
		fixedCode: "male",
		example: [{ label: "x", valueCode: "male" }],
		minValueInteger: 1,
		maxValueInteger: 1,
		maxLength: 9,
		condition: ["x-1"],
		constraint: [{ key: "x-1", severity: "error", human: "x", expression: "true" }],
		mustSupport: true,
		isModifier: true,
		isModifierReason: "x",
		isSummary: true,
		binding: { strength: "required", valueSet: "http://hl7.org/fhir/ValueSet/administrative-gender" },
		mapping: [{ identity: "v2", map: "x" }],
	},
	Expression: {
		description: "x",
		name: "a",
		language: "text/fhirpath",
		expression: "true",
		reference: "http://x.example",
	},
	Extension: { url: "urn:x", valueString: "x" },
	HumanName: {
		use: "official",
		text: "x",
		family: "x",
		given: ["x"],
		prefix: ["x"],
		suffix: ["x"],
		period: { start: "2024" },
	},
	Identifier: {
		use: "official",
		type: text,
		system: "http://x.example",
		value: "1",
		period: { start: "2024" },
		assigner: { reference: "Organization/1" },
	},
	MarketingStatus: {
		country: text,
		jurisdiction: text,
		status: text,
		dateRange: { start: "2024" },
		restoreDate: "2024",
	},
	Meta: {
		versionId: "1",
		lastUpdated: "2024-01-01T00:00:00Z",
		source: "http://x.example",
		profile: ["http://x.example"],
		security: [coding],
		tag: [coding],
	},
	Money: { value: 1, currency: "INR" },
	Narrative: { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
	ParameterDefinition: {
		name: "a",
		use: "in",
		min: 0,
		max: "1",
		documentation: "x",
		type: "string",
		profile: "http://x.example",
	},
	Period: { start: "2024", end: "2025" },
	Population: {
		ageRange: { low: measure("a") },
		gender: text,
		race: text,
		physiologicalCondition: text,
	},
	ProdCharacteristic: {
		height: measure("mm"),
		width: measure("mm"),
		depth: measure("mm"),
		weight: measure("g"),
		nominalVolume: measure("mL"),
		externalDiameter: measure("mm"),
		shape: "x",
		color: ["x"],
		imprint: ["x"],
		image: [{ url: "http://x.example" }],
		scoring: text,
	},
	ProductShelfLife: {
		identifier: { value: "1" },
		type: text,
		period: measure("a"),
		specialPrecautionsForStorage: [text],
	},
	Quantity: { ...measure("mg"), comparator: ">=" },
	Range: { low: measure("mg"), high: measure("mg") },
	Ratio: { numerator: measure("mg"), denominator: measure("mL") },
	Reference: reference,
	RelatedArtifact: {
		type: "citation",
		label: "x",
		display: "x",
		citation: "x",
		url: "http://x.example",
		document: { url: "http://x.example" },
		resource: "http://x.example",
	},
	SampledData: {
		origin: measure("mV"),
		period: 10,
		factor: 1.5,
		lowerLimit: -1,
		upperLimit: 1,
		dimensions: 1,
		data: "1 2 E",
	},
	Signature: {
		type: [{ system: "urn:iso-astm:E1762-95:2013", code: "1.2.840.10065.1.12.1.1" }],
		when: "2024-01-01T00:00:00Z",
		who: { reference: "Practitioner/1" },
		onBehalfOf: { reference: "Organization/1" },
		targetFormat: "application/fhir+json",
		sigFormat: "application/jose",
		data: "AAAA",
	},
	SubstanceAmount: {
		amountQuantity: measure("mg"),
		amountType: text,
		amountText: "x",
		referenceRange: { lowLimit: measure("mg"), highLimit: measure("mg") },
	},
	Timing: {
		event: ["2024"],
		repeat: {
			boundsPeriod: { start: "2024" },
			count: 1,
			countMax: 2,
			duration: 1,
			durationMax: 2,
			durationUnit: "h",
			frequency: 1,
			frequencyMax: 2,
			period: 1,
			periodMax: 2,
			periodUnit: "d",
			dayOfWeek: ["mon"],
			when: ["MORN"],
			offset: 0,
		},
		code: text,
	},
	TriggerDefinition: {
		type: "data-added",
		name: "x",
		data: [{ type: "Observation" }],
		condition: { language: "text/fhirpath", expression: "true" },
	},
	UsageContext: { code: coding, valueCodeableConcept: text },
};

type Asserting = { ok(is: unknown, message: string): unknown };

const errorsIn = async (sample: Sample) =>
	(await findings(sample))
		.filter(({ severity }) => severity === "error")
		.map(({ rule, expression }) => [rule, expression]);

for (const [type, good] of Object.entries(GOOD)) {
	const [place, hold] = HOLDERS[type] ?? extension(type);
	const elements = registry.type(type)?.elements;
	/** That among the errors of `value` is one of a kind at a place: another broken rule may follow from it. */
	const finds = async (t: Asserting, value: JsonObject, kind: MessageKind, where: string) => {
		const { rule } = MESSAGES[kind];
		t.ok(
			(await errorsIn(hold(value))).some(([found, at]) => found === rule && at === where),
			`${rule} at ${where}`,
		);
	};
	t.test(`${type}: a full one is accepted`, async (t) => {
		t.strictSame(await errorsIn(hold(good)), []);
	});
	t.test(`${type}: what is missing, unknown, or not one, many or an object as it should be, is found`, async (t) => {
		await finds(t, { ...good, nonsense: "x" }, "unknown-property", place);
		for (const [name, value] of Object.entries(good)) {
			const element = elements?.get(name);
			if (!element) continue;
			const at = `${place}.${element.choice === undefined ? name : `${element.choice}.ofType(${element.type})`}`;
			await finds(t, { ...good, [name]: element.array ? value[0] : [value] }, "shape", at);
			const isPrimitive = registry.type(element.type)?.kind === "primitive";
			const wrong = isPrimitive ? { a: 1 } : "x";
			await finds(t, { ...good, [name]: element.array ? [wrong] : wrong }, "shape", element.array ? `${at}[0]` : at);
			if (element.array) await finds(t, { ...good, [name]: [] }, "empty", at);
			if (element.min === 0) continue;
			const { [name]: _, ...rest } = good as JsonObject;
			await finds(t, rest, "required", `${place}.${element.choice ?? name}`);
		}
	});
}

t.test("the table has every complex type of R4, and every one of its required elements", async (t) => {
	const definitions = loadDefinitions();
	const types = definitions.profiles
		.map((canonical) => definitions.profile(canonical))
		.filter((profile) => profile?.kind === "complex-type" && profile.derivation === "specialization")
		.map((profile) => profile?.type ?? "");
	t.strictSame(Object.keys(GOOD).toSorted(), [...new Set(types)].toSorted());
	for (const type of types) {
		const required = [...(registry.type(type)?.elements.values() ?? [])].filter(({ min }) => min > 0);
		for (const { name, choice } of required) {
			const given = Object.keys(GOOD[type] ?? {});
			t.ok(given.includes(name) || (choice && given.some((key) => key.startsWith(choice))), `${type}.${name}`);
		}
	}
});

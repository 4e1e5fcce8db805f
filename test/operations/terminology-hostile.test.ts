import t from "tap";
import { Problem } from "../../src/kernel/index.ts";
import { testClinic } from "../support/clinic.ts";

const ask = await testClinic(t);

const VALUES: readonly object[] = [
	{},
	{ valueString: "" },
	{ valueString: "x".repeat(100_000) },
	{ valueUri: "http://hl7.org/fhir/ValueSet/administrative-gender|" },
	{ valueUri: "|" },
	{ valueCode: "__proto__" },
	{ valueInteger: -1 },
	{ valueDecimal: 1e300 },
	{ valueBoolean: true },
	{ valueCoding: null },
	{ valueCoding: {} },
	{ valueCoding: { system: 5, code: "a" } },
	{ valueCoding: { system: "constructor", code: "toString" } },
	{ valueCodeableConcept: { coding: [{}] } },
	{ valueCodeableConcept: { coding: "x" } },
	{ part: [] },
	{ part: [{ name: "element" }, null] },
	{ resource: { resourceType: "Patient" } },
	{ resource: { resourceType: "ValueSet" } },
	{ resource: { resourceType: "ValueSet", compose: { include: [{}] } } },
	{ resource: { resourceType: "ValueSet", compose: { include: [null, { system: 1, concept: [null, {}] }] } } },
	{ resource: { resourceType: "ValueSet", compose: { include: [{ valueSet: ["given"] }] }, url: "given" } },
	{
		resource: {
			resourceType: "ValueSet",
			compose: {
				include: [
					{
						system: "http://hl7.org/fhir/administrative-gender",
						filter: [{ property: "code", op: "regex", value: "(a+)+(b*)*$" }],
					},
				],
			},
		},
	},
	{ resource: { resourceType: "CodeSystem", url: "urn:x", content: "complete", concept: [{ code: 1 }, null] } },
	{ resource: { resourceType: "ConceptMap", group: [null, { element: [{ target: [{}] }] }] } },
	{
		resource: { resourceType: "ConceptMap", url: "urn:m", group: [{ unmapped: { mode: "other-map", url: "urn:m" } }] },
	},
];

const OPERATIONS: Record<string, readonly string[]> = {
	"ValueSet/$validate-code": ["url", "valueSet", "code", "system", "display", "coding", "codeableConcept", "abstract"],
	"CodeSystem/$validate-code": ["url", "codeSystem", "code", "version", "coding", "codeableConcept"],
	"CodeSystem/$lookup": ["code", "system", "coding", "property", "displayLanguage"],
	"CodeSystem/$subsumes": ["codeA", "codeB", "codingA", "codingB", "system", "version"],
	"ValueSet/$expand": [
		"url",
		"valueSet",
		"filter",
		"count",
		"offset",
		"designation",
		"exclude-system",
		"displayLanguage",
	],
	"ConceptMap/$translate": ["url", "conceptMap", "code", "system", "coding", "dependency", "reverse", "target"],
	$closure: ["name", "concept", "version"],
};

/** A generator that gives the same numbers each time. */
function dice(seed: number): (sides: number) => number {
	let state = seed;
	return (sides) => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return (state >> 8) % sides;
	};
}

for (const [path, names] of Object.entries(OPERATIONS)) {
	t.test(`${path} answers or refuses whatever it is given`, async (t) => {
		const roll = dice(7);
		const kinds = new Map<string, number>();
		for (let n = 0; n < 250; n++) {
			const parameter = Array.from({ length: 1 + roll(3) }, () => ({
				name: names[roll(names.length)],
				...VALUES[roll(VALUES.length)],
			}));
			const kind = await ask("POST", path, { resourceType: "Parameters", parameter }).then(
				() => "answered",
				(error: unknown) => (error instanceof Problem && error.status < 500 ? "refused" : `${error}`),
			);
			kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
			if (!["answered", "refused"].includes(kind)) t.fail(`${kind}: ${JSON.stringify(parameter).slice(0, 500)}`);
		}
		t.ok((kinds.get("refused") ?? 0) > 50, JSON.stringify([...kinds]));
	});
}

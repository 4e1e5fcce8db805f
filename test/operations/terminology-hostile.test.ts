import t, { type Test } from "tap";
import { Problem } from "../../src/kernel/index.ts";
import { createTerminologyStore } from "../../src/tenancy/index.ts";
import { loadTerminology } from "../../src/terminology/index.ts";
import { jsonOf, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const large = createTerminologyStore(ask.database);
Object.assign(ask.engine, { terminology: loadTerminology({ large }) });
await large.load(async (sink) => {
	for (const code of ["a", "b", "c"]) {
		sink.concept({ code, display: code });
		sink.property(code, "kind", `of ${code}`, "string");
	}
	return { url: "urn:large", version: "1", name: "Large", caseSensitive: true };
});

const VALUES: readonly object[] = [
	{},
	{ valueString: "" },
	{ valueString: "x".repeat(100_000) },
	{ valueUri: "urn:large" },
	{ valueCode: "a\u0000" },
	{ valueCoding: { system: "urn:large", code: "\u0000" } },
	{ valueCoding: { system: "urn:large", code: "\ud800" } },
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

const given = (name: string, value: object) => ({ name, ...value });
const post = (path: string, ...parameter: object[]) => ask("POST", path, { resourceType: "Parameters", parameter });
const valueSet = (...include: object[]) =>
	given("valueSet", { resource: { resourceType: "ValueSet", url: "urn:x", compose: { include } } });
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** An answer that takes longer than this holds up everyone else who is served by the process. */
const MOST_MS = 2000;

const quickly = async (t: Test, asked: Promise<unknown>): Promise<void> => {
	const start = performance.now();
	await asked;
	const took = performance.now() - start;
	t.ok(took < MOST_MS, `took ${took.toFixed(0)} ms`);
};

t.test("a character that no database can hold is refused", async (t) => {
	const problem = await refused(
		t,
		post("CodeSystem/$lookup", given("system", { valueUri: "urn:large" }), given("code", { valueCode: "a\0" })),
		400,
	);
	t.match(problem.message, /U\+0000/);
	await refused(t, post("$closure", given("name", { valueString: "\0" })), 400);
});

t.test("value sets of very many parts are refused at once", async (t) => {
	const listed = many(10_000, (n) => ({ system: "urn:none", concept: [{ code: `c${n}` }] }));
	const regex = { property: "code", op: "regex", value: "(a|b|c)*d" };
	const filter = many(5000, () => ({ property: "kind", op: "=", value: "of a" }));
	for (const set of [
		valueSet(...listed),
		valueSet({ valueSet: many(10_000, (n) => `urn:v${n}`) }),
		valueSet(...many(50, () => ({ system: "http://hl7.org/fhir/administrative-gender", filter: [regex] }))),
		valueSet({ system: "urn:large", filter }),
	]) {
		await quickly(t, refused(t, post("ValueSet/$expand", set), 422));
		const code = [given("system", { valueUri: "urn:large" }), given("code", { valueCode: "a" })];
		await quickly(t, refused(t, post("ValueSet/$validate-code", set, ...code), 422));
	}
});

t.test("a filter may name more values than a statement may have", async (t) => {
	const value = ["of b", ...many(70_000, (n) => `v${n}`)].join(",");
	const set = valueSet({ system: "urn:large", filter: [{ property: "kind", op: "in", value }] });
	const { contains } = jsonOf(await post("ValueSet/$expand", set)).expansion;
	t.strictSame(contains, [{ system: "urn:large", code: "b", display: "b" }]);
});

t.test("a regular expression that the database cannot bear is ended", async (t) => {
	const filter = [{ property: "kind", op: "regex", value: "(x?){255}(y?){255}(z?){255}(v?){255}" }];
	const set = valueSet({ system: "urn:large", filter });
	t.equal((await refused(t, post("ValueSet/$expand", set), 422)).kind, "too-costly");
	const code = [given("system", { valueUri: "urn:large" }), given("code", { valueCode: "a" })];
	const { parameter } = jsonOf(await post("ValueSet/$validate-code", set, ...code));
	t.match(parameter, [{ valueBoolean: false }, { valueString: /cannot be told/ }]);
});

t.test("a concept with very many properties, and a code with very many codings, take no time", async (t) => {
	const property = many(50_000, () => ({ code: "p", valueCode: "v" }));
	const resource = {
		resourceType: "CodeSystem",
		url: "urn:cs",
		content: "complete",
		concept: [{ code: "a", property }],
	};
	await quickly(
		t,
		post("CodeSystem/$validate-code", given("codeSystem", { resource }), given("code", { valueCode: "b" })),
	);
	const coding = many(101, (n) => ({ system: "urn:large", code: `x${n}` }));
	const concept = given("codeableConcept", { valueCodeableConcept: { coding } });
	await refused(t, post("CodeSystem/$validate-code", given("url", { valueUri: "urn:large" }), concept), 400);
	const concepts = many(1001, (n) => given("concept", { valueCoding: { system: "urn:large", code: `x${n}` } }));
	await refused(t, post("$closure", given("name", { valueString: "n" }), ...concepts), 422);
});

t.test("a code system is unpacked once, whatever versions are asked for", async (t) => {
	const concept = many(20_000, (n) => ({ code: `c${n}`, display: `d${n}` }));
	const system = { resourceType: "CodeSystem", id: "own", url: "urn:own", version: "1", status: "active" };
	await ask("PUT", "CodeSystem/own", { ...system, content: "complete", concept });
	await ask("GET", "CodeSystem/$lookup?system=urn:own&code=c1");
	await quickly(
		t,
		(async () => {
			for (let n = 0; n < 100; n++) {
				await refused(t, ask("GET", `CodeSystem/$lookup?system=urn:own&code=c1&version=v${n}`), 404);
			}
		})(),
	);
});

t.test("maps that name one another many times are asked once", async (t) => {
	for (let n = 0; n < 9; n++) {
		const group = { source: "urn:a", target: "urn:b", unmapped: { mode: "other-map", url: `urn:m${n + 1}` } };
		const element = [{ code: "z", target: [{ code: "d", equivalence: "equal" }] }];
		await ask("PUT", `ConceptMap/m${n}`, {
			resourceType: "ConceptMap",
			id: `m${n}`,
			url: `urn:m${n}`,
			status: "active",
			group: many(10, () => ({ ...group, element })),
		});
	}
	await quickly(t, ask("GET", "ConceptMap/$translate?url=urn:m0&system=urn:a&code=x"));
	const { parameter } = jsonOf(await ask("GET", "ConceptMap/$translate?url=urn:m0&system=urn:a&code=z"));
	t.equal(parameter[0].valueBoolean, true);
});

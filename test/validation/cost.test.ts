import t from "tap";
import { loadDefinitions, loadRegistry } from "../../src/definitions/index.ts";
import type { Resource } from "../../src/kernel/index.ts";
import { createValidator, type ValidateOptions } from "../../src/validation/index.ts";

const registry = loadRegistry();
const definitions = loadDefinitions();
const validate = createValidator(registry, definitions);
const options: ValidateOptions = {
	profiles: [],
	mode: "enforce",
	advice: true,
	definitions,
	codes: () => "unknown",
};
const CORE = "http://hl7.org/fhir/StructureDefinition/";
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const hostile: Record<string, (n: number) => object> = {
	"profiles that are nearly known": (n) => ({ meta: { profile: many(n, (i) => `${CORE}v${i}`) } }),
	"types that are nearly known": (n) => ({ contained: many(n, (i) => ({ resourceType: `Organizatio${i}` })) }),
	"properties that are nearly known": (n) => Object.fromEntries(many(n, (i) => [`managingOrg${i}`, 1])),
	"codes that are nearly known": (n) => ({ contact: many(n, (i) => ({ gender: `femal${i}`, name: { text: "x" } })) }),
};

for (const [name, make] of Object.entries(hostile)) {
	t.test(`${name}: 20,000 of them do not hold the server up`, async (t) => {
		await validate({ resourceType: "Patient", ...make(10) } as Resource, options);
		const start = performance.now();
		const issues = await validate({ resourceType: "Patient", ...make(20_000) } as Resource, options);
		const took = performance.now() - start;
		t.ok(issues.length >= 200, `${issues.length} are told`);
		t.ok(took < 1500, `${Math.round(took)} ms`);
	});
}

t.test("20,000 contained resources and references to them do not hold the server up", async (t) => {
	const contained = many(20_000, (i) => ({ resourceType: "Organization", id: `o${i}`, name: "x" }));
	const generalPractitioner = contained.map(({ id }) => ({ reference: `#${id}` }));
	const start = performance.now();
	const issues = await validate(
		{ resourceType: "Patient", contained, generalPractitioner },
		{ ...options, advice: false },
	);
	const took = performance.now() - start;
	t.strictSame(issues, []);
	t.ok(took < 1500, `${Math.round(took)} ms`);
});

import t from "tap";
import { loadDefinitions, loadRegistry } from "../../src/definitions/index.ts";
import type { Issue, Resource } from "../../src/kernel/index.ts";
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
	"types that are nearly known": (n) => ({ contained: many(5 * n, (i) => ({ resourceType: `Organizatio${i}` })) }),
	"properties that are nearly known": (n) => Object.fromEntries(many(n, (i) => [`managingOrg${i}`, 1])),
	"codes that are nearly known": (n) => ({ contact: many(n, (i) => ({ gender: `femal${i}`, name: { text: "x" } })) }),
};

/** Processor time, as the machine may be busy with other tests. Each took ten times as long where it was not bounded. */
async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
	const before = process.cpuUsage();
	await work();
	return process.cpuUsage(before).user / 1000;
}
const MOST_MS = 2500;

for (const [name, make] of Object.entries(hostile)) {
	t.test(`${name}: thousands of them do not hold the server up`, async (t) => {
		const resource = { resourceType: "Patient", ...make(20_000) } as Resource;
		let issues: readonly Issue[] = [];
		const took = await millisecondsOf(async () => {
			issues = await validate(resource, options);
		});
		t.ok(issues.length >= 200, `${issues.length} are told`);
		t.ok(took < MOST_MS, `${Math.round(took)} ms`);
	});
}

t.test("thousands of contained resources and references to them do not hold the server up", async (t) => {
	const contained = many(30_000, (i) => ({ resourceType: "Organization", id: `o${i}`, name: "x" }));
	const generalPractitioner = contained.map(({ id }) => ({ reference: `#${id}` }));
	const resource = { resourceType: "Patient", contained, generalPractitioner };
	const took = await millisecondsOf(async () =>
		t.strictSame(await validate(resource, { ...options, advice: false }), []),
	);
	t.ok(took < MOST_MS, `${Math.round(took)} ms`);
});

import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { generateDemo, sampleTransactions } from "../../src/demo/index.ts";
import { isObject, type Json, parseJson, type Resource } from "../../src/kernel/index.ts";
import { checkStructure } from "../../src/validation/index.ts";

const registry = loadRegistry();
const faults = (resources: Iterable<Resource>): string[] =>
	[...resources].flatMap((resource) =>
		checkStructure(registry, resource).map(({ text }) => `${resource.resourceType}/${resource.id}: ${text}`),
	);

t.test("every resource is a well-formed instance of its R4 type, made or read back", async (t) => {
	for (const seed of [1, 2, 3]) {
		t.same(faults(generateDemo({ patients: 150, seed, today: "2026-01-15" })), []);
	}
	t.same(faults(generateDemo({ patients: 20, today: "2024-02-29", observationsPerPatient: 40 })), []);
	const text = JSON.stringify([...generateDemo({ patients: 50, today: "2026-01-15" })]);
	t.same(faults(parseJson(text) as Resource[]), []);
	t.same(faults(sampleTransactions()), []);
});

t.test("every coding has system, code and display, as the NRCES profiles ask", async (t) => {
	const lacking: string[] = [];
	const visit = (value: Json | undefined, path: string): void => {
		if (Array.isArray(value)) for (const item of value) visit(item, path);
		else if (isObject(value)) {
			for (const [key, inner] of Object.entries(value)) {
				if (key === "coding" && Array.isArray(inner)) {
					for (const coding of inner.filter(isObject)) {
						if (!coding.system || !coding.code || !coding.display) lacking.push(path);
					}
				}
				visit(inner, `${path}.${key}`);
			}
		}
	};
	for (const resource of generateDemo({ patients: 100, today: "2026-01-15" })) visit(resource, resource.resourceType);
	t.same(lacking, []);
});

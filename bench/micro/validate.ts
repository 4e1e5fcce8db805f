import { readFileSync } from "node:fs";
import { join } from "node:path";
import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { loadDefinitions, loadRegistry } from "../../src/definitions/index.ts";
import { codeCheckOf } from "../../src/interactions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { loadTerminology } from "../../src/terminology/index.ts";
import { checkStructure, createValidator } from "../../src/validation/index.ts";
import { documentBundle } from "../document.ts";
import { bloodPressure, patient } from "../resources.ts";

const ROUNDS = 30;

const registry = loadRegistry();
const definitions = loadDefinitions();
const validate = createValidator(registry, definitions);
const codes = codeCheckOf(loadTerminology({ definitions }));
const how = { profiles: [], advice: false, definitions, codes } as const;

/** Each thing to validate, what it may take in microseconds, and how many of it make a round. */
const WORK = [
	{ name: "blood pressure", make: bloodPressure, goal: 150, of: 300 },
	{ name: "patient", make: patient, goal: undefined, of: 300 },
	{ name: "document of 100 entries", make: (n: number) => documentBundle(n), goal: 25_000, of: 3 },
];

/** Every way to validate: the whole, the whole without profiles, structure alone, and Medplum's. */
const WAYS: readonly { readonly name: string; readonly look: (resource: Resource) => unknown }[] = [
	{ name: "all", look: (resource) => validate(resource, { ...how, mode: "enforce" }) },
	{ name: "without profiles", look: (resource) => validate(resource, { ...how, mode: "off" }) },
	{ name: "structure alone", look: (resource) => checkStructure(registry, resource) },
	{ name: "medplum", look: (resource) => validateResource(resource as never) },
];

/** Microseconds of one call, in the best of many rounds over resources that are new objects each time. */
async function measure(
	make: (n: number) => object,
	of: number,
	look: (resource: Resource) => unknown,
): Promise<number> {
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		const resources = Array.from({ length: of }, (_, i) => parseJson(JSON.stringify(make(i))) as Resource);
		const start = performance.now();
		for (const resource of resources) await look(resource);
		best = Math.min(best, (performance.now() - start) / of);
	}
	return best * 1000;
}

/** Medplum validates by the definitions it is given: those of R4, as the package of examples has them. */
function teachMedplum(): void {
	const folder = join(import.meta.dirname, "../../node_modules/hl7.fhir.r4.examples");
	for (const file of ["Bundle-types.json", "Bundle-resources.json"])
		indexStructureDefinitionBundle(JSON.parse(readFileSync(join(folder, file), "utf8")));
}

teachMedplum();
const first = performance.now();
for (const issue of await validate(documentBundle(0) as Resource, { ...how, mode: "enforce" })) console.log(issue.text);
console.log(`first use: ${(performance.now() - first).toFixed(0)} ms, everything compiled`);
for (const { name, make, goal, of } of WORK) {
	const figures: string[] = [];
	for (const way of WAYS) figures.push(`${way.name} ${(await measure(make, of, way.look)).toFixed(1)} µs`);
	console.log(`${name}: ${figures.join(", ")}${goal === undefined ? "" : ` (goal ${goal} µs)`}`);
}

import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";
import { loadRegistry } from "../../src/definitions/index.ts";
import { type JsonObject, parseJson } from "../../src/kernel/index.ts";
import { compileTest, type Scope } from "../../src/validation/fhirpath/index.ts";
import { type Instance, instancesOf, invariantsOfR4 } from "../../test/validation/fhirpath/instances.ts";
import { bloodPressure } from "../resources.ts";

/** One invariant on one element may take so long, in microseconds. */
const GOAL = 1;

const ROUNDS = 40;
const OF_A_ROUND = 200;
const registry = loadRegistry();
const invariants = invariantsOfR4();

type Job = { readonly name: string; readonly ours: () => unknown; readonly theirs: () => unknown };

/** Every invariant that applies to an instance, as a job for either engine. */
function jobsOf(instance: Instance, scope: Scope): Job[] {
	const { node, resource, root } = instance;
	const variables = { resource: resource.value, rootResource: root.value, context: node.value };
	return instance.places.flatMap((place) =>
		(invariants.get(place) ?? []).map(({ key, expression }) => {
			const test = compileTest(registry, node.type, expression);
			const options = { traceFn: () => undefined } as never;
			const reference = fhirpath.compile({ base: node.type, expression }, r4, options);
			return {
				name: `${place} ${key}`,
				ours: () => test(node, scope),
				theirs: () => reference(node.value, variables),
			};
		}),
	);
}

/** Microseconds of one run, in the best of many rounds. */
function measure(run: () => unknown, ofARound: number): number {
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		const start = performance.now();
		for (let i = 0; i < ofARound; i++) run();
		best = Math.min(best, (performance.now() - start) / ofARound);
	}
	return best * 1000;
}

const resource = parseJson(JSON.stringify(bloodPressure(1))) as JsonObject;
const jobs = [...instancesOf(resource)].flatMap((instance) =>
	jobsOf(instance, {
		registry,
		resource: instance.resource,
		rootResource: instance.root,
		resolve: () => undefined,
	}),
);
const byName = Map.groupBy(jobs, ({ name }) => name);
for (const [name, [job]] of byName) {
	if (!job) continue;
	const ours = measure(job.ours, OF_A_ROUND * 10);
	const theirs = measure(job.theirs, OF_A_ROUND / 20);
	console.log(
		`${name}: ${ours.toFixed(3)} µs, fhirpath.js ${theirs.toFixed(1)} µs${ours > GOAL ? " (over the goal)" : ""}`,
	);
}
const all = (way: "ours" | "theirs") => () => {
	for (const job of jobs) job[way]();
};
const ours = measure(all("ours"), OF_A_ROUND);
const theirs = measure(all("theirs"), 2);
console.log(
	`a blood pressure Observation, ${jobs.length} invariants: ${ours.toFixed(1)} µs, fhirpath.js ${theirs.toFixed(0)} µs`,
);

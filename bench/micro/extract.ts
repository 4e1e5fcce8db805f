import { loadRegistry } from "../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { extract } from "../../src/search/index.ts";
import { patientId } from "../bench.ts";
import { bloodPressure, patient } from "../resources.ts";

/** Extraction may take so long, in microseconds. */
const GOALS = { Observation: 40, Patient: 60 };

const ROUNDS = 30;
const OF_A_ROUND = 300;
const context = { registry: loadRegistry(), base: "http://localhost/t/bench/fhir", timeZone: "Asia/Kolkata" };

/** Microseconds that the extraction of one resource takes, in the best of many rounds. */
function measure(make: (n: number) => object): number {
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		const resources = Array.from({ length: OF_A_ROUND }, (_, i) => unlike(make, round * OF_A_ROUND + i));
		const start = performance.now();
		for (const resource of resources) extract(context, resource);
		best = Math.min(best, (performance.now() - start) / resources.length);
	}
	return best * 1000;
}

/** The n-th resource, of a patient of its own, so that what is remembered of one helps no other. */
const unlike = (make: (n: number) => object, n: number): Resource =>
	parseJson(JSON.stringify(make(n)).replaceAll(patientId(n), `patient-${n}`)) as Resource;

const figures = { Observation: measure(bloodPressure), Patient: measure(patient) };
for (const [type, goal] of Object.entries(GOALS))
	console.log(`${type}: ${figures[type as keyof typeof GOALS].toFixed(1)} µs (goal ${goal} µs)`);

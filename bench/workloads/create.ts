import type { Workload } from "../bench.ts";
import { bloodPressure } from "../resources.ts";

const body = (n: number): string => JSON.stringify(bloodPressure(n));

/** A vitals Observation is stored. */
export const create: Workload = {
	name: "create",
	goal: 0.5,
	fhir: (n) => ({ method: "POST", path: "/fhir/Observation", body: body(n) }),
	twin: (n) => ({ method: "POST", path: "/create", body: body(n) }),
};

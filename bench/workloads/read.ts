import { patientId, type Workload } from "../bench.ts";

/** A Patient is read by its id. */
export const read: Workload = {
	name: "read by id",
	goal: 0.6,
	fhir: (n) => ({ method: "GET", path: `/fhir/Patient/${patientId(n * 7919)}` }),
	twin: (n) => ({ method: "GET", path: `/read/${patientId(n * 7919)}` }),
};

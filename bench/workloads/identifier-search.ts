import { IDENTIFIER_SYSTEM, patientId, type Workload } from "../bench.ts";

const value = (n: number): string => encodeURIComponent(`${IDENTIFIER_SYSTEM}|MR-${patientId(n * 7919)}`);

/** A Patient is found by an identifier. */
export const identifierSearch: Workload = {
	name: "identifier search",
	goal: 0.5,
	fhir: (n) => ({ method: "GET", path: `/fhir/Patient?identifier=${value(n)}` }),
	twin: (n) => ({ method: "GET", path: `/search?identifier=${value(n)}` }),
};

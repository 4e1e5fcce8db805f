/** A request of a workload, for the server or for its twin. */
export type Shot = {
	readonly method: "GET" | "POST";
	readonly path: string;
	readonly headers?: Record<string, string>;
	readonly body?: string;
};

/**
 * One thing to measure. `shots` gives an endless supply of requests to the FHIR server and the same work for the
 * twin; `goal` is the least share of the twin's rate that the server should reach.
 */
export type Workload = {
	readonly name: string;
	readonly goal: number;
	fhir(n: number): Shot;
	twin(n: number): Shot;
};

/** What every workload may count on being stored in both clinics: patients `pat-000001` … and their identifiers. */
export const PATIENTS = 2000;
export const IDENTIFIER_SYSTEM = "https://bench.example/mr";

/** The id of the n-th patient; numbers wrap round. */
export const patientId = (n: number): string => `pat-${String((n % PATIENTS) + 1).padStart(6, "0")}`;

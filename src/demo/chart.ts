import type { Diagnosis } from "./diagnoses.ts";
import type { History } from "./history.ts";
import type { Person } from "./patient.ts";

/** What a chain of visits keeps: numbers given so far, and the Condition made for each long diagnosis. */
export type Chart = {
	readonly person: Person;
	readonly past: History;
	readonly today: number;
	readonly conditions: Map<Diagnosis, string>;
	visits: number;
	observations: number;
	prescriptions: number;
	conditionCount: number;
};

/** A visit as its parts see it. `start` is in minutes from midnight; an open visit has no end yet. */
export type Seen = {
	readonly chart: Chart;
	readonly day: number;
	readonly start: number;
	readonly encounter: string;
	readonly doctor: string;
	readonly diagnosis: Diagnosis;
	readonly open: boolean;
};

import type { Resource } from "../kernel/index.ts";
import { allergies } from "./allergy.ts";
import { dayNumber } from "./calendar.ts";
import type { Chart } from "./chart.ts";
import { clinicResources, regionOf } from "./clinic.ts";
import { history } from "./history.ts";
import { immunizations } from "./immunization.ts";
import { patient } from "./patient.ts";
import { type Random, random } from "./random.ts";
import { visit } from "./visit.ts";

/** What to make. The same options always give the same resources. */
export type DemoOptions = {
	readonly patients: number;
	readonly seed?: number;
	/** `YYYY-MM-DD`: the day on which the clinic is looked at. */
	readonly today: string;
	/** Exactly so many Observations for each patient; without it, as many as some visits give. */
	readonly observationsPerPatient?: number;
};

/** The clinic's own resources, then each patient's, as groups that hold together: one array a patient. */
export function* demoGroups(options: DemoOptions): Generator<Resource[]> {
	const seed = options.seed ?? 1;
	const today = dayNumber(options.today);
	yield clinicResources(seed, today);
	for (let index = 1; index <= options.patients; index++) yield patientGroup(index, seed, today, options);
}

/** A synthetic primary health centre, lazily and in an order in which every reference points to something near. */
export function* generateDemo(options: DemoOptions): Generator<Resource> {
	for (const group of demoGroups(options)) yield* group;
}

function patientGroup(index: number, seed: number, today: number, options: DemoOptions): Resource[] {
	const chance = random(seed, `patient ${index}`);
	const person = patient(index, seed, today, regionOf(seed), chance);
	const chart: Chart = {
		person,
		past: history(person, chance),
		today,
		conditions: new Map(),
		visits: 0,
		observations: 0,
		prescriptions: 0,
		conditionCount: 0,
	};
	return [
		person.resource,
		...allergies(person, chance),
		...immunizations(person, today, chance),
		...visits(chart, options.observationsPerPatient, chance),
	];
}

function visits(chart: Chart, observations: number | undefined, chance: Random): Resource[] {
	const made: Resource[] = [];
	if (observations === undefined) {
		for (const day of visitDays(chart, chance.int(1, 4), chance)) made.push(...visit(chart, day, chance));
		return made;
	}
	const days = visitDays(chart, Math.ceil(observations / 3), chance);
	for (const day of days) {
		if (chart.observations >= observations) break;
		made.push(...visit(chart, day, chance));
	}
	let left = observations;
	return made.filter(({ resourceType }) => resourceType !== "Observation" || left-- > 0);
}

/** Days of `count` visits, oldest first, within two years and since birth; one in eight patients is here today. */
function visitDays({ person, today }: Chart, count: number, chance: Random): number[] {
	const least = Math.max(person.born, today - 730);
	const days = Array.from({ length: count }, () => chance.int(least, today - (today > least ? 1 : 0)));
	if (count > 0 && chance.chance(0.125)) days[0] = today;
	return days.sort((a, b) => a - b);
}

import { ACUTE, DIABETES, type Diagnosis, HYPERTENSION, PREGNANCY } from "./diagnoses.ts";
import type { Person } from "./patient.ts";
import type { Random } from "./random.ts";
import type { Body } from "./vitals.ts";

/** What runs through all visits of a patient: body size and long conditions. */
export type History = {
	readonly height: number;
	readonly weight: number;
	readonly systolic: number;
	readonly longTerm: readonly Diagnosis[];
};

export function history(person: Person, chance: Random): History {
	const { age, female } = person;
	const longTerm: Diagnosis[] = [];
	if (age >= 30 && chance.chance(age >= 50 ? 0.38 : 0.16)) longTerm.push(HYPERTENSION);
	if (age >= 30 && chance.chance(age >= 50 ? 0.24 : 0.1)) longTerm.push(DIABETES);
	if (female && age >= 18 && age <= 42 && chance.chance(0.22)) longTerm.push(PREGNANCY);
	const build = chance.around(1, 0.12);
	return {
		height: heightAt(age, female) * chance.around(1, 0.05),
		weight: weightAt(age, female) * build,
		systolic: chance.around(longTerm.includes(HYPERTENSION) ? 148 : 118, 14),
		longTerm,
	};
}

/** The patient's measures on the day of one visit. */
export function bodyAt(person: Person, past: History, diagnosis: Diagnosis, chance: Random): Body {
	const diabetic = past.longTerm.includes(DIABETES);
	const systolic = past.systolic + chance.around(0, 10);
	const screened = diabetic || (person.age >= 30 && chance.chance(0.2));
	return {
		height: past.height,
		weight: past.weight * chance.around(1, 0.02),
		systolic,
		diastolic: systolic * 0.6 + chance.around(8, 6),
		glucose: screened ? chance.around(diabetic ? 168 : 98, diabetic ? 50 : 14) : undefined,
		years: person.age,
		fever: diagnosis.fever ?? false,
	};
}

/** What this visit is for: a long condition's review, or something new that fits the age. */
export function diagnosisOf(person: Person, past: History, chance: Random): Diagnosis {
	if (past.longTerm.length > 0 && chance.chance(0.65)) return chance.pick(past.longTerm);
	const possible = ACUTE.filter(({ ages }) => person.age >= ages[0] && person.age <= ages[1]);
	let draw = chance.next() * possible.reduce((sum, { weight }) => sum + weight, 0);
	for (const diagnosis of possible) {
		draw -= diagnosis.weight;
		if (draw < 0) return diagnosis;
	}
	return possible[0] as Diagnosis;
}

function heightAt(years: number, female: boolean): number {
	if (years < 1) return 62;
	if (years < 15) return 74 + years * 6.2;
	return female ? 152 : 165;
}

function weightAt(years: number, female: boolean): number {
	if (years < 1) return 6;
	if (years < 15) return 8.5 + years * 2.4;
	return female ? 53 : 62;
}

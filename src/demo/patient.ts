import type { JsonObject, Resource } from "../kernel/index.ts";
import { dateOf } from "./calendar.ts";
import { address, CLINIC, DOCTORS } from "./clinic.ts";
import { fourteenDigits, phone } from "./identifiers.ts";
import { REGIONS, type Region } from "./names.ts";
import type { Random } from "./random.ts";
import { ABHA_SYSTEM, concept, identifier, MR_SYSTEM, profiled, reference } from "./vocabulary.ts";

/** A patient as the other generators need them. */
export type Person = {
	readonly id: string;
	readonly index: number;
	readonly name: string;
	readonly female: boolean;
	/** Day number. */
	readonly born: number;
	/** Completed years today. */
	readonly age: number;
	readonly resource: Resource;
};

/** Share of each age band, youngest first: `[up to years, weight]`; a health centre sees more infants than a census. */
const PYRAMID: readonly (readonly [number, number])[] = [
	[1, 9],
	[5, 9],
	[15, 16],
	[30, 24],
	[45, 19],
	[60, 14],
	[75, 7],
	[92, 2],
];

export function patient(index: number, seed: number, today: number, home: Region, chance: Random): Person {
	const region = chance.chance(0.55) ? home : chance.pick(REGIONS);
	const female = chance.chance(0.54);
	const ageDays = ageInDays(chance);
	const [given, nativeGiven] = chance.pick(female ? region.female : region.male);
	const [family, nativeFamily] = chance.pick(region.family);
	const id = `pat-${String(index).padStart(6, "0")}`;
	const born = today - ageDays;
	const age = Math.floor(ageDays / 365.25);
	const name = `${given} ${family}`;
	const resource: Resource = {
		resourceType: "Patient",
		id,
		meta: profiled("Patient"),
		identifier: identifiers(index, seed, `${given}.${family}`, ageDays, chance),
		active: true,
		name: [
			{ use: "official", text: name, family, given: [given] },
			{ use: "usual", text: `${nativeGiven} ${nativeFamily}`, family: nativeFamily, given: [nativeGiven] },
		],
		...(chance.chance(0.88) ? { telecom: [{ system: "phone", value: phone(index), use: "mobile" }] } : {}),
		gender: female ? "female" : "male",
		birthDate: birthDate(born, age, chance),
		address: [
			address(region, chance.pick(region.villages), `House ${chance.int(1, 240)}, Ward ${chance.int(1, 18)}`, chance),
		],
		communication: [{ language: concept("urn:ietf:bcp:47", region.language, region.languageName), preferred: true }],
		generalPractitioner: [reference("Practitioner", chance.pick(DOCTORS))],
		managingOrganization: reference("Organization", CLINIC),
	};
	return { id, index, name, female, born, age, resource };
}

function ageInDays(chance: Random): number {
	let draw = chance.next() * 100;
	let least = 0;
	for (const [most, weight] of PYRAMID) {
		if (draw < weight) return Math.floor(chance.int(least * 365, most * 365 - 1)) + 1;
		draw -= weight;
		least = most;
	}
	return 30 * 365;
}

/** Older people often know the year alone. */
function birthDate(born: number, age: number, chance: Random): string {
	const date = dateOf(born);
	if (age >= 40 && chance.chance(0.4)) return date.slice(0, 4);
	return age >= 25 && chance.chance(0.05) ? date.slice(0, 7) : date;
}

/** The clinic's own number always; the ABHA number and address for most, seldom for the newly born. */
function identifiers(index: number, seed: number, handle: string, ageDays: number, chance: Random): JsonObject[] {
	const own = identifier(["MR"], MR_SYSTEM, `PHC-${String(index).padStart(6, "0")}`);
	if (chance.chance(ageDays < 365 ? 0.7 : 0.14)) return [own];
	return [
		own,
		identifier(["MR", "HIN"], ABHA_SYSTEM, fourteenDigits("91", seed, index)),
		identifier(["ABHA"], ABHA_SYSTEM, `${handle.toLowerCase()}${index}@sbx`),
	];
}

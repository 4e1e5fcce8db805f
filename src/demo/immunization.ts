import type { Resource } from "../kernel/index.ts";
import { dateOf } from "./calendar.ts";
import { CLINIC, NURSES, OUTPATIENT_ROOM } from "./clinic.ts";
import type { Code } from "./diagnoses.ts";
import type { Person } from "./patient.ts";
import type { Random } from "./random.ts";
import { concept, profiled, reference, SNOMED } from "./vocabulary.ts";

const BCG: Code = ["319941000221104", "BCG (Bacillus Calmette-Guerin) vaccine in parenteral dose form"];
const ORAL_POLIO: Code = ["1051000221104", "Live attenuated poliovirus serotypes 1 and 3 vaccine in oral dose form"];
const HEPATITIS_B: Code = ["871822003", "Hepatitis B vaccine"];
const PENTAVALENT: Code = [
	"871886002",
	"Diphtheria and Haemophilus influenzae type B and hepatitis B and pertussis and tetanus vaccine",
];
const ROTAVIRUS: Code = ["1081000221109", "Live attenuated rotavirus vaccine"];
const INACTIVATED_POLIO: Code = ["871740006", "Inactivated polio vaccine"];
const MEASLES_RUBELLA: Code = ["2231000221105", "Live attenuated measles and rubella vaccine"];
const DPT: Code = ["871875004", "Diphtheria and pertussis and tetanus vaccine"];

/** The universal immunisation programme: day of life, vaccine, short name, dose. */
const SCHEDULE: readonly (readonly [day: number, vaccine: Code, name: string, dose: number])[] = [
	[0, BCG, "BCG", 1],
	[0, ORAL_POLIO, "bOPV, birth dose", 1],
	[0, HEPATITIS_B, "Hepatitis B, birth dose", 1],
	[42, ORAL_POLIO, "bOPV-1", 2],
	[42, PENTAVALENT, "Pentavalent-1", 1],
	[42, ROTAVIRUS, "RVV-1", 1],
	[42, INACTIVATED_POLIO, "fIPV-1", 1],
	[70, ORAL_POLIO, "bOPV-2", 3],
	[70, PENTAVALENT, "Pentavalent-2", 2],
	[70, ROTAVIRUS, "RVV-2", 2],
	[98, ORAL_POLIO, "bOPV-3", 4],
	[98, PENTAVALENT, "Pentavalent-3", 3],
	[98, ROTAVIRUS, "RVV-3", 3],
	[98, INACTIVATED_POLIO, "fIPV-2", 2],
	[274, MEASLES_RUBELLA, "MR-1", 1],
	[500, MEASLES_RUBELLA, "MR-2", 2],
	[500, DPT, "DPT, first booster", 1],
];

/** A child's doses so far; those of one visit together, some visits late, a few doses missed. Who is late stays late. */
export function* immunizations(person: Person, today: number, chance: Random): Generator<Resource> {
	if (person.age >= 3) return;
	let number = 0;
	let visit = 0;
	let late = 0;
	for (const [day, vaccine, name, dose] of SCHEDULE) {
		if (day !== visit) late = chance.chance(0.4) ? Math.max(late, chance.int(1, 20)) : late;
		visit = day;
		const due = person.born + day + late;
		if (due > today) return;
		if (chance.chance(0.04)) continue;
		yield {
			resourceType: "Immunization",
			id: `imm-${person.id.slice(4)}-${String(++number).padStart(2, "0")}`,
			meta: profiled("Immunization"),
			status: "completed",
			vaccineCode: concept(SNOMED, ...vaccine, name),
			patient: reference("Patient", person.id),
			occurrenceDateTime: dateOf(due),
			primarySource: true,
			location: reference("Location", OUTPATIENT_ROOM),
			lotNumber: `V${chance.int(1000, 9999)}`,
			performer: [{ actor: reference("Practitioner", chance.pick(NURSES)) }],
			protocolApplied: [{ authority: reference("Organization", CLINIC), doseNumberPositiveInt: dose }],
		};
	}
}

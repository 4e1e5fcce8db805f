import type { Resource } from "../kernel/index.ts";
import { DOCTORS } from "./clinic.ts";
import type { Code } from "./diagnoses.ts";
import type { Person } from "./patient.ts";
import type { Random } from "./random.ts";
import { concept, profiled, reference, SNOMED } from "./vocabulary.ts";

const ALLERGIES: readonly (readonly [Code, "medication" | "food"])[] = [
	[["91936005", "Allergy to penicillin"], "medication"],
	[["91935009", "Allergy to peanut"], "food"],
];
const NONE: Code = ["716186003", "No known allergy"];

/** What the doctor asked about allergies, for those who were asked. */
export function* allergies(person: Person, chance: Random): Generator<Resource> {
	if (!chance.chance(0.25)) return;
	const [code, category] = chance.chance(0.3) ? chance.pick(ALLERGIES) : [NONE, undefined];
	yield {
		resourceType: "AllergyIntolerance",
		id: `alg-${person.id.slice(4)}`,
		meta: profiled("AllergyIntolerance"),
		clinicalStatus: concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active", "Active"),
		verificationStatus: concept(
			"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
			"confirmed",
			"Confirmed",
		),
		...(category === undefined ? {} : { type: "allergy", category: [category], criticality: "low" }),
		code: concept(SNOMED, ...code),
		patient: reference("Patient", person.id),
		recorder: reference("Practitioner", chance.pick(DOCTORS)),
	};
}

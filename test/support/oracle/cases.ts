import fc from "fast-check";
import { oneOf } from "./alphabets.ts";
import { type Query, queriesOf } from "./queries.ts";
import { type Template, worldsOf } from "./worlds.ts";

export type Case = { readonly templates: readonly Template[]; readonly queries: readonly Query[] };

/** Types that speak of one another, so that a small world has chains in it. */
const THEMES = [
	["Patient", "Observation"],
	["Observation"],
	["Patient", "Organization", "Practitioner"],
	["Patient", "Observation", "Encounter", "DiagnosticReport", "Condition"],
	["Encounter", "Condition", "Patient"],
	["RiskAssessment", "Condition", "Patient"],
	["ChargeItem", "Patient"],
	["MedicationRequest", "Medication", "Patient", "Practitioner"],
	["Location", "Organization"],
	["ValueSet", "StructureDefinition", "QuestionnaireResponse"],
];

const MOST_QUERIES = 40;

/** A small world and searches of it. */
export const cases: fc.Arbitrary<Case> = fc.noShrink(oneOf(THEMES)).chain((types) =>
	fc.record({
		templates: worldsOf(types),
		queries: fc.array(queriesOf(types), { minLength: 1, maxLength: MOST_QUERIES, size: "max" }),
	}),
);

export type { ValueSetSketch } from "./describe.ts";
export type { Coding } from "./expand.ts";
export type {
	Concept,
	ConceptFilter,
	ConceptPage,
	ConceptProperty,
	Designation,
	LargeSystem,
	LargeSystems,
	PropertyType,
	Subsumption,
} from "./large-systems.ts";
export type { Member, Membership, MembershipAnswer } from "./membership.ts";
export type { OwnTerminology } from "./sources.ts";
export { loadTerminology, type Terminology, type TerminologyOptions } from "./terminology.ts";
export { canonicalQuantity } from "./ucum/canonical-unit.ts";

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
export { loadTerminology, type OwnTerminology, type Terminology } from "./terminology.ts";
export { canonicalQuantity } from "./ucum/canonical-unit.ts";

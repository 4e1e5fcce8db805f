export type { Ancestry } from "./ancestry.ts";
export { type DesignationUse, unpackUse } from "./designation-use.ts";
export type { Coding } from "./expand.ts";
export type { ExpandedConcept, ExpansionOptions, ExpansionPage } from "./expansion-page.ts";
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
export { TERMINOLOGY_FORMATS, type TerminologyFormat } from "./load/format.ts";
export { openTerminology, type TerminologyFiles } from "./load/read.ts";
export type { ConceptSink, ReadOptions } from "./load/sink.ts";
export type { ConceptDetails } from "./lookup.ts";
export type { Member, Membership, MembershipAnswer } from "./membership.ts";
export type { OwnTerminology } from "./sources.ts";
export { type AskedValueSet, loadTerminology, type Terminology, type TerminologyOptions } from "./terminology.ts";
export type { Translation, TranslationMatch, TranslationQuestion } from "./translate.ts";
export { canonicalQuantity } from "./ucum/canonical-unit.ts";
export type { AskedCoding, CodeVerdict, CodingJudgement, ValidateCodeOptions } from "./validate-code.ts";

/** The forms in which the files of a code system come. */
export const TERMINOLOGY_FORMATS = ["rf2", "loinc", "claml", "csv", "fhir"] as const;

export type TerminologyFormat = (typeof TERMINOLOGY_FORMATS)[number];

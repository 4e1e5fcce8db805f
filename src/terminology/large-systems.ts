/** A code system of the installation that is too large to hold in memory: SNOMED CT, LOINC, ICD-10. */
export type LargeSystem = {
	/** Canonical without version. */
	readonly url: string;
	readonly version: string;
	readonly name: string;
	readonly caseSensitive: boolean;
	/** How many concepts it has. */
	readonly concepts: number;
	/** Whether its concepts subsume one another. */
	readonly hierarchy: boolean;
	/** An instant; tells one load of a version from the next. */
	readonly loadedAt?: string;
};

/** `use` as a text: `unpackUse` reads it. */
export type Designation = { readonly language?: string; readonly use?: string; readonly value: string };

export type PropertyType = "code" | "string" | "boolean" | "integer" | "decimal" | "dateTime" | "Coding";

export type ConceptProperty = { readonly code: string; readonly value: string; readonly type: PropertyType };

/** A concept with what a reader of it may want to know. https://hl7.org/fhir/R4/codesystem.html */
export type Concept = {
	/** As the system writes it. */
	readonly code: string;
	readonly display: string;
	readonly inactive: boolean;
	/** It only groups others and is not to be chosen itself. */
	readonly abstract?: boolean;
	readonly definition?: string;
	readonly designations: readonly Designation[];
	readonly properties: readonly ConceptProperty[];
};

/** As ValueSet.compose.include.filter; all filters must hold. https://hl7.org/fhir/R4/valueset-filter-operator.html */
export type ConceptFilter = {
	readonly property: string;
	readonly op: "=" | "is-a" | "descendent-of" | "is-not-a" | "regex" | "in" | "not-in" | "generalizes" | "exists";
	readonly value: string;
};

export type ConceptPage = {
	readonly filters: readonly ConceptFilter[];
	/** Words of which each begins a word of the display or of a designation. */
	readonly text?: string;
	readonly activeOnly?: boolean;
	/** BCP 47; the language in which displays are wanted. */
	readonly language?: string;
	readonly count: number;
	readonly offset: number;
};

export type Subsumption = "equivalent" | "subsumes" | "subsumed-by" | "not-subsumed";

/**
 * The large code systems of the installation, in the management database. Without a `version` the newest is meant; of
 * a system or version that is not loaded the answers are empty. A filter that cannot be answered is a Problem 422.
 */
export interface LargeSystems {
	/** The systems loaded, newest version of each first. Asked often: the answer is kept for some seconds. */
	systems(): Promise<readonly LargeSystem[]>;
	lookup(system: string, version: string | undefined, code: string): Promise<Concept | undefined>;
	/** Which of these codes are in the system and fulfil all filters; as given, also where case does not count. */
	among(
		system: string,
		version: string | undefined,
		codes: readonly string[],
		filters: readonly ConceptFilter[],
	): Promise<ReadonlySet<string>>;
	/** A page of the concepts that fulfil all filters and whose display or designation matches the words, best first. */
	search(
		system: string,
		version: string | undefined,
		page: ConceptPage,
	): Promise<{ readonly total: number; readonly concepts: readonly Concept[] }>;
	/** `undefined` where one of the codes is not in the system. */
	subsumes(system: string, version: string | undefined, a: string, b: string): Promise<Subsumption | undefined>;
	/** The code and those above or below it, at most `limit + 1` so that the caller can tell too many; empty for an unknown code. */
	related(
		system: string,
		version: string | undefined,
		code: string,
		direction: "above" | "below",
		limit: number,
	): Promise<readonly string[]>;
}

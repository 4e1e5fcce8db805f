import type { PackedDesignation } from "./details.ts";

/**
 * The form in which code systems and value sets are worked with: what R4 defines is committed in it
 * (`r4/terminology.json`, by `scripts/generate-r4-terminology.ts`), what a clinic stores is packed when it is asked for.
 */
export type PackedTerminology = {
	/** By canonical url without version. */
	readonly codeSystems: Readonly<Record<string, PackedCodeSystem>>;
	readonly valueSets: Readonly<Record<string, PackedValueSet>>;
};

export type PackedCodeSystem = {
	readonly version?: string;
	/** Absent for `complete`: only then do the concepts stand for the whole system. */
	readonly content?: string;
	/** Absent where the system does not say. */
	readonly caseSensitive?: boolean;
	/** Properties the system defines or uses, so that a filter on another one can be refused. */
	readonly properties?: readonly string[];
	readonly concepts: readonly PackedConcept[];
};

/** A code alone, or with the codes directly above it (by subsumption) and its property values as text. */
export type PackedConcept =
	| string
	| readonly [
			code: string,
			parents: readonly string[],
			properties?: Readonly<Record<string, readonly string[]>> | undefined,
	  ];

export type PackedValueSet = {
	readonly version?: string;
	/** For messages; those of R4 lie apart. */
	readonly title?: string;
	readonly include: readonly PackedInclude[];
	readonly exclude?: readonly PackedInclude[];
	/** Present where the set says that inactive codes are not in it. */
	readonly inactive?: false;
};

export type PackedInclude = {
	readonly system?: string;
	readonly version?: string;
	readonly codes?: readonly string[];
	readonly filters?: readonly PackedFilter[];
	readonly valueSets?: readonly string[];
	/** What the set itself calls its codes, by code; that of R4 lies apart. */
	readonly words?: Readonly<Record<string, PackedWords>>;
};

export type PackedWords = { readonly display?: string; readonly designations?: readonly PackedDesignation[] };

export type PackedFilter = readonly [property: string, operator: string, value: string];

/** The systems that say whether case counts; small, and read at start. */
export type CaseRules = { readonly sensitive: readonly string[]; readonly insensitive: readonly string[] };

/** A concept as the store tells it; its type is the same as the terminology room's. */
export type Concept = {
	readonly code: string;
	readonly display: string;
	readonly inactive: boolean;
	readonly abstract?: boolean;
	readonly definition?: string;
	readonly designations: readonly { readonly language?: string; readonly use?: string; readonly value: string }[];
	readonly properties: readonly { readonly code: string; readonly value: string; readonly type: PropertyType }[];
};

type PropertyType = "code" | "string" | "boolean" | "integer" | "decimal" | "dateTime" | "Coding";

/** The columns of a concept `c`. */
export const CONCEPT = "c.code, c.display, c.inactive, c.abstract, c.definition, c.properties, c.designations";

export type ConceptRow = {
	readonly code: string;
	readonly display: string;
	readonly inactive: boolean;
	readonly abstract: boolean;
	readonly definition: string | null;
	readonly properties: readonly [string, string, PropertyType][] | null;
	readonly designations: readonly [string | null, string | null, string][] | null;
};

export const conceptOf = (row: ConceptRow): Concept => ({
	code: row.code,
	display: row.display,
	inactive: row.inactive,
	...(row.abstract ? { abstract: true } : {}),
	...(row.definition === null ? {} : { definition: row.definition }),
	designations: (row.designations ?? []).map(([language, use, value]) => ({
		...(language === null ? {} : { language }),
		...(use === null ? {} : { use }),
		value,
	})),
	properties: (row.properties ?? []).map(([code, value, type]) => ({ code, value, type })),
});

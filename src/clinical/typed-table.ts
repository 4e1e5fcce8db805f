import type { Json, Resource } from "../kernel/index.ts";

/** PostgreSQL types that typed columns use. */
export type ColumnType = "text" | "boolean" | "date" | "timestamptz" | "numeric" | "integer";

/** A column that a clinic's own SQL can read; `of` takes its value from the resource (`undefined`: SQL null). */
export type Column = {
	readonly name: string;
	readonly type: ColumnType;
	/** What the column holds, in words for the data model's documentation. */
	readonly about: string;
	of(resource: Resource, clinic: Clinic): Json | undefined;
};

/** What a column's value may depend on: the clinic's time zone (IANA name) and its own FHIR base. */
export type Clinic = { readonly timeZone: string; readonly base: string };

/** Columns with a span's beginning, the moment after it (null while it lasts), and whether it is longer than a day. */
export type DateColumns = { readonly start: string; readonly until: string; readonly long: string };

/**
 * Columns that hold the first two codes of the only CodeableConcept at a place, each with an index that is in the order
 * of dates that begin in `start`. `codesOf` gives all its codes, each once, in the order in which the columns take them.
 */
export type CodeColumns = {
	readonly path: string;
	readonly first: string;
	readonly second: string;
	readonly start: string;
	codesOf(resource: Resource): readonly string[];
};

/** A domain type with a table of its own. Every such table also has the base columns of `store/tables.ts`. */
export type TypedTable = {
	readonly type: string;
	readonly table: string;
	readonly columns: readonly Column[];
	/** Columns that hold the only reference at a place of the resource, so that searches may use them. */
	readonly references: readonly { readonly path: string; readonly column: string }[];
	/** Columns that hold the only date at one of these places. */
	readonly dates: readonly ({ readonly paths: readonly string[] } & DateColumns)[];
	readonly codes: readonly CodeColumns[];
	/** Column lists that clinics and searches order or filter by, each a b-tree index. */
	readonly indexes: readonly (readonly string[])[];
};

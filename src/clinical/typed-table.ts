import type { Json, Resource } from "../kernel/index.ts";

/** PostgreSQL types that typed columns use. */
export type ColumnType = "text" | "boolean" | "date" | "timestamptz" | "numeric" | "integer";

/** A column that a clinic's own SQL can read; `of` takes its value from the resource (`undefined`: SQL null). */
export type Column = {
	readonly name: string;
	readonly type: ColumnType;
	/** What the column holds, in words for the data model's documentation. */
	readonly about: string;
	of(resource: Resource, timeZone: string): Json | undefined;
};

/** A domain type with a table of its own. Every such table also has the base columns of `store/tables.ts`. */
export type TypedTable = {
	readonly type: string;
	readonly table: string;
	readonly columns: readonly Column[];
	/** Column lists that clinics and searches order or filter by, each a b-tree index. */
	readonly indexes: readonly (readonly string[])[];
};

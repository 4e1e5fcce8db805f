import { type CodeColumns, type Column, type DateColumns, type TypedTable, typedTables } from "../clinical/index.ts";

/** A table of a clinic's schema that holds live resources: one row a resource. */
export type Table = {
	readonly name: string;
	/** Whether rows of several types share it, told apart by a column `type`. */
	readonly shared: boolean;
	readonly columns: readonly Column[];
	/** Columns that stand in an index, whose entries PostgreSQL bounds. */
	readonly indexed: ReadonlySet<string>;
	/** Places in resources whose references, dates and codes columns hold. */
	readonly references: ReadonlyMap<string, string>;
	readonly dates: ReadonlyMap<string, DateColumns>;
	readonly codes: ReadonlyMap<string, CodeColumns>;
};

const SHARED: Table = {
	name: "resource",
	shared: true,
	columns: [],
	indexed: new Set(),
	references: new Map(),
	dates: new Map(),
	codes: new Map(),
};

const byType = new Map<string, Table>(typedTables.map((typed) => [typed.type, liveTable(typed)]));

function liveTable({ table, columns, indexes, references, dates, codes }: TypedTable): Table {
	return {
		name: table,
		shared: false,
		columns,
		indexed: new Set(indexes.flat().map((term) => term.split(" ")[0] as string)),
		references: new Map(references.map(({ path, column }) => [path, column])),
		dates: new Map(dates.flatMap((span) => span.paths.map((path) => [path, span] as const))),
		codes: new Map(codes.map((columns) => [columns.path, columns])),
	};
}

/** The table that holds live resources of `resourceType`. */
export const tableOf = (resourceType: string): Table => byType.get(resourceType) ?? SHARED;

/** Every table of live resources with the type it holds; the shared one last, without a type. */
export const tables: readonly { readonly table: Table; readonly type: string | undefined }[] = [
	...[...byType].map(([type, table]) => ({ table, type })),
	{ table: SHARED, type: undefined },
];

/** Past versions and deletions of every type. */
export const HISTORY = "history";

/** A table's name with its schema, quoted. Schema names are made by the server and hold no quote. */
export const qualified = (schema: string, name: string): string => `"${schema}"."${name}"`;

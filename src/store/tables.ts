import { type Column, type TypedTable, typedTables } from "../clinical/index.ts";

/** A table of a clinic's schema that holds live resources: one row a resource. */
export type Table = {
	readonly name: string;
	/** Whether rows of several types share it, told apart by a column `type`. */
	readonly shared: boolean;
	readonly columns: readonly Column[];
	readonly indexes: TypedTable["indexes"];
};

const SHARED: Table = { name: "resource", shared: true, columns: [], indexes: [] };

const byType = new Map<string, Table>(
	typedTables.map(({ type, table, columns, indexes }) => [type, { name: table, shared: false, columns, indexes }]),
);

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

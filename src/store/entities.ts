import { EntitySchema } from "@mikro-orm/core";
import type { ColumnType } from "../clinical/index.ts";
import { HISTORY, type Table, tables } from "./tables.ts";

const RUNTIME_TYPES: Record<ColumnType, string> = {
	text: "string",
	boolean: "boolean",
	date: "string",
	timestamptz: "Date",
	numeric: "string",
	integer: "number",
};

const text = (primary = false) => ({ type: "string", columnType: 'text collate "C"', primary }) as const;

const version = {
	version: { type: "number", columnType: "integer" },
	lastUpdated: { type: "Date", columnType: "timestamptz(3)", fieldName: "last_updated" },
	method: { type: "string", columnType: "text" },
} as const;

function liveEntity(table: Table, name: string): EntitySchema {
	const columns = table.columns.map((column) => [
		column.name,
		{ type: RUNTIME_TYPES[column.type], columnType: column.type, fieldName: column.name, nullable: true },
	]);
	return new EntitySchema({
		name,
		tableName: table.name,
		schema: "*",
		properties: {
			...(table.shared ? { type: text(true) } : {}),
			id: text(true),
			...version,
			keys: { type: "string", columnType: "bigint[]" },
			facts: { type: "string", columnType: "jsonb" },
			narrative: { type: "string", columnType: "tsvector", nullable: true },
			content: { type: "string", columnType: "json" },
			...Object.fromEntries(columns),
		},
	});
}

const historyEntity = new EntitySchema({
	name: "History",
	tableName: HISTORY,
	schema: "*",
	properties: {
		type: text(true),
		id: text(true),
		...version,
		version: { type: "number", columnType: "integer", primary: true },
		content: { type: "string", columnType: "json", nullable: true },
	},
});

/** The entities of a clinic's schema, for reports and scripts that read typed columns; the schema is chosen by each fork. */
export const tenantEntities: EntitySchema[] = [
	...tables.map(({ table, type }) => liveEntity(table, type ?? "Resource")),
	historyEntity,
];

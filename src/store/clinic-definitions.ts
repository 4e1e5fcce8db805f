import { parseJson, type Resource, type Tenant } from "../kernel/index.ts";
import type { Sql } from "./sql.ts";
import { qualified, tableOf } from "./tables.ts";

/** A definition that a clinic has stored itself. */
export type ClinicDefinition = {
	readonly type: string;
	readonly id: string;
	readonly version: number;
	/** Length of its text, as a measure of what keeping it costs. */
	readonly size: number;
	readonly resource: Resource;
};

/**
 * The clinic's own resources of these types, in the order of type and id; `known` are those of an earlier look. Only
 * what has changed since is read, and where nothing has, `known` itself is given back.
 */
export async function clinicDefinitions(
	sql: Sql,
	{ schema }: Tenant,
	types: readonly string[],
	known: readonly ClinicDefinition[],
): Promise<readonly ClinicDefinition[]> {
	const table = qualified(schema, tableOf(types[0] as string).name);
	const rows = await sql.query(
		`SELECT type, id, version FROM ${table} WHERE type = ANY($1::text[]) ORDER BY type, id`,
		[types],
	);
	const before = new Map(known.map((one) => [keyOf(one), one]));
	const places = rows.map((row) => ({
		type: row.type as string,
		id: row.id as string,
		version: row.version as number,
	}));
	const fresh = places.filter((place) => before.get(keyOf(place))?.version !== place.version);
	if (fresh.length === 0 && places.length === known.length) return known;
	const read = new Map((await readAll(sql, table, fresh)).map((one) => [keyOf(one), one]));
	return places.flatMap((place) => read.get(keyOf(place)) ?? before.get(keyOf(place)) ?? []);
}

const keyOf = ({ type, id }: Pick<ClinicDefinition, "type" | "id">): string => `${type}/${id}`;

async function readAll(
	sql: Sql,
	table: string,
	places: readonly { readonly type: string; readonly id: string }[],
): Promise<ClinicDefinition[]> {
	if (places.length === 0) return [];
	const rows = await sql.query(
		`SELECT t.type, t.id, t.version, t.content::text AS text FROM ${table} t
		JOIN unnest($1::text[], $2::text[]) AS x(type, id) ON t.type = x.type AND t.id = x.id`,
		[places.map(({ type }) => type), places.map(({ id }) => id)],
	);
	return rows.map(({ type, id, version, text }) => ({
		type: type as string,
		id: id as string,
		version: version as number,
		size: (text as string).length,
		resource: parseJson(text as string) as Resource,
	}));
}

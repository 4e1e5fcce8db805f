import { fetch, type Place } from "./query.ts";
import type { Sql } from "./sql.ts";
import { type Deletion, STORED_COLUMNS, type Stored, storedOf } from "./stored.ts";
import { HISTORY, qualified, tableOf } from "./tables.ts";

/** The live version of a resource, if the caller may see it. */
export async function read(sql: Sql, place: Place, type: string, id: string): Promise<Stored | undefined> {
	if (place.restrict?.(type)) return (await fetch(sql, place, new Map([[type, [id]]])))[0];
	const table = tableOf(type);
	const from = `SELECT ${STORED_COLUMNS} FROM ${qualified(place.schema, table.name)} WHERE id = $1`;
	const [row] = table.shared ? await sql.query(`${from} AND type = $2`, [id, type]) : await sql.query(from, [id]);
	return row && storedOf(type, row);
}

/** The deletion that ended a resource which is not live; `undefined` when it never was. */
export async function deletionOf(sql: Sql, schema: string, type: string, id: string): Promise<Deletion | undefined> {
	const [row] = await sql.query(
		`SELECT version, (extract(epoch FROM last_updated) * 1000)::float8 AS at FROM ${qualified(schema, HISTORY)}
		WHERE type = $1 AND id = $2 AND method = 'DELETE' ORDER BY version DESC LIMIT 1`,
		[type, id],
	);
	return row && { version: row.version as number, lastUpdated: new Date(row.at as number) };
}

/**
 * One version of a resource, wherever it is kept. Restrictions are rules on live resources, so they let see the past of
 * what they let see now, and nothing of what is deleted.
 */
export async function vread(
	sql: Sql,
	place: Place,
	type: string,
	id: string,
	version: number,
): Promise<Stored | "deleted" | undefined> {
	const { schema } = place;
	if (place.restrict?.(type) && !(await read(sql, place, type, id))) return undefined;
	const table = tableOf(type);
	const [row] = await sql.query(
		`SELECT ${STORED_COLUMNS} FROM ${qualified(schema, table.name)}
		WHERE ${table.shared ? "type = $1 AND " : ""}id = $2 AND version = $3::int AND $1::text IS NOT NULL
		UNION ALL
		SELECT ${STORED_COLUMNS} FROM ${qualified(schema, HISTORY)} WHERE type = $1 AND id = $2 AND version = $3::int`,
		[type, id, version],
	);
	if (!row) return undefined;
	return row.text === null ? "deleted" : storedOf(type, row);
}

import { containedKey, containedPath, keyHash } from "../search/index.ts";
import { Binder, type Criteria, type Place } from "./query.ts";
import type { Sql } from "./sql.ts";
import type { Stored } from "./stored.ts";

/** For each pair, whether some live resource of type `source` contains one of type `target`; one statement. */
export async function contains(
	sql: Sql,
	place: Place,
	pairs: readonly { source: string; target: string }[],
): Promise<boolean[]> {
	if (pairs.length === 0) return [];
	const binder = new Binder(place);
	const tests = pairs.map(({ source, target }, i) => {
		const key = binder.bind(`{${keyHash(containedKey(source, target))}}`);
		return `EXISTS (SELECT 1 FROM ${binder.source(source).from} t WHERE t.keys @> ${key}::bigint[]) AS c${i}`;
	});
	const [row] = await sql.query(`SELECT ${tests.join(", ")}`, binder.values);
	return pairs.map((_, i) => row?.[`c${i}`] === true);
}

/** For each row, the ids of the resources contained in it that match; one statement. */
export async function containedIds(
	sql: Sql,
	place: Place,
	rows: readonly Stored[],
	{ resourceType, filter }: Criteria,
): Promise<string[][]> {
	const types = [...new Set(rows.map(({ type }) => type))];
	if (types.length === 0) return [];
	const binder = new Binder(place);
	const path = binder.bind(`${containedPath(resourceType, filter, binder.source(resourceType).groups)}.i`);
	const parts = types.map((type) => {
		const { from, shared } = binder.source(type);
		const ids = binder.bind(rows.filter((row) => row.type === type).map(({ id }) => id));
		const where = shared ? `t.type = ${binder.bind(type)} AND ` : "";
		return `SELECT '${type}' AS type, t.id, jsonb_path_query_array(t.facts, ${path}::jsonpath)::text AS ids
			FROM ${from} t WHERE ${where}t.id = ANY(${ids}::text[])`;
	});
	const found = await sql.query(parts.join("\nUNION ALL\n"), binder.values);
	const byName = new Map(found.map((row) => [`${row.type}/${row.id}`, JSON.parse(row.ids as string) as string[]]));
	return rows.map(({ type, id }) => byName.get(`${type}/${id}`) ?? []);
}

import { setImmediate } from "node:timers/promises";
import { parseJson, type Resource, type Span } from "../kernel/index.ts";
import { containedKey, keyHash } from "../search/index.ts";
import { derive, type RowContext } from "./row.ts";
import type { Row, Sql } from "./sql.ts";
import { qualified, type Table, tableOf, tables } from "./tables.ts";

/** Where a walk over the rows of a type has come: after an id, or (for those written since a time) after a time and id. */
export type Place = { readonly id: string; readonly at?: number };

/** A stretch of the walk: rows seen, and the place after the last; no place at the end. */
export type Stretch = { readonly seen: number; readonly next: Place | undefined };

/**
 * Writes anew what the rows of one clinic hold beside their text, by the search parameters of now. No version is made:
 * text, version, time and history stay. Each call is one short statement, so that writes wait for it at most that long.
 */
export type Reindex = {
	count(part: Part): Promise<number>;
	/** Rows in the order of ids. */
	walk(part: Part, after: Place | undefined, limit: number): Promise<Stretch>;
	/** Rows written in a span (milliseconds), in the order of time. */
	sweep(part: Part, span: Span, after: Place | undefined, limit: number): Promise<Stretch>;
	/** The other types with rows that contain a resource of one of these types. */
	holders(types: readonly string[]): Promise<string[]>;
};

/** All rows of a type, or those that contain a resource of one of the types `holding`. */
export type Part = { readonly type: string; readonly holding?: readonly string[] };

/** The reindexing of the clinic that `context` names. */
export function reindex(sql: Sql, context: RowContext): Reindex {
	const { schema } = context.tenant;
	return {
		async count(part) {
			const { from, where, values } = rowsOf(schema, part);
			const [row] = await sql.query(`SELECT count(*)::float8 AS n FROM ${from} t WHERE ${where}`, values);
			return row?.n as number;
		},
		async walk(part, after, limit) {
			const { from, where, values } = rowsOf(schema, part);
			const rows = await sql.query(
				`SELECT ${COLUMNS} FROM ${from} t WHERE ${where} AND t.id > $3 ORDER BY t.id LIMIT $4::int`,
				[...values, after?.id ?? "", limit],
			);
			await rewrite(sql, context, part.type, rows);
			return { seen: rows.length, next: rows.length < limit ? undefined : { id: rows.at(-1)?.id as string } };
		},
		async sweep(part, span, after, limit) {
			const { from, where, values } = rowsOf(schema, part);
			const rows = await sql.query(
				`SELECT ${COLUMNS} FROM ${from} t WHERE ${where}
				AND (t.last_updated, t.id) > (to_timestamp($3::float8 / 1000)::timestamptz(3), $4)
				AND t.last_updated < to_timestamp($5::float8 / 1000) ORDER BY t.last_updated, t.id LIMIT $6::int`,
				[...values, after?.at ?? span.start, after?.id ?? "", span.end, limit],
			);
			await rewrite(sql, context, part.type, rows);
			const last = rows.at(-1);
			return {
				seen: rows.length,
				next: rows.length < limit ? undefined : { id: last?.id as string, at: last?.at as number },
			};
		},
		async holders(types) {
			const others = context.registry.resourceTypes.filter((type) => !types.includes(type));
			const values: string[] = [];
			const parts = tables.map(({ table, type }) => {
				const here = others.filter((other) => tableOf(other) === table);
				const keys = here.flatMap((other) => types.map((inner) => keyHash(containedKey(other, inner))));
				const found = `keys && $${values.push(`{${keys.join(",")}}`)}::bigint[]`;
				const from = qualified(schema, table.name);
				return type === undefined
					? `SELECT DISTINCT type FROM ${from} WHERE ${found}`
					: `SELECT '${type}' AS type WHERE EXISTS (SELECT 1 FROM ${from} WHERE ${found})`;
			});
			const rows = await sql.query(parts.join(" UNION ALL "), values);
			return rows.map(({ type }) => type as string);
		},
	};
}

const COLUMNS = "t.id, t.version, (extract(epoch FROM t.last_updated) * 1000)::float8 AS at, t.content::text AS text";

/** Values: type (which tells rows apart in the shared table only), and the keys of which each row has one, or null. */
const rowsOf = (schema: string, { type, holding }: Part): { from: string; where: string; values: unknown[] } => {
	const { name, shared } = tableOf(type);
	const held = holding && `{${holding.map((inner) => keyHash(containedKey(type, inner))).join(",")}}`;
	return {
		from: qualified(schema, name),
		where: `${shared ? "t.type = $1" : "$1::text IS NOT NULL"} AND ($2::bigint[] IS NULL OR t.keys && $2::bigint[])`,
		values: [type, held ?? null],
	};
};

/** Rows derived before requests get their turn. */
const AT_ONCE = 16;

/**
 * Rows that a request holds at the moment are left out of the common statement, which would else hold all others while
 * it waits, and follow one by one. A row that has another version by now was derived by whoever wrote it.
 */
async function rewrite(sql: Sql, context: RowContext, type: string, rows: readonly Row[]): Promise<void> {
	if (rows.length === 0) return;
	const table = tableOf(type);
	const derived: (string | null)[][] = [];
	for (const [n, row] of rows.entries()) {
		if (n % AT_ONCE === AT_ONCE - 1) await setImmediate();
		const { keys, facts, narrative, columns } = derive(context, parseJson(row.text as string) as Resource);
		derived.push([row.id as string, String(row.version), keys, facts, narrative, ...columns]);
	}
	const values = (some: readonly (readonly (string | null)[])[]): unknown[] => [
		type,
		...(some[0] ?? []).map((_, i) => some.map((row) => row[i])),
	];
	const left = await sql.query(rewriteMany(context.tenant.schema, table, "SKIP LOCKED"), values(derived));
	for (const { id } of left) {
		const one = derived.filter((row) => row[0] === id);
		await sql.query(rewriteMany(context.tenant.schema, table, ""), values(one));
	}
}

/** Values: type, then text arrays of id, version, keys, facts, narrative, columns. Returns the ids not held. */
function rewriteMany(schema: string, table: Table, wait: "SKIP LOCKED" | ""): string {
	const live = qualified(schema, table.name);
	const names = ["id", "version", "keys", "facts", "narrative", ...table.columns.map(({ name }) => `"${name}"`)];
	const arrays = names.map((_, i) => `$${i + 2}::text[]`).join(", ");
	const same = `t.id = x.id AND ${table.shared ? "t.type = $1" : "$1::text IS NOT NULL"}`;
	const targets = ["keys", "facts", "narrative", ...table.columns.map(({ name }) => `"${name}"`)];
	const news = [
		"x.keys::bigint[]",
		"x.facts::jsonb",
		"to_tsvector('simple', x.narrative)",
		...table.columns.map(({ name, type }) => `x."${name}"::${type}`),
	];
	return `
WITH x AS MATERIALIZED (SELECT * FROM unnest(${arrays}) AS x(${names.join(", ")})),
held AS MATERIALIZED (
	SELECT t.id FROM ${live} t JOIN x ON ${same} AND t.version = x.version::int ORDER BY t.id FOR UPDATE OF t ${wait}
),
done AS (
	UPDATE ${live} AS t SET (${targets.join(", ")}) = ROW(${news.join(", ")})
	FROM x JOIN held ON held.id = x.id
	WHERE ${same} AND (${targets.map((name) => `t.${name}`).join(", ")}) IS DISTINCT FROM (${news.join(", ")})
)
SELECT x.id FROM x WHERE NOT EXISTS (SELECT 1 FROM held WHERE held.id = x.id)`;
}

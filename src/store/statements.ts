import type { Column } from "../clinical/index.ts";
import { HISTORY, qualified, type Table } from "./tables.ts";

/**
 * The moment of a write, taken in the database after a shared advisory lock that tells history readers
 * from which millisecond on versions may still be on their way (see `horizon.ts`). Both last until commit.
 */
export const stampOf = (schema: string): string => `
	SELECT date_trunc('milliseconds', clock_timestamp()) AS at FROM (
		SELECT pg_advisory_xact_lock_shared(
			hashtext('${schema}'), (floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint % 2147483648)::int
		) OFFSET 0
	) AS announced`;

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const iso = (at: string): string => `to_char(${at} AT TIME ZONE 'UTC', ${ISO})`;
const AT = "(extract(epoch FROM last_updated) * 1000)::float8 AS at";

const names = (columns: readonly Column[]): string => columns.map((column) => `, "${column.name}"`).join("");

/** Steps that follow the write in the same statement; they see it as `done(id)`. `next` numbers their values. */
export type Follow = (next: () => string) => string;

const nothing: Follow = () => "";

/** One new row, stamped and committed by this statement. Values: type?, id, version, method, keys, facts, narrative, before, after, columns. */
export function insertOne(schema: string, table: Table, follow = nothing): string {
	const p = counter();
	const type = table.shared ? `${p()}, ` : "";
	return `
WITH stamp AS MATERIALIZED (${stampOf(schema)}),
done AS (INSERT INTO ${qualified(schema, table.name)}
	(${table.shared ? "type, " : ""}id, version, method, keys, facts, narrative, content, last_updated${names(table.columns)})
SELECT ${type}${p()}, ${p()}::int, ${p()}, ${p()}::bigint[], ${p()}::jsonb, to_tsvector('simple', ${p()}::text), (${p()}::text || ${iso("at")} || ${p()}::text)::json, at
	${table.columns.map((column) => `, ${p()}::${column.type}`).join("")}
FROM stamp
ON CONFLICT DO NOTHING
RETURNING id, last_updated)${follow(p)}
SELECT ${AT} FROM done`;
}

/**
 * One row's next version, if it still is at the version the caller saw; the old one goes to history.
 * Values: type, id, expected version, version, method, keys, facts, narrative, before, after, columns.
 */
export function updateOne(schema: string, table: Table, follow = nothing): string {
	const p = counter();
	const [type, id, expected] = [p(), p(), p()];
	const [version, method, keys, facts, narrative, before, after] = [p(), p(), p(), p(), p(), p(), p()];
	const live = qualified(schema, table.name);
	return `
WITH stamp AS MATERIALIZED (${stampOf(schema)}),
old AS MATERIALIZED (
	SELECT o.id, o.version, o.last_updated, o.method, o.content, greatest(stamp.at, o.last_updated + interval '1 ms') AS at
	FROM stamp, ${live} o
	WHERE ${table.shared ? `o.type = ${type} AND ` : ""}o.id = ${id} AND o.version = ${expected}::int
	FOR UPDATE OF o
),
kept AS (
	INSERT INTO ${qualified(schema, HISTORY)} (type, id, version, last_updated, method, content)
	SELECT ${type}, id, version, last_updated, method, content FROM old
),
done AS (UPDATE ${live} AS t
SET version = ${version}::int, method = ${method}, keys = ${keys}::bigint[],
	facts = ${facts}::jsonb, narrative = to_tsvector('simple', ${narrative}::text),
	content = (${before}::text || ${iso("old.at")} || ${after}::text)::json, last_updated = old.at
	${table.columns.map((column) => `, "${column.name}" = ${p()}::${column.type}`).join("")}
FROM old
WHERE ${table.shared ? `t.type = ${type} AND ` : ""}t.id = old.id
RETURNING t.id, t.last_updated)${follow(p)}
SELECT ${AT} FROM done`;
}

/**
 * Takes one row away; its last version and the deletion go to history.
 * Values: type, id, expected version or null. Returns the deletion's version and time, or no row.
 */
export function deleteOne(schema: string, table: Table, follow = nothing): string {
	const p = counter();
	const [type, id, expected] = [p(), p(), p()];
	const live = qualified(schema, table.name);
	const history = qualified(schema, HISTORY);
	return `
WITH stamp AS MATERIALIZED (${stampOf(schema)}),
old AS (
	DELETE FROM ${live}
	WHERE ${table.shared ? `type = ${type} AND ` : ""}id = ${id} AND (${expected}::int IS NULL OR version = ${expected}::int)
	RETURNING id, version, last_updated, method, content
),
kept AS (
	INSERT INTO ${history} (type, id, version, last_updated, method, content)
	SELECT ${type}, id, version, last_updated, method, content FROM old
),
done AS (INSERT INTO ${history} (type, id, version, last_updated, method, content)
SELECT ${type}, old.id, old.version + 1, greatest(stamp.at, old.last_updated + interval '1 ms'), 'DELETE', NULL
FROM old, stamp
RETURNING id, version, last_updated)${follow(p)}
SELECT version, ${AT} FROM done`;
}

const unnested = (table: Table): { from: string; columns: string[] } => {
	const columns = [
		"type",
		"id",
		"version",
		"at",
		"method",
		"keys",
		"facts",
		"narrative",
		"content",
		...table.columns.map((c) => `"${c.name}"`),
	];
	const arrays = columns.map((_, i) => `$${i + 1}::text[]`).join(", ");
	return { from: `unnest(${arrays}) AS x(${columns.join(", ")})`, columns };
};

const AT_TIME = "to_timestamp(x.at::float8 / 1000)";
const BASE = `x.version::int, x.method, x.keys::bigint[], x.facts::jsonb, to_tsvector('simple', x.narrative), x.content::json, ${AT_TIME}`;
const typed = (columns: readonly Column[]): string => columns.map((c) => `, x."${c.name}"::${c.type}`).join("");

/** New rows inside a transaction. Values: one text array a column, as `manyValues` builds them. */
export function insertMany(schema: string, table: Table): string {
	return `
INSERT INTO ${qualified(schema, table.name)}
	(${table.shared ? "type, " : ""}id, version, method, keys, facts, narrative, content, last_updated${names(table.columns)})
SELECT ${table.shared ? "x.type, " : ""}x.id, ${BASE}${typed(table.columns)} FROM ${unnested(table).from}`;
}

/**
 * Next versions of rows that the transaction has locked; with `keep` the old ones go to history, without it the
 * rows are mended in place (references resolved late in the same transaction).
 */
export function updateMany(schema: string, table: Table, keep: boolean): string {
	const live = qualified(schema, table.name);
	const same = `${table.shared ? "t.type = x.type AND " : ""}t.id = x.id`;
	const kept = `, kept AS (
	INSERT INTO ${qualified(schema, HISTORY)} (type, id, version, last_updated, method, content)
	SELECT x.type, t.id, t.version, t.last_updated, t.method, t.content FROM ${live} t JOIN x ON ${same}
)`;
	return `
WITH x AS MATERIALIZED (SELECT * FROM ${unnested(table).from})${keep ? kept : ""}
UPDATE ${live} AS t
SET (version, method, keys, facts, narrative, content, last_updated${names(table.columns)}) = ROW(${BASE}${typed(table.columns)})
FROM x WHERE ${same}`;
}

/** Takes rows away inside a transaction. Values: text arrays of type, id, deletion version and time in milliseconds. */
export function deleteMany(schema: string, table: Table): string {
	const live = qualified(schema, table.name);
	const history = qualified(schema, HISTORY);
	return `
WITH x AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS x(type, id, version, at)),
old AS (
	DELETE FROM ${live} AS t USING x WHERE ${table.shared ? "t.type = x.type AND " : ""}t.id = x.id
	RETURNING x.type, t.id, t.version, t.last_updated, t.method, t.content
),
kept AS (
	INSERT INTO ${history} (type, id, version, last_updated, method, content)
	SELECT type, id, version, last_updated, method, content FROM old
)
INSERT INTO ${history} (type, id, version, last_updated, method, content)
SELECT x.type, x.id, x.version::int, ${AT_TIME}, 'DELETE', NULL FROM x`;
}

function counter(): () => string {
	let n = 0;
	return () => `$${++n}`;
}

import type { Sql } from "./sql.ts";

/**
 * The time before which no version of this clinic can still appear: every write announces the millisecond it
 * begins in by a shared advisory lock (`stampOf`), so the oldest such lock, or now, bounds what is settled.
 * To be asked in a statement of its own before the versions are read; then a poll by `_since` never misses a
 * transaction that commits late. Milliseconds since 1970.
 */
export async function horizon(sql: Sql, schema: string): Promise<number> {
	const [row] = await sql.query(HORIZON, [schema]);
	return row?.horizon as number;
}

const HORIZON = `
WITH now AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms)
SELECT coalesce(
	(SELECT min(now.ms - ((now.ms - l.objid::bigint) % 2147483648 + 2147483648) % 2147483648) FROM pg_locks l
	WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid::bigint = hashtext($1)::bigint & 4294967295
	AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())),
	now.ms + 1
)::float8 AS horizon FROM now`;

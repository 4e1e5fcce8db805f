import type { Sql } from "./sql.ts";

/**
 * The time before which no version of this clinic can still appear: every write announces the millisecond it
 * begins in by a shared advisory lock (`stampOf`), so the oldest such lock, or now, bounds what is settled. Another
 * write may still begin in this very millisecond, so it is not settled; the wait lets it pass, so that whoever wrote
 * before asking sees what was written.
 * To be asked in a statement of its own before the versions are read; then a poll by `_since` never misses a
 * transaction that commits late. Milliseconds since 1970.
 */
export async function horizon(sql: Sql, schema: string): Promise<number> {
	const [row] = await sql.query(HORIZON, [schema]);
	return row?.horizon as number;
}

const HORIZON = `
WITH waited AS MATERIALIZED (SELECT pg_sleep(0.001)),
now AS MATERIALIZED (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms FROM waited)
SELECT coalesce(
	(SELECT min(now.ms - ((now.ms - l.objid::bigint) % 2147483648 + 2147483648) % 2147483648) FROM pg_locks l
	WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid::bigint = hashtext($1)::bigint & 4294967295
	AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())),
	now.ms
)::float8 AS horizon FROM now`;

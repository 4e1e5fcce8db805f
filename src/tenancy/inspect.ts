import pg from "pg";
import { managementMigrations } from "../migrations/management/index.ts";
import { MANAGEMENT_SCHEMA } from "./entities.ts";

/** What a look at a database found. */
export type Inspection = {
	/** PostgreSQL's version number, as 180000. */
	readonly version: number;
	/** Milliseconds by which this machine's clock is ahead of the database's. */
	readonly clockAhead: number;
	readonly mayCreateSchemas: boolean;
	/** Migrations of the management schema that the next start will run. */
	readonly pending: readonly string[];
	/** Slugs of clinics whose schema is not at the newest migration. */
	readonly behind: readonly string[];
};

/**
 * Looks at a database without changing it. `newest` is the name of a clinic's last migration.
 * @throws Error with PostgreSQL's or the system's error code in `code` when it cannot be reached or refuses.
 */
export async function inspectDatabase(url: string, newest: string | null): Promise<Inspection> {
	const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 10_000 });
	await client.connect();
	try {
		await client.query("begin read only");
		const { rows } = await client.query(`
			select current_setting('server_version_num')::int as version, clock_timestamp() as now,
				has_database_privilege(current_database(), 'create') as creates,
				to_regclass('${MANAGEMENT_SCHEMA}.tenant') is not null as made`);
		const clockAhead = Date.now() - rows[0].now.getTime();
		const { version, creates, made } = rows[0];
		const known = made ? await applied(client) : [];
		const pending = managementMigrations.map(({ name }) => name).filter((name) => !known.includes(name));
		const behind = pending.length === 0 ? await clinicsBehind(client, newest) : [];
		return { version, clockAhead, mayCreateSchemas: creates, pending, behind };
	} finally {
		await client.end();
	}
}

async function applied(client: pg.Client): Promise<string[]> {
	const { rows } = await client.query(`select name from ${MANAGEMENT_SCHEMA}.mikro_orm_migrations`);
	return rows.map(({ name }) => name);
}

async function clinicsBehind(client: pg.Client, newest: string | null): Promise<string[]> {
	const { rows } = await client.query(
		`select slug from ${MANAGEMENT_SCHEMA}.tenant
		where status in ('active', 'suspended') and migrated_to is distinct from $1 order by slug`,
		[newest],
	);
	return rows.map(({ slug }) => slug);
}

import { Migrator } from "@mikro-orm/migrations";
import { type MigrationObject, MikroORM, type Options } from "@mikro-orm/postgresql";
import type pg from "pg";
import { DEFAULT_LIMITS } from "../kernel/index.ts";
import { managementMigrations } from "../migrations/management/index.ts";
import { MANAGEMENT_SCHEMA, managementEntities } from "./entities.ts";
import { reclaimBroken } from "./reclaim.ts";

/** Entities of a clinic are declared with `schema: "*"`; migrations name their tables without a schema. */
type Entities = NonNullable<Options["entities"]>;

/** The two contexts on one PostgreSQL: what belongs to all clinics, and what each clinic's schema holds. */
export type Database = {
	readonly management: MikroORM;
	readonly tenants: MikroORM;
	readonly tenantMigrations: readonly MigrationObject[];
	/** The connections of the tenants' context, for the statements of the hot path. */
	pool(): pg.Pool;
	/** Connections for searches alone, so that slow ones neither hold up reads and writes nor run on for long. */
	searchPool(): pg.Pool;
	close(): Promise<void>;
};

/**
 * PostgreSQL keeps what it read of its catalogs for as long as a connection lives: some 0.27 MB for every clinic that
 * the connection has served. So a connection is replaced after `LIFETIME_SECONDS`, and where there are many clinics
 * after so many uses that it stays below 300 MB.
 */
const LIFETIME_SECONDS = 900;
const MANY_CLINICS = 500;
const usesFor = (clinics: number): number => (clinics < MANY_CLINICS ? 200_000 : 1_000);
const MANAGEMENT_CONNECTIONS = 4;

/** What both contexts are opened with; `poolSize` bounds the connections for clinics' reads and writes. */
export type DatabaseOptions = {
	readonly url: string;
	readonly poolSize: number;
	readonly tenantEntities: Entities;
	readonly tenantMigrations: readonly MigrationObject[];
};

/** Searches have half as many connections again as reads and writes. */
const searchConnections = (poolSize: number): number => Math.max(2, Math.ceil(poolSize / 2));

/** The ORM's options for what belongs to all clinics. */
export const managementOptions = ({ url }: DatabaseOptions): Options => ({
	...common(url, MANAGEMENT_CONNECTIONS),
	contextName: "management",
	entities: managementEntities as Entities,
	migrations: {
		migrationsList: [...managementMigrations],
		schema: MANAGEMENT_SCHEMA,
		snapshot: false,
		silent: true,
	},
});

/** The ORM's options for the clinics' schemas; each fork and migration names the schema it is for. */
export const tenantOptions = ({ url, poolSize, tenantEntities, tenantMigrations }: DatabaseOptions): Options => ({
	...common(url, poolSize),
	replicas: [searching(url, searchConnections(poolSize))],
	preferReadReplicas: false,
	contextName: "tenant",
	entities: tenantEntities,
	migrations: {
		migrationsList: [...tenantMigrations],
		snapshot: false,
		silent: true,
		includeWildcardSchema: true,
	},
});

/**
 * Connects both contexts and brings the management schema up to date.
 * @throws Error when the server does not answer or refuses the credentials.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
	const management = await MikroORM.init(managementOptions(options));
	const tenants = await MikroORM.init(tenantOptions(options));
	const close = async (): Promise<void> => {
		await Promise.all([management.close(true), tenants.close(true)]);
	};
	try {
		const pool = await poolOf(tenants);
		const searchPool: pg.Pool = await tenants.em.getConnection("read").getNativeClient();
		reclaimBroken(pool);
		reclaimBroken(searchPool);
		reclaimBroken(await poolOf(management));
		await migrateManagement(management);
		for (const one of [pool, searchPool]) {
			await boundUses(one, management);
			one.on("connect", () => void boundUses(one, management).catch(() => undefined));
		}
		const pools = { pool: () => pool, searchPool: () => searchPool };
		return { management, tenants, tenantMigrations: options.tenantMigrations, ...pools, close };
	} catch (error) {
		await close();
		throw error;
	}
}

const poolOf = (orm: MikroORM): Promise<pg.Pool> => orm.em.getConnection().getNativeClient();

const common = (url: string, connections: number) =>
	({
		clientUrl: url,
		pool: { min: 0, max: connections, idleTimeoutMillis: 60_000 },
		driverOptions: {
			// MikroORM reads host, port and user out of the URL and drops the rest, such as sslmode.
			connectionString: url,
			maxLifetimeSeconds: LIFETIME_SECONDS,
			connectionTimeoutMillis: 30_000,
			keepAlive: true,
			// By default the schema named like the database's user is searched too, and a user may well be named "phc".
			options: "-c search_path=public",
		},
		extensions: [Migrator],
		discovery: { warnWhenNoEntities: false },
		forceUtcTimezone: true,
	}) satisfies Options;

/** The same server once more, with a limit on statements even where nobody sets one. */
function searching(url: string, connections: number): NonNullable<Options["replicas"]>[number] {
	const { clientUrl, pool, driverOptions } = common(url, connections);
	// Many searches at once share the processors better than one search can use several.
	const options = `${driverOptions.options} -c statement_timeout=${DEFAULT_LIMITS.searchTimeoutMs} -c max_parallel_workers_per_gather=0`;
	return { clientUrl, pool, driverOptions: { ...driverOptions, options } };
}

/** The name of the last migration of a clinic's schema. */
export const latest = ({ tenantMigrations }: Pick<Database, "tenantMigrations">): string | null =>
	tenantMigrations.at(-1)?.name ?? null;

/** Whether a clinic that is at a migration lacks later ones. A name that is not known comes from a newer version. */
export function isBehind(
	{ tenantMigrations }: Pick<Database, "tenantMigrations">,
	at: string | null | undefined,
): boolean {
	if (at === null || at === undefined) return tenantMigrations.length > 0;
	return tenantMigrations.slice(0, -1).some(({ name }) => name === at);
}

/** Every new connection is an occasion to look at how many clinics there are now. */
async function boundUses(pool: pg.Pool, management: MikroORM): Promise<void> {
	const query = "select count(*)::int as clinics from phc.tenant";
	const row = await management.em.getConnection().execute<{ clinics: number }>(query, [], "get");
	pool.options.maxUses = usesFor(row.clinics);
}

/** Processes that start at once take turns. */
async function migrateManagement(orm: MikroORM): Promise<void> {
	await whileLocked(
		orm,
		"migrations",
		async () => {
			await orm.em.getDriver().execute(`create schema if not exists ${MANAGEMENT_SCHEMA}`);
			await orm.migrator.up();
		},
		{ wait: true },
	);
}

/**
 * Runs `work` while a connection of its own holds the lock `name`, which ends with that connection should this process
 * crash. Without `wait` it is told whether the lock was got. What `work` does is no part of a transaction.
 */
export async function whileLocked<T>(
	orm: MikroORM,
	name: string,
	work: (held: boolean) => T | Promise<T>,
	options: { wait?: boolean } = {},
): Promise<T> {
	const connection = orm.em.getConnection();
	return connection.transactional(async (transaction) => {
		const key = `hashtextextended('phc ' || ?, 0)`;
		const query = options.wait
			? `select true as held from (select pg_advisory_xact_lock(${key})) as waited`
			: `select pg_try_advisory_xact_lock(${key}) as held`;
		const row = await connection.execute<{ held: boolean }>(query, [name], "get", transaction);
		return work(row.held);
	});
}

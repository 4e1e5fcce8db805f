import { Migrator } from "@mikro-orm/migrations";
import { type MigrationObject, MikroORM, type Options } from "@mikro-orm/postgresql";
import type pg from "pg";
import { managementMigrations } from "../migrations/management/index.ts";
import { MANAGEMENT_SCHEMA, managementEntities } from "./entities.ts";

/** Entities of a clinic are declared with `schema: "*"`; migrations name their tables without a schema. */
export type TenantModel = { readonly entities: Entities; readonly migrations: readonly MigrationObject[] };
type Entities = NonNullable<Options["entities"]>;

/** The two contexts on one PostgreSQL: what belongs to all clinics, and what each clinic's schema holds. */
export type Database = {
	readonly management: MikroORM;
	readonly tenants: MikroORM;
	readonly tenantMigrations: readonly MigrationObject[];
	/** The connections of the tenants' context, for the statements of the hot path. */
	pool(): pg.Pool;
	close(): Promise<void>;
};

/**
 * PostgreSQL keeps what it read of its catalogs for as long as a connection lives, and every clinic adds its tables to
 * it: so a connection is replaced after this many seconds, and at the latest after this many transactions.
 */
const RECYCLE = { maxLifetimeSeconds: 900, maxUses: 200_000 };
const MANAGEMENT_CONNECTIONS = 4;

/**
 * Connects both contexts and brings the management schema up to date. `poolSize` bounds the connections for clinics.
 * @throws Error when the server does not answer or refuses the credentials.
 */
export async function openDatabase(options: {
	url: string;
	poolSize: number;
	tenantEntities: Entities;
	tenantMigrations: readonly MigrationObject[];
}): Promise<Database> {
	const management = await MikroORM.init({
		...common(options.url, MANAGEMENT_CONNECTIONS),
		contextName: "management",
		entities: managementEntities as Entities,
		migrations: {
			migrationsList: [...managementMigrations],
			schema: MANAGEMENT_SCHEMA,
			snapshot: false,
			silent: true,
		},
	});
	const tenants = await MikroORM.init({
		...common(options.url, options.poolSize),
		contextName: "tenant",
		entities: options.tenantEntities,
		migrations: {
			migrationsList: [...options.tenantMigrations],
			snapshot: false,
			silent: true,
			includeWildcardSchema: true,
		},
	});
	const close = async (): Promise<void> => {
		await Promise.all([management.close(true), tenants.close(true)]);
	};
	try {
		await migrateManagement(management);
		const pool: pg.Pool = await tenants.em.getConnection().getNativeClient();
		return { management, tenants, tenantMigrations: options.tenantMigrations, pool: () => pool, close };
	} catch (error) {
		await close();
		throw error;
	}
}

const common = (url: string, connections: number): Options => ({
	clientUrl: url,
	pool: { min: 0, max: connections },
	driverOptions: { ...RECYCLE, connectionTimeoutMillis: 30_000, keepAlive: true },
	extensions: [Migrator],
	discovery: { warnWhenNoEntities: false },
	forceUtcTimezone: true,
});

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

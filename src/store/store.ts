import type { MikroORM } from "@mikro-orm/postgresql";
import type { Pool } from "pg";
import type { Registry } from "../definitions/index.ts";
import type { Tenant } from "../kernel/index.ts";
import type { Restrict } from "../search/index.ts";
import { type ClinicDefinition, clinicDefinitions } from "./clinic-definitions.ts";
import { type ClinicParameter, clinicParameters, type ReindexInput, requestReindex } from "./clinic-parameters.ts";
import { directSession } from "./direct-session.ts";
import { horizon } from "./horizon.ts";
import { type JobQueue, jobQueue } from "./job-queue.ts";
import { type Reindex, reindex } from "./reindex.ts";
import type { RowContext } from "./row.ts";
import { searchSql } from "./search-sql.ts";
import type { Session, TransactionSession } from "./session.ts";
import { Contention, poolSql, type Sql, type Transaction, transactionSql } from "./sql.ts";
import { stampOf } from "./statements.ts";
import { transactionSession } from "./transaction-session.ts";

/**
 * What a session is for. `registry` has the clinic's own search parameters, where it has any; `restrict` says what its
 * caller may see, all if left out; `oneSearch`: its searches together have the time of one, as those of one request,
 * else each of their statements has.
 */
export type SessionOptions = {
	readonly registry?: Registry;
	readonly restrict?: Restrict | undefined;
	readonly oneSearch?: boolean;
};

/** Every clinic's data, and the work on it that outlives a request. */
export type Store = {
	/** A session is cheap: make one a request. */
	session(tenant: Tenant, base: string, options?: SessionOptions): Session;
	readonly jobs: JobQueue;
	/** The clinic's own search parameters; jobs are made for those that are not indexed yet. */
	searchParameters(tenant: Tenant, base: string): Promise<ClinicParameter[]>;
	/** The clinic's own resources of these types; only what is not among `known` is read. */
	definitions(
		tenant: Tenant,
		types: readonly string[],
		known: readonly ClinicDefinition[],
	): Promise<readonly ClinicDefinition[]>;
	/** Makes a job that indexes every row of these types anew, and says its id. */
	requestReindex(tenant: Tenant, input: ReindexInput, parameters: readonly ClinicParameter[]): Promise<string>;
	reindex(tenant: Tenant, base: string, registry: Registry): Reindex;
	/** The time before which no write of the clinic can still appear, in milliseconds. */
	horizon(tenant: Tenant): Promise<number>;
};

/** The ORM of the clinics' schemas and its connections; those for searches have a timeout. */
export type Connections = { readonly tenants: MikroORM; pool(): Pool; searchPool(): Pool };

const TRIES = 5;

/** The store over the clinics' schemas. */
export function createStore(connections: Connections, registry: Registry): Store {
	const sql = poolSql(connections.pool());
	const searches = connections.searchPool();
	const inTransaction = <T>(work: (inner: Sql) => Promise<T>): Promise<T> =>
		retried(() =>
			connections.tenants.em.getConnection().transactional((one: Transaction) => work(transactionSql(one))),
		);
	return {
		session(tenant, base, { registry: own = registry, restrict, oneSearch = false } = {}) {
			const context: RowContext = { registry: own, tenant, base };
			const search = searchSql(searches, tenant.limits.searchTimeoutMs, oneSearch);
			return directSession({ sql, search }, context, restrict, (work) =>
				retried(() => transact(connections.tenants, context, restrict, work)),
			);
		},
		jobs: jobQueue(sql),
		searchParameters: (tenant, base) => clinicParameters(sql, inTransaction, registry, tenant, base),
		definitions: (tenant, types, known) => clinicDefinitions(sql, tenant, types, known),
		requestReindex: (tenant, input, parameters) => requestReindex(inTransaction, tenant, input, parameters),
		reindex: (tenant, base, own) =>
			reindex({ query: (...one) => retried(() => sql.query(...one)) }, { registry: own, tenant, base }),
		horizon: (tenant) => horizon(sql, tenant.schema),
	};
}

async function transact<T>(
	orm: MikroORM,
	context: RowContext,
	restrict: Restrict | undefined,
	work: (inner: TransactionSession) => Promise<T>,
): Promise<T> {
	const connection = orm.em.getConnection();
	return connection.transactional(async (transaction: Transaction) => {
		const sql = transactionSql(transaction);
		const [row] = await sql.query(
			`WITH stamp AS (${stampOf(context.tenant.schema)}) SELECT (extract(epoch FROM at) * 1000)::float8 AS at FROM stamp`,
			[],
		);
		const session = transactionSession(sql, context, row?.at as number, restrict);
		const result = await work(session);
		await session.flush();
		return result;
	});
}

/** Deadlocks and lost races are the database's to detect and ours to repeat. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
	for (let tries = 1; ; tries++) {
		try {
			return await attempt();
		} catch (error) {
			if (!(error instanceof Contention) || tries >= TRIES) throw error;
		}
	}
}

import type { MikroORM } from "@mikro-orm/postgresql";
import type { Pool } from "pg";
import type { Registry } from "../definitions/index.ts";
import type { Tenant } from "../kernel/index.ts";
import type { Restrict } from "../search/index.ts";
import { directSession } from "./direct-session.ts";
import type { RowContext } from "./row.ts";
import { searchSql } from "./search-sql.ts";
import type { Session, TransactionSession } from "./session.ts";
import { Contention, poolSql, type Transaction, transactionSql } from "./sql.ts";
import { stampOf } from "./statements.ts";
import { transactionSession } from "./transaction-session.ts";

/**
 * What a session is for. `restrict` says what its caller may see, all if left out; `oneSearch`: its searches together
 * have the time of one, as those of one request, else each of their statements has.
 */
export type SessionOptions = { readonly restrict?: Restrict | undefined; readonly oneSearch?: boolean };

/** Every clinic's data. A session is cheap: make one a request. */
export type Store = { session(tenant: Tenant, base: string, options?: SessionOptions): Session };

/** The ORM of the clinics' schemas and its connections; those for searches have a timeout. */
export type Connections = { readonly tenants: MikroORM; pool(): Pool; searchPool(): Pool };

const TRIES = 5;

/** The store over the clinics' schemas. */
export function createStore(connections: Connections, registry: Registry): Store {
	const sql = poolSql(connections.pool());
	const searches = connections.searchPool();
	return {
		session(tenant, base, { restrict, oneSearch = false } = {}) {
			const context: RowContext = { registry, tenant, base };
			const search = searchSql(searches, tenant.limits.searchTimeoutMs, oneSearch);
			return directSession({ sql, search }, context, restrict, (work) =>
				retried(() => transact(connections.tenants, context, restrict, work)),
			);
		},
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

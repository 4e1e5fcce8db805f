import type { MikroORM } from "@mikro-orm/postgresql";
import type { Pool } from "pg";
import type { Registry } from "../definitions/index.ts";
import type { Tenant } from "../kernel/index.ts";
import type { Restrict } from "../search/index.ts";
import { directSession } from "./direct-session.ts";
import type { RowContext } from "./row.ts";
import type { Session, TransactionSession } from "./session.ts";
import { Contention, poolSql, type Transaction, transactionSql } from "./sql.ts";
import { stampOf } from "./statements.ts";
import { transactionSession } from "./transaction-session.ts";

/** Every clinic's data. A session is cheap: make one a request; `restrict` says what its caller may see, all if left out. */
export type Store = { session(tenant: Tenant, base: string, options?: { restrict?: Restrict | undefined }): Session };

const TRIES = 5;

/** The store over the ORM of the clinics' schemas and its connection pool. */
export function createStore(orm: MikroORM, pool: Pool, registry: Registry): Store {
	const sql = poolSql(pool);
	return {
		session(tenant, base, { restrict } = {}) {
			const context: RowContext = { registry, tenant, base };
			return directSession(sql, context, restrict, (work) => retried(() => transact(orm, context, restrict, work)));
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

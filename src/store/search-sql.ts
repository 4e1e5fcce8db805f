import type { Pool, PoolClient } from "pg";
import { Problem } from "../kernel/index.ts";
import { databaseProblem, type Row, type Sql } from "./sql.ts";

/** The timeout that a connection stands at, in milliseconds, where it is not the one it was opened with. */
const standing = new WeakMap<PoolClient, number>();

/** A search's remaining time is told to the database in steps, so that most searches need no statement to set it. */
const STEP_MS = 200;

/** Statements of searches; `rehearse` runs one in a transaction that can write nothing and is rolled back. */
export type SearchSql = Sql & { rehearse(text: string, values: readonly unknown[]): Promise<Row[]> };

/**
 * Statements of searches, on connections of their own that end a statement after `limit` milliseconds. `shared`: all of
 * them together have that time, as those of one request.
 * @throws Problem `too-costly` that names the limit and the mend.
 */
export function searchSql(pool: Pool, limit: number, shared: boolean): SearchSql {
	let spent = 0;
	const run = async (work: (client: PoolClient) => Promise<Row[]>): Promise<Row[]> => {
		const left = Math.max(1, limit - Math.floor(spent / STEP_MS) * STEP_MS);
		const client = await connect(pool);
		const begun = performance.now();
		let fault: unknown;
		try {
			if (standing.get(client) !== left) await client.query(`SET statement_timeout = ${left}`);
			standing.set(client, left);
			return await work(client);
		} catch (error) {
			fault = error;
			throw asTooCostly(databaseProblem(error), limit);
		} finally {
			if (shared) spent += performance.now() - begun;
			client.release(isBroken(fault));
		}
	};
	const query = async (client: PoolClient, text: string, values: readonly unknown[]): Promise<Row[]> =>
		(await client.query(text, values as unknown[])).rows;
	return {
		query: (text, values) => run((client) => query(client, text, values)),
		rehearse: (text, values) =>
			run(async (client) => {
				await client.query("BEGIN READ ONLY");
				try {
					return await query(client, text, values);
				} finally {
					await client.query("ROLLBACK");
				}
			}),
	};
}

async function connect(pool: Pool): Promise<PoolClient> {
	try {
		return await pool.connect();
	} catch (error) {
		throw databaseProblem(error);
	}
}

/** After a refusal of the statement alone the connection is as good as before. */
const isBroken = (fault: unknown): boolean =>
	fault !== undefined && (fault as { severity?: string }).severity !== "ERROR";

/** Says which limit a search ran into, and what to do. */
export function asTooCostly(problem: unknown, limit: number): unknown {
	if (!(problem instanceof Problem) || problem.kind !== "too-costly") return problem;
	return new Problem(
		"too-costly",
		`The search was stopped after ${limit} ms, the most that this clinic allows. Narrow it down: by patient, code, identifier or a range of dates, or without _total, _sort or _include.`,
		problem.detail,
	);
}

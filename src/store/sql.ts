import { CompiledQuery, type QueryResult } from "kysely";
import type { Pool } from "pg";
import { isUnreachable, Problem } from "../kernel/index.ts";

/** A row as the driver gives it: every statement here casts what it selects to text, integer, float8 or boolean. */
export type Row = Record<string, string | number | boolean | null>;

/** Runs one SQL statement, on its own or inside the transaction it stands for. */
export type Sql = { query(text: string, values: readonly unknown[]): Promise<Row[]> };

/** Statements that each commit on their own, on connections of the ORM's pool. */
export const poolSql = (pool: Pool): Sql => ({
	query: async (text, values) => {
		try {
			return (await pool.query(text, values as unknown[])).rows;
		} catch (error) {
			throw databaseProblem(error);
		}
	},
});

/** What is used of the transaction that the ORM hands out. */
export type Transaction = { executeQuery<R>(query: CompiledQuery<R>): Promise<QueryResult<R>> };

/** Statements inside a transaction that the ORM has begun. */
export const transactionSql = (transaction: Transaction): Sql => ({
	query: async (text, values) => {
		try {
			return (await transaction.executeQuery(CompiledQuery.raw(text, [...values]))).rows as Row[];
		} catch (error) {
			throw databaseProblem(error);
		}
	},
});

/** A database refusal that another try may not meet: a deadlock, or a row that another transaction just changed. */
export class Contention extends Problem {
	constructor(detail: string) {
		super(
			"conflict",
			"The resource was changed by another request at the same time. Read it again and repeat.",
			detail,
		);
	}
}

const UNAVAILABLE = "The database cannot be reached at the moment. Try again shortly.";

/** Turns what a client or the moment caused into a Problem; everything else stays the fault it is. */
export function databaseProblem(error: unknown): unknown {
	const { code, message } = error as { code?: string; message: string };
	if (code === "40001" || code === "40P01" || code === "23505") return new Contention(message);
	if (code === "57014") {
		return new Problem("too-costly", "The request took longer than this server allows. Narrow it down.", message);
	}
	// Class 54: a statement beyond the limits of PostgreSQL's parser, planner or protocol.
	if (code?.startsWith("54")) {
		return new Problem("too-costly", "The request asks more than the database takes at once. Split it.", message);
	}
	return isUnreachable(error) ? new Problem("unavailable", UNAVAILABLE, message) : error;
}

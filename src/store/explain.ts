import { LRUCache } from "lru-cache";
import { Problem } from "../kernel/index.ts";
import { compile } from "../search/index.ts";
import type { Plan, TableStatistics } from "./plan.ts";
import { Binder, type Criteria, type Page, type Place, type Statement, searchStatement } from "./query.ts";
import type { SearchSql } from "./search-sql.ts";
import type { Row, Sql } from "./sql.ts";

/** How the database answers a search. `isStopped`: it ran into the limit, so the plan is that of an estimate. */
export type Explanation = {
	readonly statement: Statement;
	readonly plan: Plan;
	readonly isStopped: boolean;
	readonly tables: readonly TableStatistics[];
};

/** Runs a search without giving its rows, in a transaction that can write nothing, and tells its plan. */
export async function explain(
	sql: SearchSql,
	place: Place,
	criteria: readonly Criteria[],
	page: Page,
): Promise<Explanation> {
	const statement = searchStatement(place, criteria, page);
	const plan = await planOf(sql, statement, "ANALYZE, BUFFERS, FORMAT JSON").catch((error: unknown) => {
		if (error instanceof Problem && error.kind === "too-costly") return undefined;
		throw error;
	});
	return {
		statement,
		plan: plan ?? (await planOf(sql, statement, "FORMAT JSON")),
		isStopped: plan === undefined,
		tables: await statisticsOf(sql, place.schema),
	};
}

/** Expectations by statement and values: they choose a plan and no result, so they may be some seconds old. */
const expectations = new LRUCache<string, number>({ max: 1_000, ttl: 10_000 });

/** How many live resources the database expects to match each of the criteria; it looks at no row for that. */
export async function estimate(sql: Sql, place: Place, criteria: readonly Criteria[]): Promise<number[]> {
	return Promise.all(
		criteria.map(async ({ resourceType, filter }) => {
			const binder = new Binder(place);
			const { from, shared } = binder.source(resourceType);
			const type = shared ? `t.type = ${binder.bind(resourceType)} AND ` : "";
			const where = type + compile(filter, { type: resourceType, alias: "t" }, binder);
			const text = `EXPLAIN (FORMAT JSON) SELECT 1 FROM ${from} t WHERE ${where}`;
			const key = `${text} ${JSON.stringify(binder.values)}`;
			const known = expectations.get(key);
			if (known !== undefined) return known;
			const [row] = await sql.query(text, binder.values);
			const expected = planIn(row).Plan["Plan Rows"];
			expectations.set(key, expected);
			return expected;
		}),
	);
}

async function planOf(sql: SearchSql, { text, values }: Statement, options: string): Promise<Plan> {
	const [row] = await sql.rehearse(`EXPLAIN (${options}) ${text}`, values);
	return planIn(row);
}

function planIn(row: Row | undefined): Plan {
	const told: unknown = row?.["QUERY PLAN"];
	const [plan] = (typeof told === "string" ? JSON.parse(told) : told) as [Plan];
	return plan;
}

async function statisticsOf(sql: SearchSql, schema: string): Promise<TableStatistics[]> {
	const rows = await sql.query(
		`SELECT c.relname::text AS name, c.reltuples::float8 AS rows, s.n_mod_since_analyze::float8 AS changed
		FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid WHERE s.schemaname = $1 ORDER BY 1`,
		[schema],
	);
	return rows.map(({ name, rows: estimate, changed }) => ({
		name: name as string,
		rows: estimate as number,
		changed: changed as number,
	}));
}

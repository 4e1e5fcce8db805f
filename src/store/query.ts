import { compile, type Node } from "../search/index.ts";
import type { Row, Sql } from "./sql.ts";
import { STORED_COLUMNS, type Stored, storedOf } from "./stored.ts";
import { qualified, tableOf } from "./tables.ts";

/** A set of resources of one type, as a search describes it. */
export type Criteria = { readonly resourceType: string; readonly filter: Node };

/** A stretch of a search's result in id order: `limit` rows after an id. */
export type Page = { readonly limit: number; readonly after?: string };

/** For each criteria asked, the ids found. */
export type Matches = readonly (readonly string[])[];

/** A page of the live resources that match, in id order. */
export async function search(sql: Sql, schema: string, criteria: Criteria, page: Page): Promise<Stored[]> {
	const values: unknown[] = [];
	const { where, selective } = restrict(criteria, values);
	const from = qualified(schema, tableOf(criteria.resourceType).name);
	const after = page.after === undefined ? "" : ` AND id > $${values.push(page.after)}`;
	const rest = `ORDER BY id LIMIT $${values.push(page.limit)}::int`;
	// Few rows match, but a table without fresh statistics would be walked in id order: find first, then order.
	const text = selective
		? `WITH found AS MATERIALIZED (SELECT * FROM ${from} WHERE ${where}${after}) SELECT ${STORED_COLUMNS} FROM found ${rest}`
		: `SELECT ${STORED_COLUMNS} FROM ${from} WHERE ${where}${after} ${rest}`;
	return (await sql.query(text, values)).map((row) => storedOf(criteria.resourceType, row));
}

/** How many live resources match. */
export async function count(sql: Sql, schema: string, criteria: Criteria): Promise<number> {
	const values: unknown[] = [];
	const { where } = restrict(criteria, values);
	const from = qualified(schema, tableOf(criteria.resourceType).name);
	const [row] = await sql.query(`SELECT count(*)::float8 AS n FROM ${from} WHERE ${where}`, values);
	return row?.n as number;
}

function restrict({ resourceType, filter }: Criteria, values: unknown[]): { where: string; selective: boolean } {
	const type = tableOf(resourceType).shared ? `type = $${values.push(resourceType)} AND ` : "";
	const { text, selective } = compile(filter, values);
	return { where: `${type}${text}`, selective };
}

/** The ids that match each of many criteria, `most` at most each; one statement, however many they are. */
export async function match(sql: Sql, schema: string, criteria: readonly Criteria[], most: number): Promise<Matches> {
	const found: string[][] = criteria.map(() => []);
	if (criteria.length === 0) return found;
	const values: unknown[] = [];
	const bind = (value: unknown): string => `$${values.push(value)}`;
	const parts = [...keyGroups(criteria)].map(([resourceType, group]) => {
		const table = tableOf(resourceType);
		const numbers = bind(group.map(({ n }) => n));
		const keys = bind(group.map((one) => one.keys));
		const type = table.shared ? `t.type = ${bind(resourceType)} AND ` : "";
		return `SELECT k.n, m.id FROM unnest(${numbers}::int[], ${keys}::text[]) AS k(n, keys), LATERAL (
			SELECT t.id FROM ${qualified(schema, table.name)} t WHERE ${type}t.keys @> k.keys::bigint[]
			LIMIT ${bind(most)}::int) m`;
	});
	for (const [n, one] of criteria.entries()) {
		if (plainKeys(one.filter) !== undefined) continue;
		const { where } = restrict(one, values);
		const from = qualified(schema, tableOf(one.resourceType).name);
		parts.push(`(SELECT ${n} AS n, id FROM ${from} WHERE ${where} LIMIT ${bind(most)}::int)`);
	}
	const rows: Row[] = await sql.query(parts.join("\nUNION ALL\n"), values);
	for (const { n, id } of rows) found[n as number]?.push(id as string);
	return found;
}

type KeyTest = { n: number; keys: string };

function keyGroups(criteria: readonly Criteria[]): Map<string, KeyTest[]> {
	const groups = new Map<string, KeyTest[]>();
	for (const [n, { resourceType, filter }] of criteria.entries()) {
		const keys = plainKeys(filter);
		if (keys === undefined) continue;
		const group = groups.get(resourceType) ?? [];
		groups.set(resourceType, group);
		group.push({ n, keys });
	}
	return groups;
}

/** The array literal of a filter that is nothing but keys joined by AND; `undefined` for any other. */
function plainKeys(filter: Node): string | undefined {
	const nodes = filter.kind === "and" ? filter.nodes : [filter];
	if (nodes.length === 0 || !nodes.every((node) => node.kind === "key")) return undefined;
	const values: unknown[] = [];
	compile({ kind: "and", nodes }, values);
	return values[0] as string;
}

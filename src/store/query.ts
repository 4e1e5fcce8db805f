import type { Registry } from "../definitions/index.ts";
import {
	and,
	beyond,
	type CompileContext,
	compile,
	dateSpanOf,
	type Edge,
	isSelective,
	keyHash,
	keyText,
	type Node,
	orderBy,
	orderKeys,
	type Restrict,
	type Rows,
	type SearchSource,
	type SortKey,
	searchTable,
} from "../search/index.ts";
import { armsOf } from "./arms.ts";
import type { Row, Sql } from "./sql.ts";
import { type Stored, storedOf } from "./stored.ts";
import { HISTORY, qualified, tableOf } from "./tables.ts";

/** A set of resources of one type, as a search describes it. */
export type Criteria = {
	readonly resourceType: string;
	readonly filter: Node;
	/** The page's order as this type has it, where several types are searched. */
	readonly sort?: readonly SortKey[];
};

/** An order, and a stretch of the result in it: `limit` rows after `edge`, or before it when `backward`. */
export type Page = {
	readonly sort?: readonly SortKey[];
	readonly limit: number;
	readonly edge?: Edge;
	readonly backward?: boolean;
	/** Resources that did not live at this time (milliseconds) are left out, so that pages of one search agree. */
	readonly horizon?: number;
};

/** A live resource found, with its place in the order and the database's time when it was found, in milliseconds. */
export type Found = Stored & { readonly edge: Edge; readonly foundAt: number };

/** For each criteria asked, the ids found. */
export type Matches = readonly (readonly string[])[];

/** The clinic whose tables are asked, and what of them the caller may see. */
export type Place = {
	readonly registry: Registry;
	readonly schema: string;
	readonly restrict?: Restrict | undefined;
};

/** SQL text with its values. */
export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** A page of the live resources that match one of the criteria, each of another type, in one order. */
export async function search(sql: Sql, place: Place, criteria: readonly Criteria[], page: Page): Promise<Found[]> {
	const { text, values } = searchStatement(place, criteria, page);
	const keys = orderOf(criteria, page).length;
	const rows = (await sql.query(text, values)).map((row) => foundOf(row, keys));
	return page.backward ? rows.reverse() : rows;
}

/** The statement of a page, for running and for explaining. */
export function searchStatement(place: Place, criteria: readonly Criteria[], page: Page): Statement {
	const binder = new Binder(place);
	const limit = binder.bind(page.limit);
	const sort = orderOf(criteria, page);
	const selects = criteria.map((one) => pageSelect(binder, one, { ...page, sort: one.sort ?? sort }, limit));
	if (selects.length === 1) return { text: selects[0] as string, values: binder.values };
	const down = page.backward === true;
	const keys = sort.map(
		({ descending }, i) => `o${i} ${descending !== down ? "DESC" : "ASC"} NULLS ${down ? "FIRST" : "LAST"}`,
	);
	const order = [...keys, ...["id", "type"].map((name) => `${name} ${down ? "DESC" : "ASC"}`)].join(", ");
	const union = selects.map((select) => `(${select})`).join("\nUNION ALL\n");
	return { text: `SELECT * FROM (${union}) u ORDER BY ${order} LIMIT ${limit}::int`, values: binder.values };
}

/**
 * The order asked for; without one, by id. Where a date narrows a type whose dates lie in columns the newest come
 * first instead, because one index then serves both the date and the order.
 */
function orderOf(criteria: readonly Criteria[], { sort = [] }: Page): readonly SortKey[] {
	const [only, ...others] = criteria;
	if (sort.length > 0 || !only || others.length > 0 || isSelective(only.filter)) return sort;
	const { dates } = tableOf(only.resourceType);
	const columns = dateSpanOf(only.filter, dates)?.columns;
	if (!columns) return sort;
	const names = [...dates].filter(([, span]) => span === columns).map(([name]) => name);
	return [{ by: "date", descending: true, paths: names.map((name) => ({ name, steps: [], type: "" })) }];
}

function pageSelect(binder: Binder, { resourceType, filter: asked }: Criteria, page: Page, limit: string): string {
	const rows: Rows = { type: resourceType, alias: "t" };
	const { from, shared } = binder.source(resourceType);
	const keys = orderKeys(page.sort ?? [], rows, binder);
	const backward = page.backward === true;
	const restriction = binder.restrict?.(resourceType);
	const divided = armsOf(asked, restriction, rows, keys, binder);
	const filter = divided?.node ?? asked;
	const conditions = [
		...(shared ? [`t.type = ${binder.bind(resourceType)}`] : []),
		compile(filter, rows, binder),
		...(page.horizon === undefined ? [] : [livedAt(binder, resourceType, page.horizon)]),
		...(page.edge === undefined ? [] : [beyond(keys, page.edge, rows, backward, binder.bind)]),
	];
	const cursor = keys.map(({ expression }, i) => `, ${expression} AS o${i}, (${expression})::text AS k${i}`).join("");
	const columns = `'${resourceType}'::text COLLATE "C" AS type, t.id, t.version, (extract(epoch FROM t.last_updated) * 1000)::float8 AS at, t.content::text AS text, ${NOW} AS now${cursor}`;
	const rest = `ORDER BY ${orderBy(keys, "t", backward)} LIMIT ${limit}::int`;
	const where = conditions.join(" AND ");
	// Few rows match, but a table without fresh statistics would be walked in id order: find first, then order.
	if (keys.length === 0 && isSelective(restriction ? and([asked, restriction]) : asked)) {
		const found = "t.id, t.version, t.last_updated, t.content";
		return `WITH t AS MATERIALIZED (SELECT ${found} FROM ${from} t WHERE ${where}) SELECT ${columns} FROM t ${rest}`;
	}
	const select = (condition: string, source = from): string =>
		`SELECT ${columns} FROM ${source} t WHERE ${condition} ${rest}`;
	if (!divided) return select(where);
	const order = keys.map(
		({ descending }, i) => `o${i} ${descending !== backward ? "DESC" : "ASC"} NULLS ${backward ? "FIRST" : "LAST"}`,
	);
	const arms = divided.arms.map(({ first, condition }) =>
		select(`${where} AND ${condition}`, first && `(SELECT * FROM ${from} t WHERE ${first} OFFSET 0)`),
	);
	const union = arms.map((arm) => `(${arm})`).join("\n\t\tUNION ALL ");
	return `SELECT * FROM (${union}) t ORDER BY ${[...order, `id ${backward ? "DESC" : "ASC"}`].join(", ")} LIMIT ${limit}::int`;
}

/** A row `t` that has been written since a time lived then if the version before that time is no deletion. */
function livedAt({ bind, history }: Binder, resourceType: string, ms: number): string {
	const at = `to_timestamp(${bind(ms)}::float8 / 1000)`;
	const before = `SELECT h.method <> 'DELETE' FROM ${history} h
		WHERE h.type = ${bind(resourceType)} AND h.id = t.id AND h.last_updated < ${at} ORDER BY h.version DESC LIMIT 1`;
	return `(t.last_updated < ${at} OR coalesce((${before}), false))`;
}

/** Read while rows are: later than the time of every row seen. */
const NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::float8";

function foundOf(row: Row, keys: number): Found {
	const type = row.type as string;
	const values = Array.from({ length: keys }, (_, i) => (row[`k${i}`] ?? null) as string | null);
	return { ...storedOf(type, row), foundAt: row.now as number, edge: { values, id: row.id as string, type } };
}

/** How many live resources match. */
export async function count(sql: Sql, place: Place, criteria: readonly Criteria[]): Promise<number> {
	const binder = new Binder(place);
	const parts = criteria.map(({ resourceType, filter }) => {
		const { from, shared } = binder.source(resourceType);
		const type = shared ? `t.type = ${binder.bind(resourceType)} AND ` : "";
		return `(SELECT count(*) FROM ${from} t WHERE ${type}${compile(filter, { type: resourceType, alias: "t" }, binder)})`;
	});
	const [row] = await sql.query(`SELECT (${parts.join(" + ")})::float8 AS n`, binder.values);
	return row?.n as number;
}

/** The ids that match each of many criteria, `most` at most each; one statement, however many they are. */
export async function match(sql: Sql, place: Place, criteria: readonly Criteria[], most: number): Promise<Matches> {
	const found: string[][] = criteria.map(() => []);
	if (criteria.length === 0) return found;
	const binder = new Binder(place);
	const { bind } = binder;
	const parts = [...keyGroups(criteria)].map(([resourceType, group]) => {
		const { from, shared } = binder.source(resourceType);
		const numbers = bind(group.map(({ n }) => n));
		const keys = bind(group.map((one) => one.keys));
		const type = shared ? `t.type = ${bind(resourceType)} AND ` : "";
		const visible = binder.restrict ? `${compile(and([]), { type: resourceType, alias: "t" }, binder)} AND ` : "";
		return `SELECT k.n, m.id FROM unnest(${numbers}::int[], ${keys}::text[]) AS k(n, keys), LATERAL (
			SELECT t.id FROM ${from} t WHERE ${type}${visible}t.keys @> k.keys::bigint[] LIMIT ${bind(most)}::int) m`;
	});
	for (const [n, { resourceType, filter }] of criteria.entries()) {
		if (plainKeys(resourceType, filter) !== undefined) continue;
		const { from, shared } = binder.source(resourceType);
		const type = shared ? `t.type = ${bind(resourceType)} AND ` : "";
		const where = compile(filter, { type: resourceType, alias: "t" }, binder);
		parts.push(`(SELECT ${n} AS n, t.id FROM ${from} t WHERE ${type}${where} LIMIT ${bind(most)}::int)`);
	}
	const rows: Row[] = await sql.query(parts.join("\nUNION ALL\n"), binder.values);
	for (const { n, id } of rows) found[n as number]?.push(id as string);
	return found;
}

/** Live resources by type and id, in one statement a table. */
export async function fetch(sql: Sql, place: Place, ids: ReadonlyMap<string, readonly string[]>): Promise<Stored[]> {
	const binder = new Binder(place);
	const parts = [...ids].map(([type, list]) => {
		const { from, shared } = binder.source(type);
		const where = shared ? `t.type = ${binder.bind(type)} AND ` : "";
		const visible = binder.restrict ? `${compile(and([]), { type, alias: "t" }, binder)} AND ` : "";
		return `SELECT '${type}' AS type, t.id, t.version, (extract(epoch FROM t.last_updated) * 1000)::float8 AS at, t.content::text AS text
			FROM ${from} t WHERE ${where}${visible}t.id = ANY(${binder.bind(list)}::text[])`;
	});
	if (parts.length === 0) return [];
	const rows = await sql.query(parts.join("\nUNION ALL\n"), binder.values);
	return rows.map((row) => storedOf(row.type as string, row));
}

/** Which of these live resources are there for the caller, as `Type/id`; one statement for all. */
export async function existing(
	sql: Sql,
	place: Place,
	ids: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlySet<string>> {
	const binder = new Binder(place);
	const parts = [...ids].map(([type, list]) => {
		const { from, shared } = binder.source(type);
		const where = shared ? `t.type = ${binder.bind(type)} AND ` : "";
		const visible = binder.restrict ? `${compile(and([]), { type, alias: "t" }, binder)} AND ` : "";
		return `SELECT '${type}/' || t.id AS key FROM ${from} t WHERE ${where}${visible}t.id = ANY(${binder.bind(list)}::text[])`;
	});
	if (parts.length === 0) return new Set();
	const rows = await sql.query(parts.join("\nUNION ALL\n"), binder.values);
	return new Set(rows.map((row) => row.key as string));
}

/** Collects values, and tells where types lie in the clinic's schema. */
export class Binder implements CompileContext {
	readonly values: unknown[] = [];
	/** The table of past versions. */
	readonly history: string;
	readonly restrict?: Restrict;
	readonly #place: Place;
	readonly #sources = new Map<string, SearchSource>();

	constructor(place: Place) {
		this.#place = place;
		this.history = qualified(place.schema, HISTORY);
		if (place.restrict) this.restrict = place.restrict;
	}

	readonly bind = (value: unknown): string => `$${this.values.push(value)}`;

	readonly source = (resourceType: string): SearchSource => {
		let source = this.#sources.get(resourceType);
		if (!source) {
			const { name, shared, references, dates, codes } = tableOf(resourceType);
			const groups = searchTable(this.#place.registry, resourceType).groups.map(({ path }) => path.name);
			source = { from: qualified(this.#place.schema, name), shared, references, dates, codes, groups };
			this.#sources.set(resourceType, source);
		}
		return source;
	};
}

/** Whether criteria are nothing but keys, so that an index answers them at once. */
export const isPlain = ({ resourceType, filter }: Criteria): boolean => plainKeys(resourceType, filter) !== undefined;

type KeyTest = { n: number; keys: string };

function keyGroups(criteria: readonly Criteria[]): Map<string, KeyTest[]> {
	const groups = new Map<string, KeyTest[]>();
	for (const [n, { resourceType, filter }] of criteria.entries()) {
		const keys = plainKeys(resourceType, filter);
		if (keys === undefined) continue;
		const group = groups.get(resourceType) ?? [];
		groups.set(resourceType, group);
		group.push({ n, keys });
	}
	return groups;
}

/** The array literal of a filter that is nothing but keys joined by AND; `undefined` for any other. */
function plainKeys(resourceType: string, filter: Node): string | undefined {
	const nodes = filter.kind === "and" ? filter.nodes : [filter];
	const keys = nodes.flatMap((node) =>
		node.kind === "key" ? [keyHash(keyText(resourceType, node.path, node.entry))] : [],
	);
	return nodes.length > 0 && keys.length === nodes.length ? `{${keys.join(",")}}` : undefined;
}

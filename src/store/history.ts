import { and, compile } from "../search/index.ts";
import { horizon } from "./horizon.ts";
import { Binder, type Place } from "./query.ts";
import type { Sql } from "./sql.ts";
import { HISTORY, qualified, tableOf, tables } from "./tables.ts";

/** A place in the history order, newest first: time, type, id, version. */
export type HistoryPlace = {
	readonly at: number;
	readonly type: string;
	readonly id: string;
	readonly version: number;
};

/**
 * Which versions: of one resource, one type or the clinic; `since` inclusive; `at` those current at some time in
 * the span; `before` the settled time the first page fixed; `after` the last version of the page before.
 * Times in milliseconds.
 */
export type HistoryQuery = {
	readonly type?: string;
	readonly id?: string;
	readonly since?: number;
	readonly at?: { readonly start: number; readonly end: number };
	readonly before?: number;
	readonly after?: HistoryPlace;
	readonly limit: number;
};

/** One version as history shows it: `created` when nothing was live before it; `text` is absent for a deletion. */
export type HistoryVersion = HistoryPlace & {
	readonly method: string;
	readonly created: boolean;
	readonly text: string | undefined;
};

/** A page of versions, newest first, the time bound it was read under, and whether more follow. */
export type HistoryPage = {
	readonly versions: readonly HistoryVersion[];
	readonly before: number;
	readonly more: boolean;
};

/** Reads a page of history, of what the caller may see now. https://hl7.org/fhir/R4/http.html#history */
export async function history(sql: Sql, place: Place, query: HistoryQuery): Promise<HistoryPage> {
	const { schema } = place;
	const before = query.before ?? (await settledBefore(sql, schema, query));
	const binder = new Binder(place);
	const { bind } = binder;
	const { live, past } = sourcesOf(schema, query, bind);
	const bounds = boundsOf({ ...query, before }, bind) + visible(place, query.type, binder);
	const limit = bind(query.limit + 1);
	const current = query.at ? ` AND ${stillCurrent(schema, query, bind)}` : "";
	const part = (source: string, where: string): string =>
		`(SELECT * FROM (${source}) s WHERE ${where} ORDER BY ${ORDER} LIMIT ${limit}::int)`;
	const union = [...live.map((source) => part(source, bounds)), part(past, bounds + current)].join("\nUNION ALL\n");
	const rows = await sql.query(
		`SELECT type, id, version, (extract(epoch FROM last_updated) * 1000)::float8 AS at, method, content::text AS text,
			method <> 'DELETE' AND (version = 1 OR EXISTS (SELECT 1 FROM ${qualified(schema, HISTORY)} h
				WHERE h.type = v.type AND h.id = v.id AND h.version = v.version - 1 AND h.method = 'DELETE')) AS created
		FROM (${union}) v ORDER BY ${ORDER} LIMIT ${limit}::int`,
		binder.values,
	);
	const versions = rows.map(
		(row): HistoryVersion => ({
			type: row.type as string,
			id: row.id as string,
			version: row.version as number,
			at: row.at as number,
			method: row.method as string,
			created: row.created as boolean,
			text: (row.text as string | null) ?? undefined,
		}),
	);
	return { versions: versions.slice(0, query.limit), before, more: versions.length > query.limit };
}

/** One resource's versions are ordered by its own row, so nothing of it can appear late. */
const settledBefore = (sql: Sql, schema: string, { id }: HistoryQuery): Promise<number> =>
	id === undefined ? horizon(sql, schema) : Promise.resolve(Number.MAX_SAFE_INTEGER);

const ORDER = "last_updated DESC, type, id, version DESC";

type Bind = (value: unknown) => string;

/** Live rows and past ones, with the columns history needs. */
function sourcesOf(schema: string, { type, id }: HistoryQuery, bind: Bind): { live: string[]; past: string } {
	const filter = [type === undefined ? "" : `type = ${bind(type)}`, id === undefined ? "" : `id = ${bind(id)}`];
	const where = (names: readonly string[]): string => names.filter((name) => name !== "").join(" AND ") || "true";
	const live = tables
		.filter(({ table }) => type === undefined || table === tableOf(type))
		.map(({ table, type: own }) => {
			const typeText = own === undefined ? "type" : `'${own}'::text COLLATE "C" AS type`;
			return `SELECT ${typeText}, id, version, last_updated, method, content
				FROM ${qualified(schema, table.name)} WHERE ${where(own === undefined ? filter : filter.slice(1))}`;
		});
	const past = `SELECT type, id, version, last_updated, method, content
		FROM ${qualified(schema, HISTORY)} WHERE ${where(filter)}`;
	return { live, past };
}

/** A past version was current in the span unless the next version, past or live, was there when the span began. */
function stillCurrent(schema: string, { type, at }: HistoryQuery, bind: Bind): string {
	const start = `to_timestamp(${bind(at?.start)}::float8 / 1000)`;
	const next = `n.id = s.id AND n.version = s.version + 1 AND n.last_updated <= ${start}`;
	const replaced = tables
		.filter(({ table }) => type === undefined || table === tableOf(type))
		.map(({ table, type: own }) => {
			const same = own === undefined ? "n.type = s.type" : `s.type = '${own}'`;
			return `NOT EXISTS (SELECT 1 FROM ${qualified(schema, table.name)} n WHERE ${same} AND ${next})`;
		});
	const ended = `NOT EXISTS (SELECT 1 FROM ${qualified(schema, HISTORY)} n WHERE n.type = s.type AND ${next})`;
	return [...replaced, ended, `(method <> 'DELETE' OR last_updated >= ${start})`].join(" AND ");
}

/** The versions whose live resource the caller may see; what is deleted is told to those only whom no rule restricts. */
function visible({ restrict, registry }: Place, type: string | undefined, binder: Binder): string {
	if (!restrict) return "";
	const { bind, source } = binder;
	const types = type === undefined ? registry.resourceTypes : [type];
	const open = types.filter((one) => restrict(one) === undefined);
	const tests = types.flatMap((one): string[] => {
		const rule = restrict(one);
		if (rule === undefined || rule.kind === "nothing") return [];
		const { from, shared } = source(one);
		const where = compile(and([]), { type: one, alias: "t" }, binder);
		return [
			`(s.type = ${bind(one)} AND EXISTS (SELECT 1 FROM ${from} t WHERE ${shared ? "t.type = s.type AND " : ""}t.id = s.id AND ${where}))`,
		];
	});
	return ` AND (${[`s.type = ANY(${bind(open)}::text[])`, ...tests].join(" OR ")})`;
}

function boundsOf({ since, at, before, after }: HistoryQuery & { before: number }, bind: Bind): string {
	const time = (ms: number): string => `to_timestamp(${bind(ms)}::float8 / 1000)`;
	const parts: string[] = [];
	if (before < Number.MAX_SAFE_INTEGER) parts.push(`last_updated < ${time(before)}`);
	if (since !== undefined) parts.push(`last_updated >= ${time(since)}`);
	if (at) parts.push(`last_updated < ${time(at.end)}`);
	if (after) {
		const [t, type, id, version] = [time(after.at), bind(after.type), bind(after.id), `${bind(after.version)}::int`];
		parts.push(`last_updated <= ${t} AND (last_updated < ${t} OR (type, id) > (${type}, ${id})
			OR (type = ${type} AND id = ${id} AND version < ${version}))`);
	}
	return parts.join(" AND ") || "true";
}

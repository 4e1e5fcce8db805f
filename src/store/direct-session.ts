import type { Resource } from "../kernel/index.ts";
import type { Restrict } from "../search/index.ts";
import { containedIds, contains } from "./contained.ts";
import { estimate, explain } from "./explain.ts";
import { history } from "./history.ts";
import { follow, followValues, registered } from "./patient-registry.ts";
import { count, existing, fetch, match, type Place, search } from "./query.ts";
import { deletionOf, read, vread } from "./read.ts";
import { derive, type RowContext } from "./row.ts";
import type { SearchSql } from "./search-sql.ts";
import type { Session, TransactionSession, WriteMethod } from "./session.ts";
import type { Row, Sql } from "./sql.ts";
import { deleteOne, insertOne, updateOne } from "./statements.ts";
import { type Deletion, draft, finish, type Stored } from "./stored.ts";
import { tableOf } from "./tables.ts";

/** Begins a transaction, hands its session to `work` and commits. */
export type Transact = <T>(work: (inner: TransactionSession) => Promise<T>) => Promise<T>;

/** Where statements go: those of searches have connections of their own. */
export type Ways = { readonly sql: Sql; readonly search: SearchSql };

/** A session whose writes commit one by one, each in a single statement. */
export function directSession(
	{ sql, search: searching }: Ways,
	context: RowContext,
	restrict: Restrict | undefined,
	transact: Transact,
): Session {
	const { tenant, registry } = context;
	const { schema } = tenant;
	const place: Place = { registry, schema, restrict };
	const isRestricted = (type: string): boolean => restrict?.(type) !== undefined;
	return {
		tenant,
		isRestricted,
		read: (type, id) => read(sql, place, type, id),
		deletion: (type, id) => deletionOf(sql, schema, type, id),
		vread: (type, id, version) => vread(sql, place, type, id, version),
		search: (criteria, page) => search(searching, place, criteria, page),
		count: (criteria) => count(searching, place, criteria),
		fetch: (ids) => fetch(sql, place, ids),
		existing: (ids) => existing(sql, place, ids),
		contains: (pairs) => contains(searching, place, pairs),
		containedIds: (rows, criteria) => containedIds(searching, place, rows, criteria),
		explain: (criteria, page) => explain(searching, place, criteria, page),
		estimate: (criteria) => estimate(searching, place, criteria),
		match: (criteria, most) => match(searching, place, criteria, most),
		history: (query) => history(searching, place, query),
		create: (resource, id, method, version = 1) => create(sql, context, resource, id, method, version),
		update: (resource, current, method) => update(sql, context, resource, current, method),
		delete: async (type, id, expected) => {
			if (isRestricted(type) && !(await read(sql, place, type, id))) return undefined;
			return remove(sql, context, type, id, expected);
		},
		transact,
	};
}

async function create(
	sql: Sql,
	context: RowContext,
	resource: Resource,
	id: string,
	method: WriteMethod,
	version: number,
): Promise<Stored | undefined> {
	const { resourceType: type } = resource;
	const table = tableOf(type);
	const { keys, facts, narrative, columns } = derive(context, resource);
	const { before, after } = draft(resource, id, version);
	const values = [
		...(table.shared ? [type] : []),
		id,
		version,
		method,
		keys,
		facts,
		narrative,
		before,
		after,
		...columns,
	];
	const abhas = registered(resource);
	const listed = abhas && abhas.length > 0 ? abhas : undefined;
	const statement = insertOne(context.tenant.schema, table, listed && follow);
	const rows = await sql.query(statement, listed ? [...values, ...followValues(context.tenant.id, listed)] : values);
	return written(rows, type, id, version, { before, after });
}

async function update(
	sql: Sql,
	context: RowContext,
	resource: Resource,
	{ type, id, version: expected }: Stored,
	method: WriteMethod,
): Promise<Stored | undefined> {
	const version = expected + 1;
	const { keys, facts, narrative, columns } = derive(context, resource);
	const { before, after } = draft(resource, id, version);
	const values = [type, id, expected, version, method, keys, facts, narrative, before, after, ...columns];
	const abhas = registered(resource);
	const statement = updateOne(context.tenant.schema, tableOf(type), abhas && follow);
	const rows = await sql.query(statement, abhas ? [...values, ...followValues(context.tenant.id, abhas)] : values);
	return written(rows, type, id, version, { before, after });
}

function written(
	[row]: Row[],
	type: string,
	id: string,
	version: number,
	parts: { before: string; after: string },
): Stored | undefined {
	if (!row) return undefined;
	const lastUpdated = new Date(row.at as number);
	return { type, id, version, lastUpdated, text: finish(parts, lastUpdated) };
}

async function remove(
	sql: Sql,
	{ tenant }: RowContext,
	type: string,
	id: string,
	expected: number | undefined,
): Promise<Deletion | undefined> {
	const values = [type, id, expected ?? null];
	const isPatient = type === "Patient";
	const statement = deleteOne(tenant.schema, tableOf(type), isPatient ? follow : undefined);
	const [row] = await sql.query(statement, isPatient ? [...values, ...followValues(tenant.id, [])] : values);
	return row && { version: row.version as number, lastUpdated: new Date(row.at as number) };
}

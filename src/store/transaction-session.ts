import { Problem, type Resource } from "../kernel/index.ts";
import type { Restrict } from "../search/index.ts";
import { containedIds, contains } from "./contained.ts";
import { estimate } from "./explain.ts";
import { history } from "./history.ts";
import { registered, SYNCHRONIZE, synchronizeValues } from "./patient-registry.ts";
import { count, existing, type Found, fetch, isPlain, match, type Place, search } from "./query.ts";
import { deletionOf, read, vread } from "./read.ts";
import { derive, type RowContext } from "./row.ts";
import { asTooCostly } from "./search-sql.ts";
import type { TransactionSession, WriteMethod } from "./session.ts";
import type { Sql } from "./sql.ts";
import { deleteMany, insertMany, updateMany } from "./statements.ts";
import { type Deletion, draft, finish, STORED_COLUMNS, type Stored, storedOf } from "./stored.ts";
import { HISTORY, qualified, type Table, tableOf } from "./tables.ts";

type Kind = "insert" | "update" | "amend" | "delete";
type Pending = { readonly kind: Kind; readonly row: readonly (string | null)[]; readonly patient?: Resource };

/** What the transaction knows of a resource: its live version, or (`undefined`) that it has none. */
type Known = { current: Stored | undefined; deletion: Deletion | undefined };

const keyOf = (type: string, id: string): string => `${type}/${id}`;

/**
 * A session inside the transaction that `sql` stands for. `stamp` is the transaction's one time, in milliseconds.
 * Writes gather by table and kind, and go out as one statement each.
 */
export function transactionSession(
	sql: Sql,
	context: RowContext,
	stamp: number,
	restrict?: Restrict | undefined,
): TransactionSession {
	return new Gathering(sql, context, stamp, restrict);
}

class Gathering implements TransactionSession {
	readonly tenant;
	readonly #sql: Sql;
	readonly #context: RowContext;
	readonly #stamp: number;
	readonly #place: Place;
	readonly #known = new Map<string, Known>();
	#pending = new Map<string, Pending>();

	constructor(sql: Sql, context: RowContext, stamp: number, restrict: Restrict | undefined) {
		this.#sql = sql;
		this.#context = context;
		this.#stamp = stamp;
		this.tenant = context.tenant;
		this.#place = { registry: context.registry, schema: context.tenant.schema, restrict };
	}

	get #schema(): string {
		return this.tenant.schema;
	}

	isRestricted(type: string): boolean {
		return this.#place.restrict?.(type) !== undefined;
	}

	async read(type: string, id: string): Promise<Stored | undefined> {
		const known = this.#known.get(keyOf(type, id));
		if (!this.isRestricted(type)) return known ? known.current : read(this.#sql, this.#place, type, id);
		await this.flush();
		return read(this.#sql, this.#place, type, id);
	}

	async deletion(type: string, id: string): Promise<Deletion | undefined> {
		const known = this.#known.get(keyOf(type, id));
		return known ? known.deletion : deletionOf(this.#sql, this.#schema, type, id);
	}

	async vread(type: string, id: string, version: number): Promise<Stored | "deleted" | undefined> {
		await this.flush();
		return vread(this.#sql, this.#place, type, id, version);
	}

	async search(...[criteria, page]: Parameters<TransactionSession["search"]>): Promise<Found[]> {
		await this.flush();
		return this.#bounded(() => search(this.#sql, this.#place, criteria, page));
	}

	async count(...[criteria]: Parameters<TransactionSession["count"]>): Promise<number> {
		await this.flush();
		return this.#bounded(() => count(this.#sql, this.#place, criteria));
	}

	explain(): never {
		throw new Problem("not-supported", "$explain cannot be part of a transaction. Send it on its own.");
	}

	async fetch(...[ids]: Parameters<TransactionSession["fetch"]>): Promise<Stored[]> {
		await this.flush();
		return fetch(this.#sql, this.#place, ids);
	}

	async existing(...[ids]: Parameters<TransactionSession["existing"]>): ReturnType<TransactionSession["existing"]> {
		await this.flush();
		return existing(this.#sql, this.#place, ids);
	}

	async contains(...[pairs]: Parameters<TransactionSession["contains"]>): Promise<boolean[]> {
		await this.flush();
		return contains(this.#sql, this.#place, pairs);
	}

	async containedIds(...[rows, criteria]: Parameters<TransactionSession["containedIds"]>): Promise<string[][]> {
		await this.flush();
		return containedIds(this.#sql, this.#place, rows, criteria);
	}

	async match(...[criteria, most]: Parameters<TransactionSession["match"]>): ReturnType<TransactionSession["match"]> {
		await this.flush();
		const work = () => match(this.#sql, this.#place, criteria, most);
		return criteria.every(isPlain) ? work() : this.#bounded(work);
	}

	estimate(...[criteria]: Parameters<TransactionSession["estimate"]>): Promise<number[]> {
		return estimate(this.#sql, this.#place, criteria);
	}

	async history(...[query]: Parameters<TransactionSession["history"]>): ReturnType<TransactionSession["history"]> {
		await this.flush();
		// Its own announced write would otherwise hold back what this transaction has just written.
		return this.#bounded(() => history(this.#sql, this.#place, { before: Number.MAX_SAFE_INTEGER, ...query }));
	}

	/** Holds a search to the clinic's limit of time; what the transaction writes has no such limit. */
	async #bounded<T>(work: () => Promise<T>): Promise<T> {
		const limit = this.tenant.limits.searchTimeoutMs;
		await this.#sql.query(`SET LOCAL statement_timeout = ${limit}`, []);
		try {
			const result = await work();
			await this.#sql.query("SET LOCAL statement_timeout = DEFAULT", []);
			return result;
		} catch (error) {
			throw asTooCostly(error, limit);
		}
	}

	async create(resource: Resource, id: string, method: WriteMethod, version = 1): Promise<Stored | undefined> {
		const type = resource.resourceType;
		await this.#settle(type, id);
		if (this.#known.get(keyOf(type, id))?.current) return undefined;
		const deletion = this.#known.get(keyOf(type, id))?.deletion;
		const at = Math.max(this.#stamp, deletion ? deletion.lastUpdated.getTime() + 1 : 0);
		return this.#put("insert", resource, id, version, at, method);
	}

	async update(resource: Resource, current: Stored, method: WriteMethod): Promise<Stored | undefined> {
		await this.#settle(current.type, current.id);
		const at = Math.max(this.#stamp, current.lastUpdated.getTime() + 1);
		return this.#put("update", resource, current.id, current.version + 1, at, method);
	}

	async delete(type: string, id: string, expected?: number): Promise<Deletion | undefined> {
		if (!this.#known.has(keyOf(type, id))) await this.prepare([{ type, id }]);
		await this.#settle(type, id);
		const current = this.#known.get(keyOf(type, id))?.current;
		if (this.isRestricted(type) && !(await this.read(type, id))) return undefined;
		if (!current || (expected !== undefined && current.version !== expected)) return undefined;
		const version = current.version + 1;
		const at = Math.max(this.#stamp, current.lastUpdated.getTime() + 1);
		const deletion: Deletion = { version, lastUpdated: new Date(at) };
		this.#known.set(keyOf(type, id), { current: undefined, deletion });
		const patient = type === "Patient" ? { resourceType: type } : undefined;
		this.#pending.set(keyOf(type, id), { kind: "delete", row: [type, id, String(version), String(at)], patient });
		return deletion;
	}

	amend(resource: Resource, id: string): void {
		const current = this.#known.get(keyOf(resource.resourceType, id))?.current;
		if (!current) throw new Error("amend of a version that this transaction did not write");
		this.#put("amend", resource, id, current.version, current.lastUpdated.getTime(), "POST");
	}

	/** A second write of one resource must not meet the first in the same statement. */
	async #settle(type: string, id: string): Promise<void> {
		if (this.#pending.has(keyOf(type, id))) await this.flush();
	}

	#put(kind: Kind, resource: Resource, id: string, version: number, at: number, method: WriteMethod): Stored {
		const type = resource.resourceType;
		const lastUpdated = new Date(at);
		const text = finish(draft(resource, id, version), lastUpdated);
		const { keys, facts, narrative, columns } = derive(this.#context, resource);
		const row = [type, id, String(version), String(at), method, keys, facts, narrative, text, ...columns];
		const stored: Stored = { type, id, version, lastUpdated, text };
		this.#known.set(keyOf(type, id), { current: stored, deletion: undefined });
		this.#pending.set(keyOf(type, id), { kind, row, patient: type === "Patient" ? resource : undefined });
		return stored;
	}

	async lock(conditions: readonly string[]): Promise<void> {
		if (conditions.length === 0) return;
		const names = conditions.map((condition) => `${this.#schema} ${condition}`);
		await this.#sql.query(
			`SELECT count(pg_advisory_xact_lock(key)) FROM (
				SELECT DISTINCT ('x' || left(md5(name), 16))::bit(64)::bigint AS key
				FROM unnest($1::text[]) AS n(name) ORDER BY key OFFSET 0
			) AS keys`,
			[names],
		);
	}

	async prepare(targets: readonly { type: string; id: string }[]): Promise<void> {
		const unknown = targets.filter(({ type, id }) => !this.#known.has(keyOf(type, id)));
		for (const [table, group] of byTable(unknown, ({ type }) => type)) await this.#lockRows(table, group);
		const missing = unknown.filter(({ type, id }) => !this.#known.has(keyOf(type, id)));
		if (missing.length > 0) await this.#loadDeletions(missing);
	}

	async #lockRows(table: Table, targets: readonly { type: string; id: string }[]): Promise<void> {
		const rows = await this.#sql.query(
			`SELECT ${table.shared ? "t.type, " : ""}${STORED_COLUMNS.replace("id,", "t.id,")}
			FROM ${qualified(this.#schema, table.name)} t
			JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS x(wanted_type, wanted_id)) x
			ON t.id = x.wanted_id ${table.shared ? "AND t.type = x.wanted_type" : "AND x.wanted_type IS NOT NULL"}
			ORDER BY t.id FOR UPDATE OF t`,
			[targets.map(({ type }) => type), targets.map(({ id }) => id)],
		);
		for (const row of rows) {
			const type = (row.type as string | undefined) ?? (targets[0]?.type as string);
			const current = storedOf(type, row);
			this.#known.set(keyOf(type, current.id), { current, deletion: undefined });
		}
	}

	async #loadDeletions(missing: readonly { type: string; id: string }[]): Promise<void> {
		const rows = await this.#sql.query(
			`SELECT x.type, x.id, h.version, (extract(epoch FROM h.last_updated) * 1000)::float8 AS at
			FROM unnest($1::text[], $2::text[]) AS x(type, id), LATERAL (
				SELECT version, last_updated FROM ${qualified(this.#schema, HISTORY)} h
				WHERE h.type = x.type AND h.id = x.id ORDER BY version DESC LIMIT 1
			) h`,
			[missing.map(({ type }) => type), missing.map(({ id }) => id)],
		);
		for (const { type, id } of missing) this.#known.set(keyOf(type, id), { current: undefined, deletion: undefined });
		for (const row of rows) {
			const deletion = { version: row.version as number, lastUpdated: new Date(row.at as number) };
			this.#known.set(keyOf(row.type as string, row.id as string), { current: undefined, deletion });
		}
	}

	async flush(): Promise<void> {
		const pending = this.#pending;
		if (pending.size === 0) return;
		this.#pending = new Map();
		for (const kind of ["delete", "insert", "update", "amend"] as const) {
			const rows = [...pending.values()].filter((one) => one.kind === kind).map((one) => one.row);
			for (const [table, group] of byTable(rows, ([type]) => type as string)) await this.#send(kind, table, group);
		}
		const patients = new Map(
			[...pending.values()].flatMap(({ patient, row }) =>
				patient ? [[row[1] as string, registered(patient) ?? []] as const] : [],
			),
		);
		if (patients.size > 0) await this.#sql.query(SYNCHRONIZE, synchronizeValues(this.tenant.id, patients));
	}

	async #send(kind: Kind, table: Table, rows: readonly (readonly (string | null)[])[]): Promise<void> {
		const sorted = rows.toSorted((a, b) => ((a[1] as string) < (b[1] as string) ? -1 : 1));
		const width = sorted[0]?.length ?? 0;
		const values = Array.from({ length: width }, (_, i) => sorted.map((row) => row[i]));
		await this.#sql.query(statementOf(kind, this.#schema, table), values);
	}

	transact<T>(work: (inner: TransactionSession) => Promise<T>): Promise<T> {
		return work(this);
	}
}

function statementOf(kind: Kind, schema: string, table: Table): string {
	switch (kind) {
		case "insert":
			return insertMany(schema, table);
		case "update":
			return updateMany(schema, table, true);
		case "amend":
			return updateMany(schema, table, false);
		case "delete":
			return deleteMany(schema, table);
	}
}

/** Groups by table, in one fixed order of tables, so that two transactions lock in the same order. */
function byTable<T>(items: readonly T[], typeOf: (item: T) => string): [Table, T[]][] {
	const groups = new Map<Table, T[]>();
	for (const item of items) {
		const table = tableOf(typeOf(item));
		const group = groups.get(table);
		if (group) group.push(item);
		else groups.set(table, [item]);
	}
	return [...groups].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
}

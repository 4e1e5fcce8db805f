import type { Resource, Tenant } from "../kernel/index.ts";
import type { Explanation } from "./explain.ts";
import type { HistoryPage, HistoryQuery } from "./history.ts";
import type { Criteria, Found, Matches, Page } from "./query.ts";
import type { Deletion, Stored } from "./stored.ts";

/** The interactions that make a version, as history tells them. */
export type WriteMethod = "POST" | "PUT" | "PATCH";

/**
 * One clinic's data as a request sees it: either every write commits on its own, or all of them when the
 * enclosing transaction does. Methods return `undefined` where the row is not (or no longer) what the caller saw.
 * Live rows that the caller may not see are not there for any of them; deletions are, so ask `isRestricted` before telling.
 */
export interface Session {
	readonly tenant: Tenant;
	/** Whether rules hide some of a type: nobody knows of a deleted resource whether they would have hidden it. */
	isRestricted(type: string): boolean;
	/** The live version. */
	read(type: string, id: string): Promise<Stored | undefined>;
	/** The deletion that ended a resource; `undefined` when it lives or never was. */
	deletion(type: string, id: string): Promise<Deletion | undefined>;
	/** One version, live or past; `deleted` for the version that deleted it. */
	vread(type: string, id: string, version: number): Promise<Stored | "deleted" | undefined>;
	/** A page of the live resources that match one of the criteria, each of another type. */
	search(criteria: readonly Criteria[], page: Page): Promise<Found[]>;
	count(criteria: readonly Criteria[]): Promise<number>;
	/** Live resources by type and ids; those that are not there are left out. */
	fetch(ids: ReadonlyMap<string, readonly string[]>): Promise<Stored[]>;
	/** Which of these live resources are there, as `Type/id`, in one statement. */
	existing(ids: ReadonlyMap<string, readonly string[]>): Promise<ReadonlySet<string>>;
	/** For each pair, whether some live resource of type `source` contains one of type `target`. */
	contains(pairs: readonly { readonly source: string; readonly target: string }[]): Promise<boolean[]>;
	/** For each row, the ids of the resources contained in it that match. */
	containedIds(rows: readonly Stored[], criteria: Criteria): Promise<string[][]>;
	/** How the database answers a search; never inside a transaction. */
	explain(criteria: readonly Criteria[], page: Page): Promise<Explanation>;
	/** For each criteria the ids that match, `most` at most, in one statement for all that are plain key tests. */
	match(criteria: readonly Criteria[], most: number): Promise<Matches>;
	/** For each criteria how many resources the database expects to match, without looking. */
	estimate(criteria: readonly Criteria[]): Promise<number[]>;
	history(query: HistoryQuery): Promise<HistoryPage>;
	/** Writes the first version (or the next after a deletion); `undefined` when the id is taken. */
	create(resource: Resource, id: string, method: WriteMethod, version?: number): Promise<Stored | undefined>;
	/** Writes the version after `current`; `undefined` when another request has changed it since. */
	update(resource: Resource, current: Stored, method: WriteMethod): Promise<Stored | undefined>;
	/** Deletes the live version, if it is `expected` where that is given. */
	delete(type: string, id: string, expected?: number): Promise<Deletion | undefined>;
	/** Runs `work` so that all its writes commit together or not at all. It may run again after a deadlock. */
	transact<T>(work: (inner: TransactionSession) => Promise<T>): Promise<T>;
}

/** A session inside one database transaction. Writes gather and go out in few statements, at the latest at the end. */
export interface TransactionSession extends Session {
	/** Holds these conditions against other transactions until commit, whatever they match. */
	lock(conditions: readonly string[]): Promise<void>;
	/** Locks and loads the rows about to be changed, in one statement a table. */
	prepare(targets: readonly { type: string; id: string }[]): Promise<void>;
	/** Replaces the content of a version that this transaction wrote, without making another version. */
	amend(resource: Resource, id: string): void;
	/** Sends what has gathered. */
	flush(): Promise<void>;
}

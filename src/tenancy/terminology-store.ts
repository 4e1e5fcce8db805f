import { LRUCache } from "lru-cache";
import { Problem } from "../kernel/index.ts";
import type { Database } from "./database.ts";
import { CONCEPT, type Concept, type ConceptRow, conceptOf } from "./terminology/concepts.ts";
import {
	type Anchor,
	anchorCodes,
	areWide,
	type ConceptFilter,
	filterSql,
	refuse,
	Values,
} from "./terminology/filters.ts";
import type { Loaded, LoadStep, SystemFacts } from "./terminology/load.ts";
import { conceptTable, detailTable } from "./terminology/names.ts";
import { type Page, searchSql } from "./terminology/search.ts";
import type { ConceptSink } from "./terminology/staging.ts";
import { findSystem, managementPool, readSystems, type SystemRow } from "./terminology/systems.ts";

type Version = string | undefined;

/** Which of two codes stands above. https://hl7.org/fhir/R4/codesystem-operation-subsumes.html */
type Subsumption = "equivalent" | "subsumes" | "subsumed-by" | "not-subsumed";

/**
 * The large code systems of the installation in PostgreSQL, the same for all clinics: the `LargeSystems` of the
 * terminology room, and what loads and removes them. What another process loads is seen within `FRESH_MS`.
 */
export type TerminologyStore = {
	systems(): Promise<readonly SystemRow[]>;
	lookup(system: string, version: Version, code: string): Promise<Concept | undefined>;
	among(
		system: string,
		version: Version,
		codes: readonly string[],
		filters: readonly ConceptFilter[],
	): Promise<ReadonlySet<string>>;
	search(
		system: string,
		version: Version,
		page: Page & { readonly filters: readonly ConceptFilter[] },
	): Promise<{ readonly total: number; readonly concepts: readonly Concept[] }>;
	subsumes(system: string, version: Version, a: string, b: string): Promise<Subsumption | undefined>;
	related(
		system: string,
		version: Version,
		code: string,
		direction: "above" | "below",
		limit: number,
	): Promise<readonly string[]>;
	/** Loads what `read` puts into the sink, whole or not at all. @throws Problem 409 while another load runs. */
	load(read: (sink: ConceptSink) => Promise<SystemFacts>, onStep?: LoadStep): Promise<Loaded>;
	/** Removes a version, or without one all versions of a system; how many were removed. */
	remove(system: string, version?: string): Promise<number>;
};

const FRESH_MS = 10_000;

export function createTerminologyStore(database: Database): TerminologyStore {
	const cache = new LRUCache<"systems", Promise<readonly SystemRow[]>>({ max: 1, ttl: FRESH_MS });
	const systems = (): Promise<readonly SystemRow[]> => {
		const kept = cache.get("systems");
		if (kept) return kept;
		const read = readSystems(database);
		cache.set("systems", read);
		// What went wrong once is asked again.
		read.catch(() => cache.clear());
		return read;
	};
	/** Short questions of writes, without a limit of time: not on the connections of searches, nor on those that a clinic's transactions hold. */
	const query = async <T extends object>(text: string, values: Values): Promise<T[]> => {
		const pool = await managementPool(database);
		return (await pool.query<T>(text, values.list)).rows;
	};
	const querySlowly = async <T extends object>(text: string, values: Values): Promise<T[]> =>
		(await database.searchPool().query<T>(text, values.list)).rows;

	/** Asks the tables of a version; when they have been replaced meanwhile, those of the new one. */
	async function ask<T>(url: string, version: Version, none: T, work: (system: SystemRow) => Promise<T>): Promise<T> {
		for (let attempt = 0; ; attempt++) {
			const system = findSystem(await systems(), url, version);
			if (system === undefined) return none;
			try {
				return await work(system);
			} catch (error) {
				if (!isUndefinedTable(error) || attempt > 2) throw asProblem(error);
				cache.clear();
			}
		}
	}

	const anchorsOf = async (
		system: SystemRow,
		filters: readonly ConceptFilter[],
	): Promise<ReadonlyMap<string, Anchor>> => {
		const codes = anchorCodes(filters);
		if (codes.length === 0) return new Map();
		const values = new Values();
		const text = `select g.code, c.id, c.ancestors from ${given(system, codes, values)}`;
		const rows = await query<Anchor & { code: string }>(text, values);
		return new Map(rows.map((row) => [row.code, row]));
	};

	return {
		systems,
		lookup: (url, version, code) =>
			ask(url, version, undefined, async (system) => {
				const values = new Values();
				const from = `${given(system, [code], values)} join ${detailTable(system.id)} d on d.id = c.id`;
				const [row] = await query<ConceptRow>(`select ${CONCEPT} from ${from}`, values);
				return row && conceptOf(row);
			}),
		among: (url, version, codes, filters) =>
			ask(url, version, new Set<string>(), async (system) => {
				const anchors = await anchorsOf(system, filters);
				const values = new Values();
				const from = given(system, codes, values);
				const condition = filterSql(system, filters, anchors, values);
				const text = `select g.code from ${from} where ${condition}`;
				const rows = await (areWide(filters) ? querySlowly : query)<{ code: string }>(text, values);
				return new Set(rows.map((row) => row.code));
			}),
		search: (url, version, { filters, ...page }) =>
			ask(url, version, { total: 0, concepts: [] as readonly Concept[] }, async (system) => {
				const anchors = await anchorsOf(system, filters);
				const values = new Values();
				const condition = filterSql(system, filters, anchors, values);
				type Hit = ConceptRow & { total: number };
				const rows = await querySlowly<Hit>(searchSql(system, page, condition, values), values);
				const concepts = rows.filter(({ code }) => code !== null).map(conceptOf);
				return { total: rows[0]?.total ?? 0, concepts };
			}),
		subsumes: (url, version, a, b) =>
			ask(url, version, undefined, async (system) => {
				const values = new Values();
				const [from, to] = [given(system, [a], values), given(system, [b], values)];
				const text = `select a.id = b.id as same, a.id = any(b.ancestors) as above, b.id = any(a.ancestors) as below
					from (select c.id, c.ancestors from ${from}) as a, (select c.id, c.ancestors from ${to}) as b`;
				const [row] = await query<{ same: boolean; above: boolean; below: boolean }>(text, values);
				if (row === undefined) return undefined;
				return row.same ? "equivalent" : row.above ? "subsumes" : row.below ? "subsumed-by" : "not-subsumed";
			}),
		related: (url, version, code, direction, limit) =>
			ask(url, version, [] as readonly string[], async (system) => {
				const values = new Values();
				const rows = await query<{ code: string }>(relatedSql(system, code, direction, limit, values), values);
				return rows.map((row) => row.code);
			}),
		// What only the command line does is loaded when it is done.
		load: async (read, onStep) => {
			const { loadSystem } = await import("./terminology/load.ts");
			return loadSystem(database, read, onStep).finally(() => cache.clear());
		},
		remove: async (url, version) => {
			const { removeSystem } = await import("./terminology/load.ts");
			return removeSystem(database, url, version).finally(() => cache.clear());
		},
	};
}

/** `FROM` for the codes given, `g`, with their concepts, `c`; one that the system lacks has none. */
function given({ id, caseSensitive }: SystemRow, codes: readonly string[], values: Values): string {
	const same = caseSensitive ? "c.code = g.code" : "lower(c.code) = lower(g.code)";
	return `unnest(${values.add(codes)}::text[]) as g(code) join ${conceptTable(id)} c on ${same}`;
}

function relatedSql(system: SystemRow, code: string, direction: "above" | "below", limit: number, values: Values) {
	const table = conceptTable(system.id);
	const start = `select c.id, c.code, c.ancestors from ${given(system, [code], values)}`;
	const found =
		direction === "above"
			? `select c.code from ${table} c where c.id = any((select ancestors from start)::integer[])`
			: `select c.code from ${table} c where c.ancestors @> array[(select id from start)]`;
	return `with start as materialized (${start})
		select code from start union all select * from (${found}) as found limit ${values.add(limit + 1)}::integer`;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
const isUndefinedTable = (error: unknown): boolean => codeOf(error) === "42P01";

/** What a client's filter may bring PostgreSQL to say. */
function asProblem(error: unknown): unknown {
	const code = codeOf(error);
	if (code === "2201B") return refuse("A filter's regular expression is not well-formed. Correct it.");
	if (code === "57014") {
		return new Problem("too-costly", "The question takes too long. Add words or a filter that fewer concepts fulfil.");
	}
	return error;
}

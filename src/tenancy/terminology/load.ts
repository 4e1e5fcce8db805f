import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { Problem } from "../../kernel/index.ts";
import type { Database } from "../database.ts";
import { Closure } from "./closure.ts";
import { CONCEPT_INDEXES, FINAL, STAGED_FAULTS } from "./load-sql.ts";
import { conceptTable, detailTable, termTable } from "./names.ts";
import { type ConceptSink, Staging } from "./staging.ts";
import { managementPool } from "./systems.ts";

/** What a reader knows about the system once it has read all. `url` is the canonical without version. */
export type SystemFacts = {
	readonly url: string;
	readonly version: string;
	readonly name: string;
	readonly caseSensitive: boolean;
};

/** What a load did: how many concepts and names there are now, and whether it replaced the same version. */
export type Loaded = SystemFacts & { readonly concepts: number; readonly terms: number; readonly replaced: boolean };

/** Told when a step that follows the reading begins. */
export type LoadStep = (step: "hierarchy" | "tables" | "indexes") => void;

const LOCK = "select pg_try_advisory_xact_lock(hashtextextended('phc terminology load', 0)) as held";

/**
 * Loads a version of a code system in one transaction, so that it is seen whole or not at all, whatever happens; the
 * same version loaded before is replaced in the same moment. `read` puts what it reads into the sink.
 * @throws Problem 409 while another load runs, 422 when the concepts contradict one another; and whatever `read` throws.
 */
export async function loadSystem(
	database: Database,
	read: (sink: ConceptSink) => Promise<SystemFacts>,
	onStep: LoadStep = () => undefined,
): Promise<Loaded> {
	return inTransaction(database, (client) => load(client, read, onStep));
}

/** Removes a version of a system, or without one all of them; how many there were. */
export const removeSystem = (database: Database, url: string, version: string | undefined): Promise<number> =>
	inTransaction(database, (client) => removeVersions(client, url, version));

async function inTransaction<T>(database: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
	const client = await (await managementPool(database)).connect();
	try {
		await client.query("begin");
		const done = await work(client);
		await client.query("commit");
		return done;
	} catch (error) {
		await client.query("rollback").catch(() => undefined);
		throw error;
	} finally {
		// What COPY was in when it failed, and what the work left in the backend's memory, ends with the connection.
		client.release(true);
	}
}

async function load(
	client: pg.PoolClient,
	read: (sink: ConceptSink) => Promise<SystemFacts>,
	onStep: LoadStep,
): Promise<Loaded> {
	const { rows } = await client.query(LOCK);
	if (rows[0]?.held !== true) {
		throw new Problem("conflict", "Another load of a code system is running. Wait until it has ended, then try again.");
	}
	await client.query("set local statement_timeout = 0");
	await client.query("set local work_mem = '64MB'");
	await client.query("set local maintenance_work_mem = '256MB'");
	const staging = new Staging(client);
	await staging.open();
	const facts = await read(staging);
	await staging.flush();
	onStep("hierarchy");
	const concepts = await number(client);
	const hierarchy = await closeHierarchy(client, staging, concepts);
	onStep("tables");
	const { rows: ids } = await client.query("select nextval('phc.terminology_number')::int as id");
	const id: number = ids[0].id;
	for (const statement of FINAL(id)) await client.query(statement);
	onStep("indexes");
	for (const statement of CONCEPT_INDEXES(id, facts.caseSensitive)) await client.query(statement);
	const replaced = (await removeVersions(client, facts.url, facts.version)) > 0;
	await client.query(
		`insert into phc.terminology_system (id, url, version, name, case_sensitive, hierarchy, concepts, properties)
		values ($1, $2, $3, $4, $5, $6, $7,
			coalesce((select array_agg(distinct property order by property) from stage_property), '{}'))`,
		[id, facts.url, facts.version, facts.name, facts.caseSensitive, hierarchy, concepts],
	);
	const { rows: terms } = await client.query(`select count(*)::int as terms from ${termTable(id)}`);
	const { url, version, name, caseSensitive } = facts;
	return { url, version, name, caseSensitive, concepts, terms: terms[0].terms, replaced };
}

/** Numbers the concepts in the order of the files. */
async function number(client: pg.PoolClient): Promise<number> {
	await client.query("analyze stage_concept, stage_edge, stage_property, stage_term, stage_preference");
	await refuseIf(client, STAGED_FAULTS.twice, ({ code }) => `The code ${code} stands twice in the files. Remove one.`);
	await client.query(`
		create temp table stage_number on commit drop as
		select row_number() over (order by seq)::int as id, * from
			(select distinct on (code) * from stage_concept order by code, seq desc) as last`);
	await client.query("analyze stage_number");
	const { rows } = await client.query("select count(*)::int as concepts from stage_number");
	if (rows[0].concepts === 0) {
		throw new Problem("unprocessable", "The files hold no concept. Name the files of a release of a code system.");
	}
	return rows[0].concepts;
}

/** Gives every concept its ancestors; whether there are any. */
async function closeHierarchy(client: pg.PoolClient, staging: Staging, concepts: number): Promise<boolean> {
	await refuseIf(
		client,
		STAGED_FAULTS.orphan,
		({ code, parent, orphans }) =>
			`The code ${code} stands below ${parent}, which is not in the files (${orphans} such ${orphans === 1 ? "place" : "places"}). Add the file that has it; an extension is loaded together with what it extends.`,
	);
	const links = await readLinks(client);
	const closure = new Closure(concepts, links);
	for (let i = 0; i < links.length; i += 2) {
		const id = links[i] as number;
		if (id === links[i - 2]) continue;
		const ancestors = closure.of(id);
		if (ancestors.includes(id)) await refuseLoop(client, id);
		staging.add("ancestors", [id, `{${ancestors.join(",")}}`]);
		if (id % 1000 === 0) await staging.ready();
	}
	await staging.flush();
	await client.query("analyze stage_ancestors");
	return links.length > 0;
}

async function refuseLoop(client: pg.PoolClient, id: number): Promise<never> {
	const { rows } = await client.query("select code from stage_number where id = $1", [id]);
	throw new Problem("unprocessable", `The code ${rows[0].code} stands above itself. Remove one of the parents.`);
}

/** Child, parent, child, parent … by number, ordered by child. */
async function readLinks(client: pg.PoolClient): Promise<Int32Array> {
	const { rows } = await client.query("select count(*)::int as edges from stage_edge");
	const links = new Int32Array(rows[0].edges * 2);
	let used = 0;
	let rest = "";
	const query = `copy (select distinct c.id, p.id from stage_edge e
		join stage_number c on c.code = e.code join stage_number p on p.code = e.parent order by 1) to stdout`;
	await pipeline(client.query(copyTo(query)), async (chunks: AsyncIterable<Buffer>) => {
		for await (const chunk of chunks) {
			const lines = (rest + chunk.toString("latin1")).split("\n");
			rest = lines.pop() as string;
			for (const line of lines) {
				const tab = line.indexOf("\t");
				links[used++] = Number(line.slice(0, tab));
				links[used++] = Number(line.slice(tab + 1));
			}
		}
	});
	return links.subarray(0, used);
}

type Found = { readonly code: string; readonly parent: string; readonly orphans: number };

async function refuseIf(client: pg.PoolClient, query: string, text: (found: Found) => string): Promise<void> {
	const { rows } = await client.query<Found>(query);
	if (rows[0]) throw new Problem("unprocessable", text(rows[0]));
}

async function removeVersions(client: pg.ClientBase, url: string, version?: string): Promise<number> {
	const { rows } = await client.query<{ id: number }>(
		"delete from phc.terminology_system where url = $1 and version = coalesce($2, version) returning id",
		[url, version],
	);
	for (const { id } of rows) {
		// In the order in which searches come to them: in another, each could wait for the other.
		await client.query(`drop table ${termTable(id)}, ${conceptTable(id)}, ${detailTable(id)}`);
	}
	return rows.length;
}

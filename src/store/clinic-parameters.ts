import { createHash } from "node:crypto";
import type { Indexing, Registry, SearchParameter } from "../definitions/index.ts";
import { type JsonObject, newId, parseJson, type Resource, type Tenant } from "../kernel/index.ts";
import { clinicRegistry, readSearchParameter } from "../search/index.ts";
import type { Sql } from "./sql.ts";
import { qualified, tableOf } from "./tables.ts";

/** An active search parameter of a clinic, as it applies to each of its types; without `indexing` it is complete. */
export type ClinicParameter = {
	readonly id: string;
	/** Changes when the parameter means something else, so that it has to be indexed anew. */
	readonly fingerprint: string;
	readonly definitions: ReadonlyMap<string, SearchParameter>;
	readonly indexing: Indexing | undefined;
};

/** The job that indexes search parameters. */
export const REINDEX = "reindex";

/** What that job does: every row of these types; `base` is the clinic's FHIR base, `asked` whether a person wanted it. */
export type ReindexInput = { readonly base: string; readonly types: readonly string[]; readonly asked: boolean };

/** Runs `work` in one transaction. */
export type InTransaction = <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;

/**
 * The clinic's own search parameters, in the order of ids. What has no index job yet, or one for another meaning,
 * gets one; what is no longer there loses its index. So an interrupted write mends itself when the clinic is next asked.
 */
export async function clinicParameters(
	sql: Sql,
	transaction: InTransaction,
	registry: Registry,
	tenant: Tenant,
	base: string,
): Promise<ClinicParameter[]> {
	const [active, known] = await Promise.all([activeParameters(sql, registry, tenant), indexStates(sql, tenant)]);
	if (isSettled(active, known)) return withIndexing(active, known);
	return transaction(async (inner) => {
		await inner.query("SELECT 1 FROM pg_advisory_xact_lock(hashtext($1), 0)", [`search parameters ${tenant.schema}`]);
		const now = await activeParameters(inner, registry, tenant);
		await settle(inner, tenant, base, now, await indexStates(inner, tenant));
		return withIndexing(now, await indexStates(inner, tenant));
	});
}

/** Asks for every row of these types to be indexed anew; search parameters of theirs whose job has stopped wait for it. */
export async function requestReindex(
	transaction: InTransaction,
	tenant: Tenant,
	input: ReindexInput,
	parameters: readonly ClinicParameter[],
): Promise<string> {
	return transaction(async (sql) => {
		const id = await addJob(sql, tenant, input);
		const stopped = parameters.filter(
			({ indexing, definitions }) =>
				indexing?.status === "stopped" && [...definitions.keys()].every((type) => input.types.includes(type)),
		);
		await sql.query(
			`UPDATE phc.search_parameter SET job_id = $1 WHERE tenant_id = $2 AND NOT ready
			AND (id, fingerprint) IN (SELECT * FROM unnest($3::text[], $4::text[]))`,
			[id, tenant.id, stopped.map((one) => one.id), stopped.map(({ fingerprint }) => fingerprint)],
		);
		return id;
	});
}

type Active = Omit<ClinicParameter, "indexing">;
type State = { readonly fingerprint: string; readonly ready: boolean; readonly indexing: Indexing };

async function activeParameters(sql: Sql, registry: Registry, { schema }: Tenant): Promise<Active[]> {
	const rows = await sql.query(
		`SELECT content::text AS text FROM ${qualified(schema, tableOf("SearchParameter").name)}
		WHERE type = 'SearchParameter' AND content ->> 'status' = 'active' ORDER BY id`,
		[],
	);
	const resources = rows.map((row) => parseJson(row.text as string) as Resource);
	const plain = resources.filter(({ type }) => type !== "composite").flatMap((one) => usable(registry, one));
	const withPlain = plain.length === 0 ? registry : clinicRegistry(registry, plain);
	const composites = resources.filter(({ type }) => type === "composite").flatMap((one) => usable(withPlain, one));
	return [...plain, ...composites];
}

function usable(registry: Registry, resource: Resource): Active[] {
	const { definitions, issues } = readSearchParameter(registry, resource);
	const isUsable = issues.length === 0 && definitions.size > 0;
	return isUsable ? [{ id: resource.id as string, fingerprint: fingerprintOf(resource), definitions }] : [];
}

const MEANING = ["url", "code", "base", "type", "expression", "component", "target"];

const fingerprintOf = (resource: JsonObject): string =>
	createHash("sha256")
		.update(JSON.stringify(MEANING.map((name) => resource[name] ?? null)))
		.digest("base64url")
		.slice(0, 22);

async function indexStates(sql: Sql, { id }: Tenant): Promise<Map<string, State>> {
	const rows = await sql.query(
		`SELECT s.id, s.fingerprint, s.ready, j.status, j.done::float8 AS done, j.total::float8 AS total
		FROM phc.search_parameter s LEFT JOIN phc.job j ON j.id = s.job_id WHERE s.tenant_id = $1`,
		[id],
	);
	return new Map(
		rows.map((row) => [
			row.id as string,
			{
				fingerprint: row.fingerprint as string,
				ready: row.ready as boolean,
				indexing: {
					status: row.status === "queued" || row.status === "running" ? "open" : "stopped",
					done: (row.done as number | null) ?? 0,
					total: (row.total as number | null) ?? undefined,
				},
			},
		]),
	);
}

const isSettled = (active: readonly Active[], known: ReadonlyMap<string, State>): boolean =>
	active.length === known.size && active.every(({ id, fingerprint }) => known.get(id)?.fingerprint === fingerprint);

const withIndexing = (active: readonly Active[], known: ReadonlyMap<string, State>): ClinicParameter[] =>
	active.map((one) => {
		const state = known.get(one.id);
		return { ...one, indexing: state?.ready ? undefined : state?.indexing };
	});

async function settle(
	sql: Sql,
	tenant: Tenant,
	base: string,
	active: readonly Active[],
	known: ReadonlyMap<string, State>,
): Promise<void> {
	const fresh = active.filter(({ id, fingerprint }) => known.get(id)?.fingerprint !== fingerprint);
	const kept = active.filter((one) => !fresh.includes(one)).map(({ id }) => id);
	await sql.query("DELETE FROM phc.search_parameter WHERE tenant_id = $1 AND id <> ALL($2::text[])", [tenant.id, kept]);
	if (fresh.length > 0) {
		const types = [...new Set(fresh.flatMap(({ definitions }) => [...definitions.keys()]))];
		const job = await addJob(sql, tenant, { base, types, asked: false });
		await sql.query(
			`INSERT INTO phc.search_parameter (tenant_id, id, fingerprint, job_id)
			SELECT $1, id, fingerprint, $2 FROM unnest($3::text[], $4::text[]) AS x(id, fingerprint)`,
			[tenant.id, job, fresh.map(({ id }) => id), fresh.map(({ fingerprint }) => fingerprint)],
		);
	}
	await cancelNeedless(sql, tenant);
}

async function addJob(sql: Sql, { id: tenantId }: Tenant, input: ReindexInput): Promise<string> {
	const id = newId();
	await sql.query("INSERT INTO phc.job (id, tenant_id, name, input, status) VALUES ($1, $2, $3, $4, 'queued')", [
		id,
		tenantId,
		REINDEX,
		JSON.stringify(input),
	]);
	return id;
}

/** A job that was made for search parameters, none of which is waiting any more. */
async function cancelNeedless(sql: Sql, { id }: Tenant): Promise<void> {
	await sql.query(
		`UPDATE phc.job j SET status = 'cancelled', finished_at = clock_timestamp()
		WHERE tenant_id = $1 AND status IN ('queued', 'running') AND name = '${REINDEX}' AND NOT (input -> 'asked')::boolean
		AND NOT EXISTS (SELECT 1 FROM phc.search_parameter s WHERE s.job_id = j.id)`,
		[id],
	);
}

import { isId, type JsonObject } from "../kernel/index.ts";
import type { Row, Sql } from "./sql.ts";

export type JobStatus = "queued" | "running" | "done" | "failed" | "cancelled";

/** Work of one clinic that outlives a request. `done` and `total` count what the job says it counts. */
export type Job = {
	readonly id: string;
	readonly tenantSlug: string;
	readonly name: string;
	readonly input: JsonObject;
	/** What the job wrote down to go on from; absent at its beginning. */
	readonly state: JsonObject | undefined;
	readonly status: JobStatus;
	readonly done: number;
	readonly total: number | undefined;
	/** Public text of why it failed. */
	readonly fault: string | undefined;
	/** Milliseconds since 1970. */
	readonly createdAt: number;
	readonly finishedAt: number | undefined;
};

export type Progress = { readonly done: number; readonly total: number; readonly state: JsonObject };

/**
 * The queue of all clinics' jobs. Any process may claim a job; it is its own for `leaseMs` from each `save` on, then
 * another may take it up where it was last saved.
 */
export type JobQueue = {
	find(tenantId: string, id: string): Promise<Job | undefined>;
	/** Whether there was something to cancel. Whoever runs it learns it by its next `save`. */
	cancel(tenantId: string, id: string): Promise<boolean>;
	claim(runner: string, leaseMs: number): Promise<Job | undefined>;
	/** Keeps progress and extends the lease; false when the job is no longer this runner's. */
	save(id: string, runner: string, leaseMs: number, progress?: Progress): Promise<boolean>;
	/** Gives a job back to be taken up again at once. */
	release(id: string, runner: string): Promise<void>;
	/** Ends a job. What was waiting for it (search parameters) is ready with the same commit when it is `done`. */
	finish(id: string, runner: string): Promise<void>;
	/** Gives a failed try back, to be taken up after `delayMs`; after `tries` of them the job has failed. */
	retry(id: string, runner: string, fault: string, tries: number, delayMs: number): Promise<void>;
};

const COLUMNS = `j.id::text AS id, t.slug AS slug, j.name, j.input::text AS input, j.state::text AS state, j.status,
	j.done::float8 AS done, j.total::float8 AS total, j.fault,
	(extract(epoch FROM j.created_at) * 1000)::float8 AS created_at,
	(extract(epoch FROM j.finished_at) * 1000)::float8 AS finished_at`;

const OPEN = "('queued', 'running')";

/** Days that an ended job can still be asked about. */
const KEPT_DAYS = 7;

/** The queue in the management schema. */
export const jobQueue = (sql: Sql): JobQueue => ({
	async find(tenantId, id) {
		if (!isId(id)) return undefined;
		const [row] = await sql.query(
			`SELECT ${COLUMNS} FROM phc.job j JOIN phc.tenant t ON t.id = j.tenant_id WHERE j.tenant_id = $1 AND j.id::text = $2`,
			[tenantId, id],
		);
		return row && jobOf(row);
	},
	async cancel(tenantId, id) {
		const rows = await sql.query(
			`UPDATE phc.job SET status = 'cancelled', finished_at = clock_timestamp()
			WHERE tenant_id = $1 AND id::text = $2 AND status IN ${OPEN} RETURNING 1 AS one`,
			[tenantId, id],
		);
		return rows.length > 0;
	},
	async claim(runner, leaseMs) {
		const [row] = await sql.query(
			`UPDATE phc.job j SET status = 'running', runner = $1, lease_until = clock_timestamp() + $2 * interval '1 ms'
			FROM phc.tenant t WHERE t.id = j.tenant_id AND j.id = (
				SELECT id FROM phc.job
				WHERE status IN ${OPEN} AND (lease_until IS NULL OR lease_until < clock_timestamp())
				ORDER BY created_at FOR UPDATE SKIP LOCKED LIMIT 1
			) RETURNING ${COLUMNS}`,
			[runner, leaseMs],
		);
		return row && jobOf(row);
	},
	async save(id, runner, leaseMs, progress) {
		const rows = await sql.query(
			`UPDATE phc.job SET lease_until = clock_timestamp() + $3 * interval '1 ms',
				done = coalesce($4::bigint, done), total = coalesce($5::bigint, total), state = coalesce($6::jsonb, state)
			WHERE id = $1 AND runner = $2 AND status = 'running' RETURNING 1 AS one`,
			[id, runner, leaseMs, progress?.done, progress?.total, progress && JSON.stringify(progress.state)],
		);
		return rows.length > 0;
	},
	async release(id, runner) {
		await sql.query(
			`UPDATE phc.job SET status = 'queued', runner = NULL, lease_until = NULL
			WHERE id = $1 AND runner = $2 AND status = 'running'`,
			[id, runner],
		);
	},
	async finish(id, runner) {
		await sql.query(
			`WITH ended AS (
				UPDATE phc.job SET status = 'done', finished_at = clock_timestamp(), fault = NULL
				WHERE id = $1 AND runner = $2 AND status = 'running' RETURNING id, tenant_id
			), switched AS (
				UPDATE phc.search_parameter SET ready = true WHERE job_id IN (SELECT id FROM ended)
			)
			DELETE FROM phc.job WHERE tenant_id IN (SELECT tenant_id FROM ended)
				AND finished_at < clock_timestamp() - interval '${KEPT_DAYS} days'`,
			[id, runner],
		);
	},
	async retry(id, runner, fault, tries, delayMs) {
		await sql.query(
			`UPDATE phc.job SET attempts = attempts + 1, fault = $3, runner = NULL,
				status = CASE WHEN attempts + 1 >= $4::int THEN 'failed' ELSE 'queued' END,
				finished_at = CASE WHEN attempts + 1 >= $4::int THEN clock_timestamp() END,
				lease_until = clock_timestamp() + $5 * interval '1 ms'
			WHERE id = $1 AND runner = $2 AND status = 'running'`,
			[id, runner, fault, tries, delayMs],
		);
	},
});

const jobOf = (row: Row): Job => ({
	id: row.id as string,
	tenantSlug: row.slug as string,
	name: row.name as string,
	input: JSON.parse(row.input as string),
	state: row.state === null ? undefined : JSON.parse(row.state as string),
	status: row.status as JobStatus,
	done: row.done as number,
	total: (row.total as number | null) ?? undefined,
	fault: (row.fault as string | null) ?? undefined,
	createdAt: row.created_at as number,
	finishedAt: (row.finished_at as number | null) ?? undefined,
});

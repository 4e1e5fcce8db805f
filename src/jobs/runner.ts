import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, SETTLE_MS } from "../interactions/index.ts";
import { newId, Problem, type Tenant } from "../kernel/index.ts";
import type { Job, JobQueue } from "../store/index.ts";
import { type JobKind, Stopped } from "./job.ts";

export type RunnerOptions = {
	readonly engine: Engine;
	readonly kinds: readonly JobKind[];
	resolve(slug: string): Promise<{ readonly tenant: Tenant } | undefined>;
	/** Told of every try that failed. */
	onFault(error: unknown, job: { readonly id?: string; readonly name?: string }): void;
	/** Milliseconds: between looks at an empty queue, and for which a job stays with a process that is silent. */
	readonly pollMs?: number;
	readonly leaseMs?: number;
	/** Milliseconds until every process acts on what has changed in a clinic. */
	readonly settleMs?: number;
	/** Milliseconds before a failed try is repeated, or a database that was away is asked again. */
	readonly retryMs?: number;
};

/** Runs jobs of all clinics, one at a time. */
export type Runner = {
	start(): void;
	/** Leaves off at the next checkpoint and gives the job back. */
	stop(): Promise<void>;
};

const DEFAULTS = { pollMs: 1_000, leaseMs: 30_000, settleMs: SETTLE_MS, retryMs: 10_000 };
const TRIES = 5;
/** What a step took is waited for in this part before the next, so that requests find the database and this process free. */
const YIELD = 0.5;

/** A runner over the queue that all processes share. */
export function createRunner(options: RunnerOptions): Runner {
	const running = new Running({ ...DEFAULTS, ...options });
	let loop: Promise<void> | undefined;
	return {
		start() {
			loop ??= running.loop();
		},
		async stop() {
			running.stop();
			await loop;
		},
	};
}

class Running {
	readonly #options: Required<RunnerOptions>;
	readonly #queue: JobQueue;
	readonly #runner = newId();
	readonly #ending = new AbortController();

	constructor(options: Required<RunnerOptions>) {
		this.#options = options;
		this.#queue = options.engine.store.jobs;
	}

	stop(): void {
		this.#ending.abort();
	}

	async loop(): Promise<void> {
		while (!this.#ending.signal.aborted) {
			const { pollMs, retryMs, onFault } = this.#options;
			try {
				if (!(await this.#next())) await this.#pause(pollMs);
			} catch (error) {
				if (!this.#ending.signal.aborted) onFault(error, {});
				await this.#pause(retryMs);
			}
		}
	}

	#pause(ms: number): Promise<void> {
		return sleep(ms, undefined, { signal: this.#ending.signal, ref: false }).catch(() => undefined);
	}

	/** Whether there was a job. */
	async #next(): Promise<boolean> {
		const job = await this.#queue.claim(this.#runner, this.#options.leaseMs);
		if (!job) return false;
		const beat = setInterval(() => {
			this.#queue.save(job.id, this.#runner, this.#options.leaseMs).catch(() => undefined);
		}, this.#options.leaseMs / 3).unref();
		try {
			await this.#run(job);
		} catch (error) {
			await this.#leaveOff(job, error);
		} finally {
			clearInterval(beat);
		}
		return true;
	}

	async #run(job: Job): Promise<void> {
		const { engine, kinds, resolve, settleMs, leaseMs } = this.#options;
		const kind = kinds.find(({ name }) => name === job.name);
		const clinic = await resolve(job.tenantSlug);
		if (!kind || !clinic) throw new Error(`no ${kind ? "clinic" : "kind of job"} for ${job.name}`);
		let begun = performance.now();
		await kind.run({
			engine,
			tenant: clinic.tenant,
			job,
			settleMs,
			checkpoint: async (progress) => {
				const isOurs = await this.#queue.save(job.id, this.#runner, leaseMs, progress);
				if (!isOurs || this.#ending.signal.aborted) throw new Stopped();
				await this.#pause((performance.now() - begun) * YIELD);
				begun = performance.now();
			},
		});
		await this.#queue.finish(job.id, this.#runner);
		await kind.ended?.({ engine, tenant: clinic.tenant, job });
	}

	/** A database that is away is no fault of the job, so it costs no try. */
	async #leaveOff(job: Job, error: unknown): Promise<void> {
		const isAway = error instanceof Problem && error.kind === "unavailable";
		if (error instanceof Stopped || isAway || this.#ending.signal.aborted) {
			await this.#queue.release(job.id, this.#runner);
			if (isAway) throw error;
			return;
		}
		this.#options.onFault(error, job);
		const fault = error instanceof Problem ? error.message : "The server failed. Its log says why.";
		await this.#queue.retry(job.id, this.#runner, fault, TRIES, this.#options.retryMs);
	}
}

import type { Engine } from "../interactions/index.ts";
import type { Tenant } from "../kernel/index.ts";
import type { Job, Progress } from "../store/index.ts";

/** One run of a job, which may be its first or go on from where an earlier one saved. */
export type JobContext = {
	readonly engine: Engine;
	readonly tenant: Tenant;
	readonly job: Job;
	/** Milliseconds until every process acts on what has changed in a clinic. */
	readonly settleMs: number;
	/**
	 * Saves how far the job is, and gives live traffic its turn. To be called after every short step.
	 * @throws Stopped when the job is cancelled or another process has it, or this process ends.
	 */
	checkpoint(progress: Progress): Promise<void>;
};

/** A kind of work that outlives a request. `run` may be called again at any point, so every step may be done twice. */
export type JobKind = {
	readonly name: string;
	run(context: JobContext): Promise<void>;
	/** Follows in this process when the job has ended well. */
	ended?(context: Pick<JobContext, "engine" | "tenant" | "job">): Promise<void>;
};

/** Thrown through a job that is to leave off. */
export class Stopped extends Error {}

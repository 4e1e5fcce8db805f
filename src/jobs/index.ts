import type { JobKind } from "./job.ts";
import { reindex } from "./reindex.ts";

export type { JobContext, JobKind } from "./job.ts";
export { Stopped } from "./job.ts";
export type { Runner, RunnerOptions } from "./runner.ts";
export { createRunner } from "./runner.ts";

/** Every kind of job this server runs. */
export const jobKinds: readonly JobKind[] = [reindex];

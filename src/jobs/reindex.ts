import { setTimeout } from "node:timers/promises";
import { clinicEngine, relearn } from "../interactions/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import { type Part, type Place, REINDEX, type Reindex, type ReindexInput, type Stretch } from "../store/index.ts";
import type { JobContext, JobKind } from "./job.ts";

/** Rows of one statement: some 20 ms. */
const BATCH = 200;
const WAIT_MS = 200;

/**
 * Where the job is: first it walks all parts, then waits until every process knows what changed, then sweeps what was
 * written meanwhile.
 */
type State = {
	readonly phase: "walk" | "settle" | "sweep";
	readonly parts: readonly Part[];
	/** The part by its number, and the last row of it. */
	readonly part: number;
	readonly after?: Place;
	/** The span of the sweep in milliseconds; before `since` all writes were settled when the walk began. */
	readonly since: number;
	readonly until?: number;
};

/**
 * Indexes every row of some types anew, and every row that contains a resource of them. A process that did not know a
 * new search parameter yet may write rows behind the walk; hence the sweep.
 */
export const reindex: JobKind = {
	name: REINDEX,
	async run(context) {
		await relearn(context.engine, whereOf(context));
		const { job } = context;
		const run = job.state
			? new Run(context, job.state as unknown as State, job.done, job.total ?? 0)
			: await begin(context);
		await run.walk();
		await run.settle();
		await run.sweep();
	},
	ended: (context) => relearn(context.engine, whereOf(context)),
};

const inputOf = ({ job }: Pick<JobContext, "job">): ReindexInput => job.input as unknown as ReindexInput;

const whereOf = (context: Pick<JobContext, "job" | "tenant">) => ({
	tenant: context.tenant,
	base: inputOf(context).base,
});

/** By the search parameters of this moment, which may change while the job goes on. */
async function indexOf(context: JobContext): Promise<Reindex> {
	const where = whereOf(context);
	const { registry } = await clinicEngine(context.engine, where);
	return context.engine.store.reindex(where.tenant, where.base, registry);
}

async function partsOf(context: JobContext): Promise<Part[]> {
	const { types } = inputOf(context);
	const holders = await (await indexOf(context)).holders(types);
	return [...types.map((type) => ({ type })), ...holders.map((type) => ({ type, holding: types }))];
}

async function begin(context: JobContext): Promise<Run> {
	const since = await context.engine.store.horizon(context.tenant);
	const parts = await partsOf(context);
	const index = await indexOf(context);
	let total = 0;
	for (const part of parts) total += await index.count(part);
	return new Run(context, { phase: "walk", parts, part: 0, since }, 0, total);
}

class Run {
	readonly #context: JobContext;
	#state: State;
	#done: number;
	#total: number;

	constructor(context: JobContext, state: State, done: number, total: number) {
		this.#context = context;
		this.#state = state;
		this.#done = done;
		this.#total = total;
	}

	async walk(): Promise<void> {
		if (this.#state.phase !== "walk") return;
		await this.#save(this.#state);
		await this.#eachPart(async (index, part, after) => {
			const stretch = await index.walk(part, after, BATCH);
			this.#done += stretch.seen;
			this.#total = Math.max(this.#total, this.#done);
			return stretch;
		});
		await this.#save({ ...this.#state, phase: "settle" });
	}

	async settle(): Promise<void> {
		const { engine, tenant, settleMs } = this.#context;
		while (this.#state.phase === "settle") {
			const until = await engine.store.horizon(tenant);
			if (until > this.#state.since + settleMs) {
				await this.#save({ ...this.#state, phase: "sweep", parts: await partsOf(this.#context), part: 0, until });
			} else {
				await setTimeout(WAIT_MS);
				await this.#save(this.#state);
			}
		}
	}

	async sweep(): Promise<void> {
		const span = { start: this.#state.since, end: this.#state.until as number };
		await this.#eachPart((index, part, after) => index.sweep(part, span, after, BATCH));
	}

	async #eachPart(step: (index: Reindex, part: Part, after: Place | undefined) => Promise<Stretch>): Promise<void> {
		for (let { parts, part, after } = this.#state; part < parts.length; { part, after } = this.#state) {
			const { next } = await step(await indexOf(this.#context), parts[part] as Part, after);
			const { after: _after, ...rest } = this.#state;
			await this.#save(next ? { ...rest, after: next } : { ...rest, part: part + 1 });
		}
	}

	#save(state: State): Promise<void> {
		this.#state = state;
		return this.#context.checkpoint({ done: this.#done, total: this.#total, state: state as unknown as JsonObject });
	}
}

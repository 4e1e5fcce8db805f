import { setTimeout } from "node:timers/promises";
import { clinicEngine, relearn } from "../interactions/index.ts";
import { type Place, REINDEX, type Reindex, type ReindexInput } from "../store/index.ts";
import type { JobKind } from "./job.ts";

/** Rows of one statement: some 20 ms. */
const BATCH = 200;
const WAIT_MS = 200;

/** Where the walk is: the type by its number, and the last row of it; `sweeping`: all rows were seen once. */
type State = {
	/** The time before which all writes were settled when the walk began. */
	readonly since: number;
	readonly until?: number;
	readonly sweeping: boolean;
	readonly type: number;
	readonly after?: Place;
};

/**
 * Indexes every row of some types anew, in the order of ids. A process that did not know a new search parameter yet
 * may have written rows behind the walk; so rows written since it began are swept once more when every process knows.
 */
export const reindex: JobKind = {
	name: REINDEX,
	async run(context) {
		const { engine, tenant, job } = context;
		const { base, types } = job.input as unknown as ReindexInput;
		const where = { tenant, base };
		await relearn(engine, where);
		const index = async (): Promise<Reindex> =>
			engine.store.reindex(tenant, base, (await clinicEngine(engine, where)).registry);
		let state = job.state as State | undefined;
		let { done, total = 0 } = job;
		if (!state) {
			state = { since: await engine.store.horizon(tenant), sweeping: false, type: 0 };
			total = await countRows(await index(), types);
			done = 0;
		}
		const save = (next: State, seen = 0): Promise<void> => {
			state = next;
			done += next.sweeping ? 0 : seen;
			total = Math.max(total, done);
			return context.checkpoint({ done, total, state });
		};
		while (state.type < types.length && !state.sweeping) {
			const type = types[state.type] as string;
			const { seen, next } = await (await index()).walk(type, state.after, BATCH);
			await save(following(state, next), seen);
		}
		if (!state.sweeping) await save({ since: state.since, sweeping: true, type: 0 });
		while (state.until === undefined) {
			const settled = await engine.store.horizon(tenant);
			if (settled > state.since + context.settleMs) await save({ ...state, until: settled });
			else {
				await setTimeout(WAIT_MS);
				await save(state);
			}
		}
		while (state.type < types.length) {
			const span = { start: state.since, end: state.until as number };
			const { next } = await (await index()).sweep(types[state.type] as string, span, state.after, BATCH);
			await save(following(state, next));
		}
	},
	ended: ({ engine, tenant, job }) => relearn(engine, { tenant, base: (job.input as unknown as ReindexInput).base }),
};

/** The state after a stretch: further in the type, or at the next one. */
const following = ({ after: _after, ...state }: State, next: Place | undefined): State =>
	next ? { ...state, after: next } : { ...state, type: state.type + 1 };

async function countRows(index: Reindex, types: readonly string[]): Promise<number> {
	let total = 0;
	for (const type of types) total += await index.count(type);
	return total;
}

import type { Context, FhirRequest } from "../kernel/index.ts";
import { clinicEngine, FRESH_MS, parametersOf } from "./clinic-engine.ts";
import type { Engine } from "./engine.ts";

/** Milliseconds that a request may write with what it knew of the clinic when it began. */
const HELD_MS = 1_000;

/**
 * Milliseconds after which no process writes rows without a search parameter that a clinic has defined before: as long
 * as it takes a process to look again, and a request to end. Requests that take longer look once more themselves.
 */
export const SETTLE_MS = FRESH_MS + HELD_MS;

/** Milliseconds that the clocks of server and database may differ. */
const CLOCKS_MS = 60_000;
const BATCH = 200;

/**
 * Follows a write that took long: when the clinic's search parameters have changed meanwhile, what was written since the
 * request began is indexed by those of now. The write itself has been done, whatever comes of this.
 */
export async function followLateWrite(
	engine: Engine,
	own: Engine,
	context: Context,
	{ method }: FhirRequest,
	began: number,
): Promise<void> {
	if (method === "GET" || method === "HEAD" || Date.now() - began < HELD_MS) return;
	const { registry } = await clinicEngine(engine, context);
	if (registry === own.registry) return;
	const parameters = await parametersOf(engine, context);
	const types = [...new Set(parameters.flatMap(({ definitions }) => [...definitions.keys()]))];
	const index = engine.store.reindex(context.tenant, context.base, registry);
	const span = { start: began - CLOCKS_MS, end: Date.now() + CLOCKS_MS };
	const holders = await index.holders(types);
	for (const part of [...types.map((type) => ({ type })), ...holders.map((type) => ({ type, holding: types }))]) {
		let { next } = await index.sweep(part, span, undefined, BATCH);
		while (next) ({ next } = await index.sweep(part, span, next, BATCH));
	}
}

import { type Budget, EMPTY, type Node, type Scope } from "./node.ts";
import type { Schema } from "./schema.ts";

/** One evaluation: what it sees, what it may still spend, and what it has worked out already. */
export type Env = {
	readonly scope: Scope;
	readonly schema: Schema;
	/** %context */
	readonly start: Node;
	readonly budget: Budget;
	/** $index and $total of the innermost function that has them. */
	index: number;
	total: readonly Node[];
	/** Results of parts that do not depend on the focus. */
	slots: (readonly Node[] | undefined)[] | undefined;
	slotSets: (ReadonlySet<string> | null | undefined)[] | undefined;
};

/** Steps of one evaluation where no budget is shared: some tenth of a second. */
export const MOST_STEPS = 1_000_000;
/** No text an expression makes may be longer. */
export const LONGEST_TEXT = 1_000_000;

/** What cannot be told: an unresolved reference, several items where one is asked for, a wrong type. No stack: it is thrown often. */
export class Untellable extends Error {}
/** The steps are used up: nothing more can be told of this resource. */
export class Exhausted extends Error {}

const UNTELLABLE = new Untellable("cannot be told");
const EXHAUSTED = new Exhausted("too many steps");

export const untellable = (): Untellable => UNTELLABLE;

/** Counts steps. */
export function spend(env: Env, steps: number): void {
	env.budget.left -= steps;
	if (env.budget.left < 0) throw EXHAUSTED;
}

export function newEnv(focus: Node, scope: Scope, schema: Schema): Env {
	return {
		scope,
		schema,
		start: scope.context ?? focus,
		budget: scope.budget ?? { left: MOST_STEPS },
		index: 0,
		total: EMPTY,
		slots: undefined,
		slotSets: undefined,
	};
}

import { Problem } from "../kernel/index.ts";
import type { PackedInclude, PackedValueSet } from "./packed.ts";
import { shown } from "./problem.ts";

/** What one question about a value set may still cost; a unit is a code looked at by a filter. */
export type Work = { left: number };

/** Takes about a second, whatever the question. */
const MOST = 20_000_000;
/** What each include, value set and filter is reckoned at: there may be 2,000 of them. */
const PART = 10_000;
/** One regular expression may take a quarter of a second. */
const REGEX = 2_000_000;

export const someWork = (): Work => ({ left: MOST });

/** @throws Problem 422 `too-costly` when that is more than is left. */
export function spend(work: Work, cost: number, name: string): void {
	work.left -= cost;
	if (work.left >= 0) return;
	throw new Problem(
		"too-costly",
		`The value set ${shown(name)} has too many includes or filters, on too many codes: make it simpler.`,
	);
}

/** Takes what the parts of a value set cost, before any is looked at. @throws Problem 422 `too-costly` */
export const spendParts = (work: Work, { include, exclude = [] }: PackedValueSet, name: string): void =>
	spend(
		work,
		[...include, ...exclude].map(costOf).reduce((sum, cost) => sum + cost, 0),
		name,
	);

const costOf = ({ filters = [], valueSets = [] }: PackedInclude): number =>
	PART * (1 + filters.length + valueSets.length) +
	REGEX * filters.filter(([, operator]) => operator === "regex").length;

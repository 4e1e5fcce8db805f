import type { DateTest } from "../tree.ts";
import { FOREVER } from "../types/date.ts";

/** The columns with a span's beginning, and the moment after it (null while it lasts). */
export type DateColumns = { readonly start: string; readonly until: string };

/**
 * What a date test implies about the columns that hold a span's beginning and the moment after it, so that an index
 * on the beginning can serve. Spans longer than a day, and open ones, are few; a partial index holds them.
 * `start ≥ X` is implied by "ends after X" only with that allowance. `undefined` when nothing is implied.
 */
export function narrowDate(
	{ prefix, start, end }: DateTest,
	columns: DateColumns,
	alias: string,
	bind: (value: unknown) => string,
): string | undefined {
	const parts = [lower(prefix, start, end), upper(prefix, start, end)];
	return parts.filter((part) => part !== undefined).join(" AND ") || undefined;

	/** The span ends after `least`. */
	function lower(kind: DateTest["prefix"], from: number, to: number): string | undefined {
		const least =
			kind === "eq" || kind === "ge" || kind === "ap" ? from : kind === "gt" || kind === "sa" ? to : undefined;
		if (least === undefined || Math.abs(least) > FOREVER) return undefined;
		const [first, until] = [`${alias}."${columns.start}"`, `${alias}."${columns.until}"`];
		return `(${first} >= ${time(least - DAY)} OR ${longSpan(first, until)})`;
	}

	/** The span begins before `most`. */
	function upper(kind: DateTest["prefix"], from: number, to: number): string | undefined {
		const most =
			kind === "eq" || kind === "le" || kind === "ap" ? to : kind === "lt" || kind === "eb" ? from : undefined;
		if (most === undefined || Math.abs(most) > FOREVER) return undefined;
		const first = `${alias}."${columns.start}"`;
		return `(${first} < ${time(most)} OR ${first} IS NULL)`;
	}

	function time(ms: number): string {
		return `to_timestamp(${bind(ms)}::float8 / 1000)`;
	}
}

const DAY = 86_400_000;

/** The condition of the partial index that holds long and open spans. Must be written as the migration writes it. */
export const longSpan = (first: string, until: string): string =>
	`(${until} IS NULL OR ${first} IS NULL OR ${until} - ${first} > interval '1 day')`;

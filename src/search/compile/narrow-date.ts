import type { DateColumns } from "../../clinical/index.ts";
import type { DateTest, Node } from "../tree.ts";
import { compareDate, FOREVER, inSql } from "../types/date.ts";

/** Limits of the beginning of spans that are no longer than a day, in milliseconds: from `least`, before `most`. */
export type Bounds = { readonly least?: number; readonly most?: number };

const DAY = 86_400_000;

/** What a date test implies about the beginning of a span of at most a day: "ends after X" lets it begin a day before X. */
function boundsOf({ prefix, start, end }: DateTest): Bounds {
	const least = {
		eq: start,
		ge: start,
		ap: start,
		gt: end,
		sa: end,
		ne: undefined,
		lt: undefined,
		le: undefined,
		eb: undefined,
	}[prefix];
	const most = {
		eq: end,
		le: end,
		ap: end,
		lt: start,
		eb: start,
		ne: undefined,
		gt: undefined,
		ge: undefined,
		sa: undefined,
	}[prefix];
	const isReal = (ms: number | undefined): ms is number => ms !== undefined && Math.abs(ms) <= FOREVER;
	return { ...(isReal(least) && { least: least - DAY }), ...(isReal(most) && { most }) };
}

/** A test of the columns that a date test implies, so that an index on the beginning can serve; `undefined` for none. */
export function narrowDate(
	test: DateTest,
	columns: DateColumns,
	alias: string,
	bind: (value: unknown) => string,
): string | undefined {
	const within = boundsTest(boundsOf(test), columns, alias, bind);
	return within && `(${within} OR ${longSpan(columns, alias)})`;
}

/** The whole test of a date by its columns; a beginning or an end that is not there lies infinitely far. */
export function columnTest(
	test: DateTest,
	{ start, until, long }: DateColumns,
	alias: string,
	bind: (value: unknown) => string,
): string {
	const [low, high] = [`coalesce(${alias}."${start}", '-infinity')`, `coalesce(${alias}."${until}", 'infinity')`];
	const time = (ms: number): string => `to_timestamp(${bind(ms)}::float8 / 1000)`;
	return `(${alias}."${long}" IS NOT NULL AND ${inSql(compareDate(test, low, high, time))})`;
}

/** The test of bounds on the beginning. */
export function boundsTest(
	{ least, most }: Bounds,
	{ start }: DateColumns,
	alias: string,
	bind: (value: unknown) => string,
): string | undefined {
	const time = (ms: number): string => `to_timestamp(${bind(ms)}::float8 / 1000)`;
	const parts = [
		...(least === undefined ? [] : [`${alias}."${start}" >= ${time(least)}`]),
		...(most === undefined ? [] : [`${alias}."${start}" < ${time(most)}`]),
	];
	return parts.length > 0 ? parts.join(" AND ") : undefined;
}

/** Spans longer than a day, or open: few, and kept by an index of their own. */
export const longSpan = ({ long }: DateColumns, alias: string): string => `${alias}."${long}"`;

/** The dates in columns that a whole filter narrows, and the bounds that all its conditions on them imply together. */
export type DateSpan = { readonly columns: DateColumns; readonly bounds: Bounds };

/** Finds the columns that the filter's own conditions on dates are about; `undefined` when there are none. */
export function dateSpanOf(filter: Node, dates: ReadonlyMap<string, DateColumns>): DateSpan | undefined {
	const conditions = (filter.kind === "and" ? filter.nodes : [filter]).map((node) => alternativesOf(node));
	const columns = conditions.map(([first]) => first && dates.get(first.path)).find((found) => found !== undefined);
	if (!columns) return undefined;
	const own = conditions.filter((tests) => tests.length > 0 && tests.every(({ path }) => dates.get(path) === columns));
	return own.length === 0
		? undefined
		: { columns, bounds: own.map((tests) => eitherOf(tests.map(boundsOf))).reduce(bothOf) };
}

export type DateNode = Extract<Node, { kind: "date" }>;

/** The date tests of which one must hold, when a condition is about dates alone. */
function alternativesOf(node: Node): DateNode[] {
	if (node.kind === "date") return [node];
	return node.kind === "or" && node.nodes.every(({ kind }) => kind === "date") ? (node.nodes as DateNode[]) : [];
}

function eitherOf(bounds: readonly Bounds[]): Bounds {
	const least = bounds.map((one) => one.least ?? Number.NEGATIVE_INFINITY);
	const most = bounds.map((one) => one.most ?? Number.POSITIVE_INFINITY);
	return finite(Math.min(...least), Math.max(...most));
}

const bothOf = (a: Bounds, b: Bounds): Bounds =>
	finite(
		Math.max(a.least ?? Number.NEGATIVE_INFINITY, b.least ?? Number.NEGATIVE_INFINITY),
		Math.min(a.most ?? Number.POSITIVE_INFINITY, b.most ?? Number.POSITIVE_INFINITY),
	);

const finite = (least: number, most: number): Bounds => ({
	...(Number.isFinite(least) && { least }),
	...(Number.isFinite(most) && { most }),
});

import {
	and,
	askedCodesOf,
	boundsTest,
	type CompileContext,
	codeArms,
	dateSpanOf,
	isSelective,
	longSpan,
	type Node,
	type OrderKey,
	type Rows,
} from "../search/index.ts";

/** A filter divided: each row that it finds passes `node` and exactly one of the arms. */
export type Arms = { readonly node: Node; readonly arms: readonly Arm[] };

/** `first`: what to look up before anything else, because the planner would not expect how few rows that leaves. */
export type Arm = { readonly first?: string; readonly condition: string };

/**
 * Divides the rows of a filter among indexes, each of which gives its own in order: rows of a code by the index of that
 * code; short spans by a range of the index on their beginning, and the few long ones by their own. `undefined` where
 * one statement serves as well.
 */
export function armsOf(
	filter: Node,
	restriction: Node | undefined,
	rows: Rows,
	order: readonly OrderKey[],
	context: CompileContext,
): Arms | undefined {
	if (isSelective(restriction ? and([filter, restriction]) : filter)) return undefined;
	const { dates, codes } = context.source(rows.type);
	const span = dateSpanOf(filter, dates);
	const within = span && boundsTest(span.bounds, span.columns, rows.alias, context.bind);
	const long = span && longSpan(span.columns, rows.alias);
	const byCode = askedCodesOf(filter, restriction, codes);
	if (!byCode || order.length !== 1 || order[0]?.expression !== `${rows.alias}."${byCode.columns.start}"`) {
		return within ? { node: filter, arms: [`${within} AND NOT ${long}`, `${long}`].map(plain) } : undefined;
	}
	const { ordered, inColumns, others } = codeArms(byCode, rows, context);
	const walked = within
		? [...ordered.map((code) => `${code} AND ${within} AND NOT ${long}`), `${inColumns} AND ${long}`]
		: ordered;
	return { node: byCode.rest, arms: [...walked.map(plain), others] };
}

const plain = (condition: string): Arm => ({ condition });

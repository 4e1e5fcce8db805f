import { add, compare, type Decimal, decimal, multiply, negate } from "./decimal.ts";

/** Numbers between two ends; an absent end is infinite, an open one does not belong to it. */
export type Interval = {
	readonly low?: Decimal;
	readonly lowOpen?: boolean;
	readonly high?: Decimal;
	readonly highOpen?: boolean;
};

/** A number as a query writes it. */
export type Sought = { readonly prefix: string; readonly exact: Decimal; readonly precision: Interval };

/** @throws when `text` is no number with or without a prefix. https://hl7.org/fhir/R4/search.html#prefix */
export function sought(text: string): Sought {
	const [, prefix = "eq", number = ""] = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/.exec(text) ?? [];
	const exact = decimal(number);
	const half = { digits: 5n, exponent: exact.exponent - (/^[+-]?\d+e/i.test(number) ? 2 : 1) };
	return { prefix, exact, precision: { low: add(exact, negate(half)), high: add(exact, half), highOpen: true } };
}

/** The same in another unit. */
export const scaled = ({ prefix, exact, precision }: Sought, factor: Decimal): Sought => ({
	prefix,
	exact: multiply(exact, factor),
	precision: scaledInterval(precision, factor),
});

export const scaledInterval = ({ low, high, ...open }: Interval, factor: Decimal): Interval => ({
	...open,
	...(low && { low: multiply(low, factor) }),
	...(high && { high: multiply(high, factor) }),
});

/**
 * "eq: the range of the search value fully contains the range of the target value"; "gt: the range above the search
 * value intersects (i.e. overlaps) with the range of the target value"; and so on. Our choice: ge and le take the search value itself for part of the range
 * above and below it, so that `ge5` finds a range that ends at 5. With gt, lt, ge, le, sa and eb
 * "the implicit precision of the number is ignored". https://hl7.org/fhir/R4/search.html#prefix
 */
export function holds({ prefix, exact, precision }: Sought, target: Interval): boolean {
	const above = { low: exact, lowOpen: true };
	const below = { high: exact, highOpen: true };
	switch (prefix) {
		case "eq":
			return contains(precision, target);
		case "ne":
			return !contains(precision, target);
		case "gt":
			return overlaps(above, target);
		case "lt":
			return overlaps(below, target);
		case "ge":
			return overlaps({ low: exact }, target);
		case "le":
			return overlaps({ high: exact }, target);
		case "sa":
			return contains(above, target);
		case "eb":
			return contains(below, target);
		case "ap":
			return overlaps(around(exact), target);
		default:
			throw new Error(`no prefix: ${prefix}`);
	}
}

/** "the recommended value for the approximation is 10% of the stated value" */
function around(exact: Decimal): Interval {
	const tenth = { digits: exact.digits < 0n ? -exact.digits : exact.digits, exponent: exact.exponent - 1 };
	return { low: add(exact, negate(tenth)), high: add(exact, tenth) };
}

function contains(outer: Interval, inner: Interval): boolean {
	const from =
		outer.low === undefined ||
		(inner.low !== undefined && within(inner.low, outer.low, outer.lowOpen && !inner.lowOpen));
	const to =
		outer.high === undefined ||
		(inner.high !== undefined && within(outer.high, inner.high, outer.highOpen && !inner.highOpen));
	return from && to;
}

const overlaps = (a: Interval, b: Interval): boolean => reaches(a, b) && reaches(b, a);

/** Whether `a` goes up to where `b` begins. */
const reaches = (a: Interval, b: Interval): boolean =>
	a.high === undefined || b.low === undefined || within(a.high, b.low, a.highOpen || b.lowOpen);

const within = (greater: Decimal, less: Decimal, strictly: boolean | undefined): boolean =>
	strictly ? compare(greater, less) > 0 : compare(greater, less) >= 0;

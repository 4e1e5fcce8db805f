import { numberText } from "../../kernel/index.ts";
import { type Decimal, decimalText, minus, plus, readDecimal, roundedTo, tenth } from "../decimal.ts";
import { unescaped } from "../escape.ts";
import type { Node, Prefix } from "../tree.ts";
import { malformed, splitPrefix } from "./prefix.ts";
import type { Asked, SearchType } from "./search-type.ts";

/** Number: equal within the precision written, ordered by the exact value. https://hl7.org/fhir/R4/search.html#number */
export const number: SearchType = {
	name: "number",
	modifiers: [],
	operators: ["$co"],
	presence: "n",
	index({ value }, index) {
		if (numberText(value) !== undefined) index.fact("n", value);
	},
	read({ parameter, path, modifier, text }: Asked): Node {
		const { prefix, rest } = splitPrefix((modifier === "$co" ? "eq" : "") + unescaped(text));
		const bounds = boundsOf(rest);
		if (!bounds) throw malformed(parameter.code, "a number, as 100, 5.40 or gt1e2");
		if (modifier === "$co") return { kind: "fact", fact: "n", path: path.name, test: precisionTest(rest) };
		return { kind: "fact", fact: "n", path: path.name, test: pointTest(prefix, bounds) };
	},
};

/** The limits a written number stands for, as decimal texts. */
export type Bounds = {
	readonly value: string;
	readonly low: string;
	readonly high: string;
	readonly near: readonly [string, string];
};

/** Reads a number with its precision range and its ±10 % neighbourhood. */
export function boundsOf(text: string): Bounds | undefined {
	const read = readDecimal(text);
	if (!read) return undefined;
	const { value, half } = read;
	const margin: Decimal = tenth(value);
	return {
		value: decimalText(value),
		low: decimalText(minus(value, half)),
		high: decimalText(plus(value, half)),
		near: [decimalText(minus(value, margin)), decimalText(plus(value, margin))],
	};
}

/** Decimal places that a stored number is looked for with. */
const MOST_PLACES = 40;

/**
 * The test that the precision of a stored number `@` takes in the number asked: they are equal, or the stored one is
 * what the other is rounded to at fewer places.
 */
function precisionTest(text: string): string {
	const { value } = readDecimal(text) as { value: Decimal };
	const rounded = Array.from({ length: Math.min(Math.max(0, value.scale), MOST_PLACES) }, (_, places) =>
		decimalText(roundedTo(value, places)),
	);
	const written = rounded.map((one) => `@.string() == "${one}"`);
	return [`@ == ${decimalText(value)}`, ...written].join(" || ");
}

/** The test of a stored number `@`. */
export function pointTest(prefix: Prefix, { value, low, high, near }: Bounds): string {
	switch (prefix) {
		case "eq":
			return `@ >= ${low} && @ < ${high}`;
		case "ne":
			return `@ < ${low} || @ >= ${high}`;
		case "gt":
		case "sa":
			return `@ > ${value}`;
		case "lt":
		case "eb":
			return `@ < ${value}`;
		case "ge":
			return `@ >= ${value}`;
		case "le":
			return `@ <= ${value}`;
		case "ap":
			return `@ >= ${near[0]} && @ <= ${near[1]}`;
	}
}

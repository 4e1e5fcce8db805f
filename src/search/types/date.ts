import { isObject, spanOf, spanOfValue } from "../../kernel/index.ts";
import { unescaped } from "../escape.ts";
import type { DateTest, Node } from "../tree.ts";
import { malformed, splitPrefix } from "./prefix.ts";
import { type Asked, hasContent, type SearchType } from "./search-type.ts";

/**
 * Date: every value is a span of time, a partial date as long as it is vague; a Period with an open end lasts for
 * ever, a Timing counts by its outer limits. https://hl7.org/fhir/R4/search.html#date
 */
export const date: SearchType = {
	name: "date",
	modifiers: [],
	operators: ["$po", "$co"],
	presence: "d",
	index({ value, timeZone }, index) {
		const span = spanOfValue(value, timeZone);
		if (span) index.fact("d", { a: limited(span.start), z: limited(span.end) });
		else if (isObject(value) && hasContent(value)) index.present();
	},
	read({ parameter, path, modifier, text, timeZone, now }: Asked): Node {
		const isOperator = modifier === "$po" || modifier === "$co";
		const asked = readDate(parameter.code, (isOperator ? "eq" : "") + unescaped(text), timeZone, now);
		if (modifier === "$co") {
			const test = `@.a <= ${asked.start} && @.z >= ${asked.end}`;
			return { kind: "fact", fact: "d", path: path.name, test };
		}
		// Overlap is what `ap` tests of its wider span.
		return { kind: "date", path: path.name, ...asked, ...(modifier === "$po" && { prefix: "ap" }) };
	},
};

/** The farthest time a JavaScript date can be; stands for "for ever". */
export const FOREVER = 8.64e15;

const limited = (ms: number): number => Math.max(-FOREVER, Math.min(FOREVER, ms));

/** Reads a prefixed date; a space where a zone's `+` should be is taken for it. `ap` widens by a tenth of the distance to now. */
export function readDate(parameter: string, text: string, timeZone: string, now: number): DateTest {
	const { prefix, rest } = splitPrefix(text);
	const span = spanOf(rest.replace(/ (?=\d\d:\d\d$)/, "+"), timeZone);
	if (!span)
		throw malformed(
			parameter,
			"a date or dateTime, as 2026, 2026-01-15 or ge2026-01-15T10:00:00Z; write a + in a zone as %2B",
		);
	if (prefix !== "ap") return { prefix, ...span };
	const margin = Math.abs(now - (span.start + span.end) / 2) / 10;
	return { prefix, start: Math.floor(span.start - margin), end: Math.ceil(span.end + margin) };
}

/** The comparison of a stored span [low, high) with the one asked, over any two expressions; `literal` is called for what is used. */
export function compareDate(
	{ prefix, start, end }: DateTest,
	low: string,
	high: string,
	literal: (ms: number) => string,
): string {
	const [s, e] = [() => literal(start), () => literal(end)];
	const inside = (): string => `(${low} >= ${s()} ${AND} ${high} <= ${e()})`;
	switch (prefix) {
		case "eq":
			return inside();
		case "ne":
			return `(${low} < ${s()} ${OR} ${high} > ${e()})`;
		case "gt":
			return `${high} > ${e()}`;
		case "lt":
			return `${low} < ${s()}`;
		case "ge":
			return `(${high} > ${e()} ${OR} ${inside()})`;
		case "le":
			return `(${low} < ${s()} ${OR} ${inside()})`;
		case "sa":
			return `${low} >= ${e()}`;
		case "eb":
			return `${high} <= ${s()}`;
		case "ap":
			return `(${low} < ${e()} ${AND} ${high} > ${s()})`;
	}
}

/** Stand-ins for the operators, which jsonpath and SQL write differently; see `inJsonPath` and `inSql`. */
const AND = "\u0001";
const OR = "\u0002";

export const inJsonPath = (comparison: string): string => comparison.replaceAll(AND, "&&").replaceAll(OR, "||");
export const inSql = (comparison: string): string => comparison.replaceAll(AND, "AND").replaceAll(OR, "OR");

/** The same test as a jsonpath predicate on a stored `{a, z}`: from a until before z. */
export const dateTest = (test: DateTest): string => inJsonPath(compareDate(test, "@.a", "@.z", String));

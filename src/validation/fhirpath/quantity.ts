import { isObject } from "../../kernel/index.ts";
import { canonicalQuantity } from "../../terminology/index.ts";
import { compareNumbers, decimalText, type NumberValue, numberOf } from "./decimal.ts";
import { isNumber } from "./number-value.ts";

/** A quantity of the language: a UCUM code, or a calendar unit as in `3 days`. */
export type Quantity = { readonly value: NumberValue; readonly code: string };

const UCUM = "http://unitsofmeasure.org";

/** Calendar units that are the same as UCUM's; longer ones have no fixed length. */
const CALENDAR: Readonly<Record<string, string>> = {
	second: "s",
	millisecond: "ms",
	minute: "min",
	hour: "h",
	day: "d",
	week: "wk",
	month: "mo",
	year: "a",
};

const unitOf = (calendar: string): string => (Object.hasOwn(CALENDAR, calendar) && CALENDAR[calendar]) || calendar;

/**
 * A FHIR Quantity or one of the language as a comparable quantity; `undefined` where it has no exact value. A code
 * of another system than UCUM, or a unit in words, is comparable with itself only.
 */
export function readQuantity(value: unknown): Quantity | undefined {
	if (!isObject(value) || !isNumber(value.value) || value.comparator !== undefined) return undefined;
	const { code, system, unit, calendar } = value;
	if (calendar === true) return { value: value.value, code: unitOf(String(code)) };
	if (typeof code === "string") {
		const foreign = typeof system === "string" && system !== UCUM;
		return { value: value.value, code: foreign ? `${system}|${code}` : code };
	}
	return { value: value.value, code: typeof unit === "string" ? `|${unit}` : "1" };
}

/** Below, equal or above zero; `undefined` where the units cannot be compared. */
export function compareQuantities(a: Quantity, b: Quantity): number | undefined {
	if (a.code === b.code) return compareNumbers(a.value, b.value);
	if (a.code.includes("|") || b.code.includes("|")) return undefined;
	const left = canonicalQuantity(decimalText(a.value), a.code);
	const right = canonicalQuantity(decimalText(b.value), b.code);
	if (left === undefined || right === undefined || left.unit !== right.unit) return undefined;
	return compareNumbers(numberOf(left.value), numberOf(right.value));
}

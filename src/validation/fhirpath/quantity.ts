import { createRequire } from "node:module";
import { isObject } from "../../kernel/index.ts";
import { compareNumbers, type NumberValue } from "./decimal.ts";
import { isNumber } from "./number-value.ts";

/** A quantity of the language: a UCUM code, or a calendar unit as in `3 days`. */
export type Quantity = { readonly value: NumberValue; readonly code: string; readonly calendar?: boolean };

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

/** A FHIR Quantity or one of the language as a comparable quantity; `undefined` where it has no exact value. */
export function readQuantity(value: unknown): Quantity | undefined {
	if (!isObject(value) || !isNumber(value.value) || value.comparator !== undefined) return undefined;
	const { code, system, unit, calendar } = value;
	if (calendar === true) return { value: value.value, code: CALENDAR[String(code)] ?? String(code), calendar };
	const comparable = typeof code === "string" ? code : typeof unit === "string" ? unit : "1";
	const foreign = typeof system === "string" && system !== UCUM;
	return { value: value.value, code: foreign ? `${system}|${comparable}` : comparable };
}

/** Below, equal or above zero; `undefined` where the units cannot be compared. */
export function compareQuantities(a: Quantity, b: Quantity): number | undefined {
	if (a.code === b.code) return compareNumbers(a.value, b.value);
	if (a.code.includes("|") || b.code.includes("|")) return undefined;
	const converted = convert(Number(numeral(b.value)), b.code, a.code);
	if (converted === undefined) return undefined;
	const difference = Number(numeral(a.value)) - converted;
	return Math.abs(difference) <= Math.abs(converted) * TOLERANCE ? 0 : difference;
}

/** A conversion goes by way of doubles. */
const TOLERANCE = 1e-12;

const numeral = (value: NumberValue): number | string => (typeof value === "number" ? value : value.rawJSON);

type Ucum = {
	convertUnitTo(from: string, value: number, to: string): { status: string; toVal: number | null };
};
let ucum: Ucum | undefined;

/** A value in another UCUM unit. The table of units is read at the first call. */
function convert(value: number, from: string, to: string): number | undefined {
	ucum ??= createRequire(import.meta.url)("@lhncbc/ucum-lhc").UcumLhcUtils.getInstance() as Ucum;
	const result = ucum.convertUnitTo(from, value, to);
	return result.status === "succeeded" && typeof result.toVal === "number" ? result.toVal : undefined;
}

import type { BoundValue } from "../../definitions/index.ts";
import { isObject, type Json, numberText, spanOf } from "../../kernel/index.ts";

/**
 * How a value stands to a bound of its element: below zero, zero, above; `undefined` where the two cannot be compared
 * (other units, dates that overlap). https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_
 */
export function compareToBound(value: Json | undefined, bound: BoundValue): number | undefined {
	if (isObject(bound.value)) return compareQuantities(value, bound.value);
	const a = numberText(value);
	const b = numberText(bound.value);
	if (a !== undefined && b !== undefined) return Number(a) - Number(b);
	if (typeof value !== "string" || typeof bound.value !== "string") return undefined;
	return bound.type === "time" ? compareText(value, bound.value) : compareDates(value, bound.value);
}

function compareQuantities(value: Json | undefined, bound: { [key: string]: Json | undefined }): number | undefined {
	if (!isObject(value) || value.system !== bound.system || value.code !== bound.code) return undefined;
	const a = numberText(value.value);
	const b = numberText(bound.value);
	return a === undefined || b === undefined ? undefined : Number(a) - Number(b);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A date is below another when all of it is; bounds are written in whole days or with a zone, so UTC serves. */
function compareDates(value: string, bound: string): number | undefined {
	const a = spanOf(value, "UTC");
	const b = spanOf(bound, "UTC");
	if (!a || !b) return undefined;
	if (a.end <= b.start) return -1;
	if (a.start >= b.end) return 1;
	return 0;
}

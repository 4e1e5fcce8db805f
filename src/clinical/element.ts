import { isObject, type Json, type JsonObject, localReference, numberText, spanOfValue } from "../kernel/index.ts";
import type { Clinic } from "./typed-table.ts";

/** The first of a repeating element, or the element itself. */
export const first = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value[0] : value);

/** Walks property names from `value`, taking the first of every list on the way. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
	let here = first(value);
	for (const name of path) {
		if (!isObject(here)) return undefined;
		here = first(here[name]);
	}
	return here;
}

/** All items of a repeating element that are objects. */
export const items = (value: Json | undefined): JsonObject[] =>
	(Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(isObject);

/** The strings of a repeating element, joined by a space. */
export const words = (value: Json | undefined): string | undefined =>
	(Array.isArray(value) ? value : [value]).filter((v) => typeof v === "string").join(" ") || undefined;

/** The text a person would read for a CodeableConcept: its text, else its first display, else its first code. */
export const label = (concept: Json | undefined): Json | undefined =>
	at(concept, "text") ?? at(concept, "coding", "display") ?? at(concept, "coding", "code");

/** The literal reference, as `Patient/1`: without a version, and relative where it names this clinic by its base. */
export function referenceOf(value: Json | undefined, { base }: Pick<Clinic, "base">): string | undefined {
	const reference = at(value, "reference");
	if (typeof reference !== "string") return undefined;
	return localReference(reference, base) ?? reference;
}

/** The start of a date, Period or Timing as an ISO instant; `undefined` when there is none. */
export function startOf(value: Json | undefined, { timeZone }: Pick<Clinic, "timeZone">): string | undefined {
	const span = spanOfValue(first(value), timeZone);
	return span && instantText(span.start);
}

/** The moment after a date, Period or Timing as an ISO instant; `undefined` while it lasts. */
export function untilOf(value: Json | undefined, { timeZone }: Pick<Clinic, "timeZone">): string | undefined {
	const span = spanOfValue(first(value), timeZone);
	return span && instantText(span.end);
}

/** Milliseconds of a day. */
const DAY = 86_400_000;

/** Whether a date, Period or Timing covers more than a day, or has an open end; `undefined` when there is none. */
export function isLong(value: Json | undefined, { timeZone }: Pick<Clinic, "timeZone">): boolean | undefined {
	const span = spanOfValue(first(value), timeZone);
	return span && span.end - span.start > DAY;
}

/** PostgreSQL reads years 0001–9999 in this form, and FHIR knows no others. Microseconds are kept. */
function instantText(milliseconds: number): string | undefined {
	const date = new Date(Math.floor(milliseconds));
	if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) return undefined;
	const micros = Math.min(999, Math.round((milliseconds - Math.floor(milliseconds)) * 1000));
	return micros === 0 ? date.toISOString() : date.toISOString().replace("Z", `${String(micros).padStart(3, "0")}Z`);
}

/** The first day a partial date covers, as `YYYY-MM-DD`. */
export function dayOf(value: Json | undefined): string | undefined {
	if (typeof value !== "string" || value.startsWith("0000")) return undefined;
	return `${value}-01-01`.slice(0, 10);
}

/** The text of a number, so that PostgreSQL's `numeric` gets every digit. */
export const decimal = (value: Json | undefined): string | undefined => numberText(value);

/** The code of the first coding whose system is `system`. */
export const codeIn = (concept: Json | undefined, system: string): Json | undefined =>
	items(at(concept) && (first(concept) as JsonObject).coding).find((coding) => coding.system === system)?.code;

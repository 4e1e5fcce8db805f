import { isObject, type Json, type JsonObject } from "./resource.ts";

/** A span of time in milliseconds since 1970: `start` inclusive, `end` exclusive. */
export type Span = { readonly start: number; readonly end: number };

const PARTIAL = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** Digits of a second's fraction that count: microseconds are what a number of this size, and PostgreSQL, can tell. */
const MOST_DIGITS = 6;

/**
 * The span a FHIR date, dateTime or instant covers: `2024` is the whole year, `2024-05-01T10:00:00+05:30` one second.
 * A value without a zone is read in `timeZone` (IANA name). `undefined` when `text` is no such value.
 * https://hl7.org/fhir/R4/datatypes.html#dateTime
 */
export function spanOf(text: string, timeZone: string): Span | undefined {
	const match = PARTIAL.exec(text);
	if (!match) return undefined;
	const [, y, mo, d, h, mi, s, fraction, zone] = match;
	const year = Number(y);
	const month = Number(mo ?? 1) - 1;
	const day = Number(d ?? 1);
	if (!isInCalendar(year, month, day, Number(h ?? 0), Number(mi ?? 0), Number(s ?? 0))) return undefined;
	const at = (...parts: [number, number, number, number?, number?, number?]): number => utc(parts, zone, timeZone);
	if (mo === undefined) return { start: at(year, 0, 1), end: at(year + 1, 0, 1) };
	if (d === undefined) return { start: at(year, month, 1), end: at(year, month + 1, 1) };
	if (h === undefined) return { start: at(year, month, day), end: at(year, month, day + 1) };
	const minute = at(year, month, day, Number(h), Number(mi));
	if (s === undefined) return { start: minute, end: minute + 60_000 };
	const second = minute + Number(s) * 1000;
	if (fraction === undefined) return { start: second, end: second + 1000 };
	const digits = fraction.slice(0, MOST_DIGITS);
	const unit = 10 ** (3 - digits.length);
	const start = second + Number(digits) * unit;
	return { start, end: start + unit };
}

/**
 * The span of any FHIR date value: a partial date, a Period (an end that is missing lies infinitely far), or the
 * outer limits of a Timing. `undefined` when it says no time.
 */
export function spanOfValue(value: Json | undefined, timeZone: string): Span | undefined {
	if (typeof value === "string") return spanOf(value, timeZone);
	if (!isObject(value)) return undefined;
	if (value.event !== undefined || value.repeat !== undefined) return spanOfTiming(value, timeZone);
	const start = typeof value.start === "string" ? spanOf(value.start, timeZone) : undefined;
	const end = typeof value.end === "string" ? spanOf(value.end, timeZone) : undefined;
	if (!start && !end) return undefined;
	return { start: start?.start ?? Number.NEGATIVE_INFINITY, end: end?.end ?? Number.POSITIVE_INFINITY };
}

function spanOfTiming({ event, repeat }: JsonObject, timeZone: string): Span | undefined {
	const events = (Array.isArray(event) ? event : []).map((one) => spanOfValue(one, timeZone));
	const bounds = isObject(repeat) ? spanOfValue(repeat.boundsPeriod, timeZone) : undefined;
	const spans = [...events, bounds].filter((span) => span !== undefined);
	if (spans.length === 0) return undefined;
	return { start: Math.min(...spans.map((s) => s.start)), end: Math.max(...spans.map((s) => s.end)) };
}

/** A moment (milliseconds since 1970) as an instant with the offset that `timeZone` has then. */
export function instantIn(moment: number, timeZone: string): string {
	const wall = wallOf(moment, timeZone);
	const minutes = Math.round((wall - moment) / 60_000);
	const two = (n: number): string => String(n).padStart(2, "0");
	const size = Math.abs(minutes);
	const zone = `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
	return `${new Date(wall).toISOString().slice(0, -1)}${zone}`;
}

/** `month` counts from 0. A leap second is in it, the hour 24 is not. */
function isInCalendar(year: number, month: number, day: number, hour: number, minute: number, second: number): boolean {
	const last = new Date(0);
	last.setUTCFullYear(year, month + 1, 0);
	return month >= 0 && month < 12 && day >= 1 && day <= last.getUTCDate() && hour < 24 && minute < 60 && second <= 60;
}

type Parts = [number, number, number, number?, number?, number?];

function utc([year, month, day, hour = 0, minute = 0]: Parts, zone: string | undefined, timeZone: string): number {
	const date = new Date(0);
	date.setUTCFullYear(year, month, day);
	date.setUTCHours(hour, minute);
	const wall = date.getTime();
	if (zone === "Z") return wall;
	if (zone === undefined) return wall - offsetAt(wall, timeZone);
	const sign = zone[0] === "-" ? -1 : 1;
	return wall - sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Offset of `timeZone` from UTC in milliseconds at the wall-clock time `wall`; the second look settles a change of clocks. */
function offsetAt(wall: number, timeZone: string): number {
	if (timeZone === "Asia/Kolkata" && wall > MODERN_INDIA) return 19_800_000;
	const first = wallOf(wall, timeZone) - wall;
	return wallOf(wall - first, timeZone) - (wall - first);
}

/** India has had one offset without a change since October 1945. */
const MODERN_INDIA = Date.UTC(1945, 10, 1);

function wallOf(instant: number, timeZone: string): number {
	let format = formats.get(timeZone);
	if (!format) {
		format = new Intl.DateTimeFormat("en-US-u-ca-gregory", {
			timeZone,
			hourCycle: "h23",
			era: "short",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric",
		});
		formats.set(timeZone, format);
	}
	const part: Record<string, string> = {};
	for (const { type, value } of format.formatToParts(instant)) part[type] = value;
	const year = part.era === "BC" ? 1 - Number(part.year) : Number(part.year);
	const date = new Date(0);
	date.setUTCFullYear(year, Number(part.month) - 1, Number(part.day));
	date.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second));
	return date.getTime() + (((instant % 1000) + 1000) % 1000);
}

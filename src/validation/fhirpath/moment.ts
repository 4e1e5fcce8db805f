/** A date, a time or both, as precise as it was written. */
export type Moment = {
	readonly kind: "date" | "time";
	/** Year, month, day, hour, minute, second; of a time from the hour on. Seconds have a fraction. */
	readonly parts: readonly number[];
	/** The same in UTC, where a zone is given. */
	readonly utc?: readonly number[];
};

const LONGEST = 60;
const DASH = 45;
const COLON = 58;
const LETTER_T = 84;

/** Reads `2024-05`, `2024-05-01T10:00:00+05:30`, `10:30`; `undefined` for anything else. By hand, because it is done often. */
export function readMoment(text: string): Moment | undefined {
	if (text.length > LONGEST || text.length < 4) return undefined;
	if (text.charCodeAt(2) === COLON) {
		const parts: number[] = [];
		return readTime(text, 0, parts) === text.length ? { kind: "time", parts } : undefined;
	}
	const year = digits(text, 0, 4);
	if (year < 0) return undefined;
	const parts = [year];
	let at = 4;
	for (const most of [12, 31]) {
		if (text.charCodeAt(at) !== DASH) break;
		const part = digits(text, at + 1, 2);
		if (part < 1 || part > most) return undefined;
		parts.push(part);
		at += 3;
	}
	if (text.charCodeAt(at) !== LETTER_T) return at === text.length ? { kind: "date", parts } : undefined;
	if (at + 1 === text.length) return { kind: "date", parts };
	if (parts.length < 3) return undefined;
	at = readTime(text, at + 1, parts);
	if (at === -1) return undefined;
	if (at === text.length) return { kind: "date", parts };
	const zone = text.slice(at);
	return ZONE.test(zone) ? { kind: "date", parts, utc: toUtc(parts, zone) } : undefined;
}

const ZONE = /^(?:Z|[+-]\d{2}:\d{2})$/;

/** Adds hour, minute and second; gives where they end, or -1 where they are none. */
function readTime(text: string, start: number, parts: number[]): number {
	const hour = digits(text, start, 2);
	if (hour < 0 || hour > 23) return -1;
	parts.push(hour);
	if (text.charCodeAt(start + 2) !== COLON) return start + 2;
	const minute = digits(text, start + 3, 2);
	if (minute < 0 || minute > 59) return -1;
	parts.push(minute);
	if (text.charCodeAt(start + 5) !== COLON) return start + 5;
	const second = digits(text, start + 6, 2);
	if (second < 0 || second > 61) return -1;
	let end = start + 8;
	if (text[end] === ".") for (end++; text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57; ) end++;
	parts.push(end === start + 8 ? second : Number(text.slice(start + 6, end)));
	return end;
}

/** A whole number of so many digits; -1 where there is none. */
function digits(text: string, start: number, count: number): number {
	let value = 0;
	for (let i = start; i < start + count; i++) {
		const digit = text.charCodeAt(i) - 48;
		if (!(digit >= 0 && digit <= 9)) return -1;
		value = value * 10 + digit;
	}
	return value;
}

function toUtc(parts: readonly number[], zone: string): readonly number[] {
	const minutes = zone === "Z" ? 0 : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
	if (minutes === 0) return parts;
	const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts;
	const date = new Date(0);
	date.setUTCFullYear(year, month - 1, day);
	date.setUTCHours(hour, minute - minutes);
	const all = [
		date.getUTCFullYear(),
		date.getUTCMonth() + 1,
		date.getUTCDate(),
		date.getUTCHours(),
		date.getUTCMinutes(),
	];
	return [...all, ...parts.slice(5)].slice(0, Math.max(parts.length, 5));
}

/**
 * Below, equal or above zero; `undefined` where one is less precise and the rest is the same, or where a date meets a
 * time. http://hl7.org/fhirpath/N1/#datetime-comparison
 */
export function compareMoments(a: Moment, b: Moment): number | undefined {
	if (a.kind !== b.kind) return undefined;
	const both = a.utc && b.utc;
	const left = (both && a.utc) ?? a.parts;
	const right = (both && b.utc) ?? b.parts;
	const length = Math.min(left.length, right.length);
	for (let i = 0; i < length; i++) {
		const difference = (left[i] as number) - (right[i] as number);
		if (difference !== 0) return difference;
	}
	return left.length === right.length ? 0 : undefined;
}

/** One text for all ways to write a moment. */
export const momentKey = ({ kind, parts, utc }: Moment): string => `${kind} ${(utc ?? parts).join(" ")}`;

const UNITS = ["year", "month", "day", "hour", "minute", "second"] as const;
const MORE: Readonly<Record<string, readonly [unit: (typeof UNITS)[number], times: number]>> = {
	week: ["day", 7],
	wk: ["day", 7],
	d: ["day", 1],
	h: ["hour", 1],
	min: ["minute", 1],
	s: ["second", 1],
	ms: ["second", 0.001],
	millisecond: ["second", 0.001],
};

/**
 * A moment later by `amount` of a unit of time, as text of the same precision and zone. `undefined` where the unit is
 * none of time. http://hl7.org/fhirpath/N1/#datetime-arithmetic
 */
export function addTime(text: string, amount: number, unit: string): string | undefined {
	const moment = readMoment(text);
	const [name, times] = MORE[unit] ?? [unit as (typeof UNITS)[number], 1];
	let place = UNITS.indexOf(name);
	if (!moment || place === -1) return undefined;
	let count = amount * times;
	if (place < 5) count = Math.trunc(count);
	if (moment.kind === "time") return place < 3 ? undefined : addToTime(moment, count, place);
	const last = moment.parts.length - 1;
	for (; place > last; place--) count = Math.trunc(count / ([12, 30, 24, 60, 60][place - 1] as number));
	const fields = [...moment.parts];
	const zone = /(?:Z|[+-]\d{2}:\d{2})$/.exec(text.slice(10))?.[0] ?? "";
	const added = addToDate(fields, place, count);
	return added && writeDate(added, text.includes("T"), zone);
}

function addToDate(fields: readonly number[], place: number, count: number): readonly number[] | undefined {
	const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = fields;
	const date = new Date(0);
	if (place < 2) {
		const months = year * 12 + month - 1 + (place === 0 ? count * 12 : count);
		const lastDay = new Date(Date.UTC(2000, 0, 1));
		lastDay.setUTCFullYear(Math.floor(months / 12), (months % 12) + 1, 0);
		date.setUTCFullYear(Math.floor(months / 12), months % 12, Math.min(day, lastDay.getUTCDate()));
		date.setUTCHours(hour, minute, 0, Math.round(second * 1000));
	} else {
		date.setUTCFullYear(year, month - 1, day);
		const unit = [86_400_000, 3_600_000, 60_000, 1000][place - 2] as number;
		date.setTime(date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + count * unit);
	}
	if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) return undefined;
	const whole = [
		date.getUTCFullYear(),
		date.getUTCMonth() + 1,
		date.getUTCDate(),
		date.getUTCHours(),
		date.getUTCMinutes(),
		date.getUTCSeconds() + date.getUTCMilliseconds() / 1000,
	];
	return whole.slice(0, fields.length);
}

function addToTime({ parts }: Moment, count: number, place: number): string {
	const [hour = 0, minute = 0, second = 0] = parts;
	const unit = [3600, 60, 1][place - 3] as number;
	const day = 86_400;
	const total = Math.round(((((hour * 60 + minute) * 60 + second + count * unit) % day) + day) * 1000) / 1000;
	const seconds = total % day;
	const fields = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.round((seconds % 60) * 1000) / 1000];
	return fields.slice(0, parts.length).map(twoDigits).join(":");
}

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value));

function writeDate(fields: readonly number[], time: boolean, zone: string): string {
	const [year = 0, ...rest] = fields;
	const date = [String(year).padStart(4, "0"), ...rest.slice(0, 2).map(twoDigits)].join("-");
	return time ? `${date}T${rest.slice(2).map(twoDigits).join(":")}${zone}` : date;
}

import { type Span, spanOf } from "../../../src/kernel/index.ts";
import { unescaped } from "./escape.ts";
import { type Fields, fieldsOf, listOf, type Matcher, textOf, type Value, type World } from "./world.ts";

/** https://hl7.org/fhir/R4/search.html#date */
export const date: Matcher = ({ part, world }, value) => {
	const [, prefix = "eq", text = ""] = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/.exec(unescaped(part)) ?? [];
	const sought = spanOf(text, world.timeZone);
	if (!sought) throw new Error(`no date: ${part}`);
	const target = targetSpan(value, world);
	return target !== undefined && holds(prefix, sought, target, world.now);
};

/** The table of R4, on spans of time. https://hl7.org/fhir/R4/search.html#prefix */
function holds(prefix: string, sought: Span, target: Span, now: number): boolean {
	const above = { start: sought.end, end: Number.POSITIVE_INFINITY };
	const below = { start: Number.NEGATIVE_INFINITY, end: sought.start };
	switch (prefix) {
		case "eq":
			return contains(sought, target);
		case "ne":
			return !contains(sought, target);
		case "gt":
			return overlaps(above, target);
		case "lt":
			return overlaps(below, target);
		case "ge":
			return overlaps(above, target) || contains(sought, target);
		case "le":
			return overlaps(below, target) || contains(sought, target);
		case "sa":
			return contains(above, target);
		case "eb":
			return contains(below, target);
		case "ap":
			return overlaps(around(sought, now), target);
		default:
			throw new Error(`no prefix: ${prefix}`);
	}
}

/** "10% of the ... difference between now and the date" */
function around({ start, end }: Span, now: number): Span {
	const margin = Math.abs(now - (start + end) / 2) / 10;
	return { start: start - margin, end: end + margin };
}

const contains = (outer: Span, inner: Span): boolean => outer.start <= inner.start && inner.end <= outer.end;

const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

function targetSpan({ data, type }: Value, world: World): Span | undefined {
	const fields = fieldsOf(data);
	if (type === "Period") return ofPeriod(fields, world);
	if (type === "Timing") return ofTiming(fields, world);
	const text = textOf(data);
	return text === undefined ? undefined : spanOf(text, world.timeZone);
}

/** "Where a period has no start or end, it is ... open". https://hl7.org/fhir/R4/search.html#date */
function ofPeriod({ start, end }: Fields, { timeZone }: World): Span | undefined {
	const [from, to] = [textOf(start), textOf(end)];
	if (from === undefined && to === undefined) return undefined;
	return {
		start: (from === undefined ? undefined : spanOf(from, timeZone)?.start) ?? Number.NEGATIVE_INFINITY,
		end: (to === undefined ? undefined : spanOf(to, timeZone)?.end) ?? Number.POSITIVE_INFINITY,
	};
}

/** "the outer limits of the timing". https://hl7.org/fhir/R4/search.html#date */
function ofTiming({ event, repeat }: Fields, world: World): Span | undefined {
	const bounds = ofPeriod(fieldsOf(fieldsOf(repeat).boundsPeriod), world);
	const spans = [...listOf(event).map((text) => spanOf(String(text), world.timeZone)), bounds].filter(
		(span) => span !== undefined,
	);
	if (spans.length === 0) return undefined;
	return {
		start: Math.min(...spans.map(({ start }) => start)),
		end: Math.max(...spans.map(({ end }) => end)),
	};
}

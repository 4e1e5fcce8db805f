import type { Issue, JsonObject } from "../kernel/index.ts";
import { MESSAGES, type MessageKind } from "./messages.ts";

/** One pass over a resource: where it stands, and what it has found. */
export type Walk = {
	/** FHIRPath steps to the value being looked at; only the first `depth` count, so that moving on allocates nothing. */
	readonly steps: Step[];
	depth: number;
	readonly issues: Issue[];
	/** Faults beyond `MOST_ISSUES`: counted, not told. */
	unlisted: number;
	/** The resource whose `contained` a `#id` here refers to. */
	container: JsonObject;
	/** Looks at more than structure, on the same way. */
	readonly observer?: Observer;
};

/** What is told of the way of a walk: every resource on entering it, every object once its structure has been looked at. */
export type Observer = {
	/** Answers what is to be done on leaving the resource. */
	enter(walk: Walk, resource: JsonObject, isContained: boolean): () => void;
	/** `type` is its FHIR type: `Patient`, `HumanName`, `Patient.contact`. */
	look(walk: Walk, type: string, object: JsonObject): void;
};

export type Step = string | number;

/** No one mends more at a time, and a hostile body must not make an outcome many times its size. */
const MOST_ISSUES = 200;

/** Deeper than any real resource; a deeper one would only exhaust the stack. */
export const MOST_STEPS = 200;

export const newWalk = (container: JsonObject): Walk => ({ steps: [], depth: 0, issues: [], unlisted: 0, container });

/** Notes a finding at the place of the walk, or at `step` below it; `text` goes on after the place: "must be …". */
export function fault(walk: Walk, kind: MessageKind, text: string, step?: Step): void {
	note(walk, kind, text, step === undefined ? placeOf(walk) : fhirPath([...stepsOf(walk), step]));
}

/** Notes a finding at a place told before, for what is found out later. */
export function note(walk: Walk, kind: MessageKind, text: string, expression: string): void {
	if (walk.issues.length >= MOST_ISSUES) {
		walk.unlisted++;
		return;
	}
	const { code, rule, severity } = MESSAGES[kind];
	walk.issues.push({ text: `${expression} ${text}${/[?…]$/.test(text) ? "" : "."}`, expression, code, rule, severity });
}

/** All findings, the last of them telling how many more there are. */
export function issuesOf(walk: Walk): Issue[] {
	if (walk.unlisted > 0) {
		const { code, rule, severity } = MESSAGES.unlisted;
		const text = `${walk.unlisted} more faults are not listed: mend these first.`;
		walk.issues.push({ text, code, rule, severity });
	}
	return walk.issues;
}

export const stepsOf = (walk: Walk): Step[] => walk.steps.slice(0, walk.depth);

/** The place of the walk as FHIRPath. */
export const placeOf = (walk: Walk): string => fhirPath(stepsOf(walk));

const fhirPath = (steps: readonly Step[]): string =>
	steps.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

/** A client's own name or code as part of a message: short, and printable. */
export const quote = (name: string): string => {
	const printable = name.toWellFormed().replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
	return printable.length > 64 ? `"${printable.slice(0, 64)}…"` : `"${printable}"`;
};

/** What a JSON value is, without what it says. */
export function kindOf(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "an array";
	if (typeof value === "object") return JSON.isRawJSON(value) ? "a number" : "an object";
	return typeof value === "string" ? "a string" : `a ${typeof value}`;
}

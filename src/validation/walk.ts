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
	/** Whether there is an error among them. */
	hidesError: boolean;
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

export const newWalk = (container: JsonObject): Walk => ({
	steps: [],
	depth: 0,
	issues: [],
	unlisted: 0,
	hidesError: false,
	container,
});

/** What a finding says after its place: "must be …". One that is costly to say is said only where it is told. */
type Saying = string | (() => string);

/** Notes a finding at the place of the walk, or at `step` below it. */
export function fault(walk: Walk, kind: MessageKind, text: Saying, step?: Step): void {
	note(walk, kind, text, step === undefined ? placeOf(walk) : fhirPath([...stepsOf(walk), step]));
}

/** Notes a finding at a place told before, for what is found out later. */
export function note(walk: Walk, kind: MessageKind, saying: Saying, expression: string): void {
	const { code, rule, severity } = MESSAGES[kind];
	if (walk.issues.length >= MOST_ISSUES) {
		walk.unlisted++;
		if (severity === "error") walk.hidesError = true;
		return;
	}
	const text = typeof saying === "string" ? saying : saying();
	const ended = /[?….]$/.test(text) ? text : `${text}.`;
	walk.issues.push({ text: `${shown(expression)} ${ended}`, expression, code, rule, severity });
}

const MOST_PLACE = 160;

/** A place in words: of a very deep one the beginning and the end. */
const shown = (place: string): string =>
	place.length > MOST_PLACE ? `${place.slice(0, MOST_PLACE / 2)}…${place.slice(-MOST_PLACE / 2)}` : place;

/** All findings, the last of them telling how many more there are. */
export function issuesOf(walk: Walk): Issue[] {
	if (walk.unlisted > 0) {
		const { code, rule } = MESSAGES.unlisted;
		const severity = walk.hidesError ? "error" : "information";
		const text = `${walk.unlisted} more findings are not listed: mend these first.`;
		walk.issues.push({ text, code, rule, severity });
	}
	return walk.issues;
}

export const stepsOf = (walk: Walk): Step[] => walk.steps.slice(0, walk.depth);

/** The place of the walk as FHIRPath. */
export const placeOf = (walk: Walk): string => fhirPath(stepsOf(walk));

const fhirPath = (steps: readonly Step[]): string =>
	steps.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

/** A client's own name or code as part of a message: printable, and short. */
export const quote = (name: string, most = 64): string => {
	const printable = name.toWellFormed().replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
	return printable.length > most ? `"${printable.slice(0, most)}…"` : `"${printable}"`;
};

/** What a JSON value is, without what it says. */
export function kindOf(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "an array";
	if (typeof value === "object") return JSON.isRawJSON(value) ? "a number" : "an object";
	return typeof value === "string" ? "a string" : `a ${typeof value}`;
}

import type { Issue, JsonObject } from "../kernel/index.ts";

/** One pass over a resource: where it stands, and what it has found. */
export type Walk = {
	/** FHIRPath steps to the value being looked at; only the first `depth` count, so that moving on allocates nothing. */
	readonly steps: (string | number)[];
	depth: number;
	readonly issues: Issue[];
	/** Faults beyond `MOST_ISSUES`: counted, not told. */
	unlisted: number;
	/** The resource whose `contained` a `#id` here refers to. */
	container: JsonObject;
};

/** No one mends more at a time, and a hostile body must not make an outcome many times its size. */
const MOST_ISSUES = 200;

/** Deeper than any real resource; a deeper one would only exhaust the stack. */
export const MOST_STEPS = 200;

export const newWalk = (container: JsonObject): Walk => ({ steps: [], depth: 0, issues: [], unlisted: 0, container });

/** Notes a fault at the place of the walk, or at `step` below it; `text` goes on after the place: "must be …". */
export function fault(walk: Walk, code: IssueCode, text: string, step?: string | number): void {
	if (walk.issues.length >= MOST_ISSUES) {
		walk.unlisted++;
		return;
	}
	const expression = fhirPath(step === undefined ? steps(walk) : [...steps(walk), step]);
	walk.issues.push({ text: `${expression} ${text}${/[?…]$/.test(text) ? "" : "."}`, expression, code });
}

/** https://hl7.org/fhir/R4/valueset-issue-type.html */
export type IssueCode =
	| "structure"
	| "required"
	| "value"
	| "invariant"
	| "code-invalid"
	| "too-long"
	| "not-supported";

/** All faults found, the last of them telling how many more there are. */
export function issuesOf(walk: Walk): Issue[] {
	if (walk.unlisted > 0) {
		walk.issues.push({ text: `${walk.unlisted} more faults are not listed: mend these first.`, code: "too-long" });
	}
	return walk.issues;
}

const steps = (walk: Walk): (string | number)[] => walk.steps.slice(0, walk.depth);

const fhirPath = (steps: readonly (string | number)[]): string =>
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

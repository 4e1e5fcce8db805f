import type { Binding } from "../definitions/index.ts";
import type { Json } from "../kernel/index.ts";
import { type Coding, codingsOf } from "./codings-of.ts";
import type { MessageKind } from "./messages.ts";
import type { RunWalk } from "./run.ts";
import type { Membership } from "./validate.ts";
import { note, placeOf, quote } from "./walk.ts";

/**
 * Checks the codes of a value against its binding: one of the codings must be in the set where it is required, should
 * be where it is extensible. What cannot be told is a warning, never silence. Words without a code are not beyond the
 * widest set of a binding that only prefers codes.
 * https://hl7.org/fhir/R4/terminologies.html#strength
 */
export function checkBinding(walk: RunWalk, binding: Binding, type: string, value: Json | undefined): void {
	const { run } = walk;
	const { strength, valueSet, maxValueSet } = binding;
	const codings = codingsOf(type, value);
	if (!codings) return;
	const isWordy = codings.length === 0 && strength !== "extensible";
	if (maxValueSet !== undefined && !isWordy) look(walk, maxValueSet, codings, "beyond-binding");
	if (valueSet === undefined) return;
	if (strength === "required") look(walk, valueSet, codings, "required-binding");
	else if (strength === "extensible" && run.options.advice && codings.length > 0)
		look(walk, valueSet, codings, "extensible-binding");
}

function look(walk: RunWalk, valueSet: string, codings: readonly Coding[], kind: MessageKind): void {
	const { codes } = walk.run.options;
	const answers = codings.map((coding) => codes(valueSet, coding));
	if (answers.every((answer) => typeof answer === "string")) {
		tell(walk, placeOf, valueSet, codings, answers, kind);
		return;
	}
	const place = placeOf(walk);
	const told = Promise.all(answers).then((known) => tell(walk, () => place, valueSet, codings, known, kind));
	walk.run.pending.push(told);
}

function tell(
	walk: RunWalk,
	place: (walk: RunWalk) => string,
	valueSet: string,
	codings: readonly Coding[],
	answers: readonly Membership[],
	kind: MessageKind,
): void {
	if (answers.includes("in")) return;
	if (answers.includes("unknown")) {
		if (!walk.run.options.advice) return;
		note(
			walk,
			"unknown-binding",
			`has ${shownCodings(codings)}, which could not be looked up in ${valueSet}: the code system or the value set is not here`,
			place(walk),
		);
		return;
	}
	const must = kind === "extensible-binding" ? "should have one of" : "must have one of";
	const few = fewOf(walk, valueSet);
	const named = few === undefined ? valueSet : `${valueSet} (${few})`;
	const more = few === undefined ? `. ValueSet/$expand?url=${inQuery(valueSet)} lists them` : "";
	note(walk, kind, () => `${must} the codes of ${named}: it has ${shownCodings(codings)}${more}`, place(walk));
}

/** Of one of R4's own small sets all codes. */
function fewOf(walk: RunWalk, valueSet: string): string | undefined {
	const codes = walk.run.registry.codes(valueSet.split("|")[0] ?? "");
	return codes && codes.size <= MOST_FEW ? [...codes].join(", ") : undefined;
}

const MOST_FEW = 12;

const inQuery = (canonical: string): string => canonical.replace(/[%?&#+| ]/g, encodeURIComponent);

/** `"system|code", "code"`, or that there is none. */
export const shownCodings = (codings: readonly Coding[]): string =>
	codings.length === 0
		? "no coding"
		: codings.map(({ system, code }) => (system ? quote(`${system}|${code}`, MOST_CODE) : quote(code))).join(", ");

/** Room for the canonical of a system and the code behind it. */
const MOST_CODE = 160;

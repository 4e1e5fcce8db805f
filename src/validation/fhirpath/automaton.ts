import { type CharTest, type Pattern, readPattern } from "./pattern.ts";

/** A step: take a character, go on at two places, or go on at the start or the end of the text only. */
type Step =
	| { readonly kind: "take"; readonly test: CharTest }
	| { readonly kind: "fork"; readonly to: readonly [number, number] }
	| { readonly kind: "start" | "end" };

/** A set of steps the matching can be at, with the sets that follow by character. */
type State = {
	readonly takes: readonly number[];
	readonly matches: boolean;
	/** Whether it matches where the text ends. */
	readonly matchesAtEnd: boolean;
	readonly next: Map<number, State>;
};

/** Matches all of a text (`full`) or some part of it; `spend` is told of work beyond one step a character. */
export type Automaton = (text: string, full: boolean, spend: (steps: number) => void) => boolean;

const MOST_STEPS = 5000;
const MOST_STATES = 2000;

/**
 * Compiles a pattern to an automaton whose states are made when first met, so that matching takes time linear in the
 * text. `undefined` for a pattern it does not know, or that is too large. https://swtch.com/~rsc/regexp/regexp1.html
 */
export function compileAutomaton(text: string): Automaton | undefined {
	const pattern = readPattern(text);
	const steps: Step[] = [];
	if (!pattern || !write(pattern, steps)) return undefined;
	const full = new States(steps, false);
	const partial = new States(steps, true);
	return (subject, whole, spend) => (whole ? full : partial).run(subject, spend);
}

/** Writes the steps of a pattern; what matches goes on after the last. False when there are too many. */
function write(pattern: Pattern, steps: Step[]): boolean {
	if (steps.length > MOST_STEPS) return false;
	switch (pattern.kind) {
		case "char":
			steps.push({ kind: "take", test: pattern.test });
			return true;
		case "start":
		case "end":
			steps.push({ kind: pattern.kind });
			return true;
		case "sequence":
			return pattern.parts.every((part) => write(part, steps));
		case "choice":
			return writeChoice(pattern.parts, steps);
		case "repeat":
			return writeRepeat(pattern, steps);
	}
}

function writeChoice(parts: readonly Pattern[], steps: Step[]): boolean {
	const ends: number[] = [];
	for (const [i, part] of parts.entries()) {
		const last = i === parts.length - 1;
		const fork = last ? -1 : steps.push({ kind: "fork", to: [0, 0] }) - 1;
		if (!write(part, steps)) return false;
		if (last) break;
		ends.push(steps.push({ kind: "fork", to: [0, 0] }) - 1);
		steps[fork] = { kind: "fork", to: [fork + 1, steps.length] };
	}
	for (const end of ends) steps[end] = { kind: "fork", to: [steps.length, steps.length] };
	return true;
}

function writeRepeat({ part, min, max }: Extract<Pattern, { kind: "repeat" }>, steps: Step[]): boolean {
	for (let i = 0; i < min; i++) if (!write(part, steps)) return false;
	if (max === Number.POSITIVE_INFINITY) {
		const fork = steps.push({ kind: "fork", to: [0, 0] }) - 1;
		if (!write(part, steps)) return false;
		steps.push({ kind: "fork", to: [fork, fork] });
		steps[fork] = { kind: "fork", to: [fork + 1, steps.length] };
		return true;
	}
	const forks: number[] = [];
	for (let i = min; i < max; i++) {
		forks.push(steps.push({ kind: "fork", to: [0, 0] }) - 1);
		if (!write(part, steps)) return false;
	}
	for (const fork of forks) steps[fork] = { kind: "fork", to: [fork + 1, steps.length] };
	return true;
}

class States {
	readonly #steps: readonly Step[];
	/** Whether a match may begin anywhere and end anywhere. */
	readonly #anywhere: boolean;
	#known = new Map<string, State>();
	#first: State | undefined;

	constructor(steps: readonly Step[], anywhere: boolean) {
		this.#steps = steps;
		this.#anywhere = anywhere;
	}

	run(text: string, spend: (steps: number) => void): boolean {
		this.#first ??= this.#state(new Set([0]), true);
		let state = this.#first;
		for (let i = 0; i < text.length; i++) {
			if (this.#anywhere && state.matches) return true;
			if (state.takes.length === 0 && !this.#anywhere) return false;
			const char = text.codePointAt(i) as number;
			if (char > 0xffff) i++;
			let next = state.next.get(char);
			if (next === undefined) {
				spend(state.takes.length + 1);
				next = this.#after(state, char);
			}
			state = next;
		}
		return state.matches || state.matchesAtEnd;
	}

	#after(state: State, char: number): State {
		const places = new Set<number>(this.#anywhere ? [0] : []);
		for (const at of state.takes) {
			const step = this.#steps[at];
			if (step?.kind === "take" && step.test(char)) places.add(at + 1);
		}
		if (this.#known.size > MOST_STATES) {
			this.#known = new Map();
			this.#first = undefined;
		}
		const next = this.#state(places, false);
		if (state.next.size < MOST_STATES) state.next.set(char, next);
		return next;
	}

	/** The state of all steps reached from `places` without taking a character. */
	#state(places: Set<number>, atStart: boolean): State {
		const reached = this.#reach(places, atStart, false);
		const takes = [...reached].filter((at) => this.#steps[at]?.kind === "take").sort((a, b) => a - b);
		const matches = reached.has(this.#steps.length);
		const matchesAtEnd = this.#reach(places, atStart, true).has(this.#steps.length);
		const key = `${takes.join()} ${matches} ${matchesAtEnd}`;
		const known = this.#known.get(key);
		if (known) return known;
		const state = { takes, matches, matchesAtEnd, next: new Map<number, State>() };
		this.#known.set(key, state);
		return state;
	}

	#reach(places: ReadonlySet<number>, atStart: boolean, atEnd: boolean): Set<number> {
		const reached = new Set(places);
		for (const at of reached) {
			const step = this.#steps[at];
			if (step?.kind === "fork") for (const to of step.to) reached.add(to);
			else if ((step?.kind === "start" && atStart) || (step?.kind === "end" && atEnd)) reached.add(at + 1);
		}
		return reached;
	}
}

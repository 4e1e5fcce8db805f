import { Problem } from "../kernel/index.ts";
import { shown, unanswerable } from "./problem.ts";

/** Whether a character, given as a code point, is the one asked for. */
type CharTest = (char: number) => boolean;
/** A step of the automaton: take a character, or go on at two places at once; past the last step the text matches. */
type Step = { readonly take: CharTest } | { readonly fork: readonly [number, number] };
/** A part of the pattern, written out from the step number given, each branch ending just after it. */
type Part = (at: number) => Step[];

const LONGEST_PATTERN = 500;
const MOST_STEPS = 2000;
/** Characters times steps that one matcher may look at, over all texts or for each: some quarter of a second. */
const MOST_WORK = 3_000_000;

/**
 * A matcher of whole texts in time linear in the text, whatever the pattern: literals, `.`, classes, `\d \w \s`, groups,
 * `|`, and counts; no look-around and no back-references. A matcher that is kept (`isKept`) may work so long for each
 * text, another for all its texts together.
 * @throws Problem 422 for a pattern outside of that, or one that takes too much work.
 */
export function compileRegex(pattern: string, isKept = false): (text: string) => boolean {
	const steps = parse(pattern)(0);
	let work = 0;
	return (text) => {
		if (isKept) work = 0;
		let active = enter(steps, [0]);
		for (const symbol of text) {
			const char = symbol.codePointAt(0) ?? 0;
			work += active.size;
			if (work > MOST_WORK) throw new Problem("too-costly", `The regular expression ${shown(pattern)} takes too long.`);
			const next: number[] = [];
			for (const at of active) {
				const step = steps[at];
				if (step && "take" in step && step.take(char)) next.push(at + 1);
			}
			if (next.length === 0) return false;
			active = enter(steps, next);
		}
		return active.has(steps.length);
	};
}

/** The steps reached without taking a character. */
function enter(steps: readonly Step[], places: readonly number[]): ReadonlySet<number> {
	const active = new Set(places);
	for (const at of active) {
		const step = steps[at];
		if (step && "fork" in step) for (const next of step.fork) active.add(next);
	}
	return active;
}

type Parser = { readonly pattern: string; at: number };

function parse(pattern: string): Part {
	if (pattern.length > LONGEST_PATTERN) throw refuse(pattern);
	const parser = { pattern: pattern.replace(/^\^/, "").replace(/(?<!\\)\$$/, ""), at: 0 };
	const part = readAlternatives(parser);
	if (parser.at < parser.pattern.length) throw refuse(pattern);
	return part;
}

const refuse = (pattern: string): Problem =>
	unanswerable(
		`The regular expression ${shown(pattern)} is not supported: use literals, ".", classes, "\\d \\w \\s", groups, "|" and counts.`,
	);

const nothing: Part = () => [];
/** Written out once and moved from then on, or a pattern's parts would be written again for each part around them. */
function written(parser: Parser, part: Part): Part {
	const steps = part(0);
	if (steps.length > MOST_STEPS) throw refuse(parser.pattern);
	return (at) =>
		steps.map((step) => ("fork" in step ? { fork: [step.fork[0] + at, step.fork[1] + at] as const } : step));
}
const sequence =
	(first: Part, second: Part): Part =>
	(at) => {
		const steps = first(at);
		return [...steps, ...second(at + steps.length)];
	};
const either =
	(first: Part, second: Part): Part =>
	(at) => {
		const left = first(at + 1);
		const right = second(at + left.length + 2);
		const end = at + left.length + right.length + 2;
		return [{ fork: [at + 1, at + left.length + 2] }, ...left, { fork: [end, end] }, ...right];
	};
const optional = (part: Part): Part => either(part, nothing);
const repeated =
	(part: Part): Part =>
	(at) => {
		const body = part(at + 1);
		const end = at + body.length + 2;
		return [{ fork: [at + 1, end] }, ...body, { fork: [at, at] }];
	};

function readAlternatives(parser: Parser): Part {
	let part = readSequence(parser);
	while (parser.pattern[parser.at] === "|") {
		parser.at++;
		part = written(parser, either(part, readSequence(parser)));
	}
	return part;
}

function readSequence(parser: Parser): Part {
	let part = nothing;
	while (parser.at < parser.pattern.length && !"|)".includes(parser.pattern[parser.at] ?? "")) {
		part = written(parser, sequence(part, readCounted(parser)));
	}
	return part;
}

const COUNT = /(?:([*+?])|\{(\d{1,3})(,(\d{1,3})?)?\})\??/y;

function readCounted(parser: Parser): Part {
	const part = readAtom(parser);
	COUNT.lastIndex = parser.at;
	const match = COUNT.exec(parser.pattern);
	if (!match) return part;
	parser.at += match[0].length;
	const [, sign, least, range, most] = match;
	if (sign === "*") return repeated(part);
	if (sign === "?") return optional(part);
	if (sign === "+") return sequence(part, repeated(part));
	const min = Number(least);
	const max = range === undefined ? min : Number(most ?? min);
	if (max < min || part(0).length * max > MOST_STEPS) throw refuse(parser.pattern);
	let tail = range !== undefined && most === undefined ? repeated(part) : nothing;
	for (let i = max; i > 0; i--) tail = i > min ? optional(sequence(part, tail)) : sequence(part, tail);
	return written(parser, tail);
}

const SETS: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ };
const CONTROLS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r" };

function readAtom(parser: Parser): Part {
	const symbol = readSymbol(parser);
	if (symbol === "(") {
		if (parser.pattern.startsWith("?:", parser.at)) parser.at += 2;
		const inner = readAlternatives(parser);
		if (readSymbol(parser) !== ")") throw refuse(parser.pattern);
		return inner;
	}
	if ("*+?{}^$".includes(symbol)) throw refuse(parser.pattern);
	const take = symbol === "[" ? readClass(parser) : symbol === "." ? () => true : readChar(parser, symbol);
	const test = typeof take === "number" ? (char: number) => char === take : take;
	return () => [{ take: test }];
}

function readSymbol(parser: Parser): string {
	const char = parser.pattern.codePointAt(parser.at);
	if (char === undefined) throw refuse(parser.pattern);
	const symbol = String.fromCodePoint(char);
	parser.at += symbol.length;
	return symbol;
}

/** One character, or the set that an escape stands for. */
function readChar(parser: Parser, symbol: string): number | CharTest {
	if (symbol !== "\\") return symbol.codePointAt(0) ?? 0;
	const escaped = readSymbol(parser);
	const set = SETS[escaped];
	if (set) return (char) => set.test(String.fromCodePoint(char));
	const literal = CONTROLS[escaped] ?? escaped;
	if (/[a-z0-9]/i.test(escaped) && literal === escaped) throw refuse(parser.pattern);
	return literal.codePointAt(0) ?? 0;
}

function readClass(parser: Parser): CharTest {
	const negated = parser.pattern[parser.at] === "^";
	if (negated) parser.at++;
	const tests: CharTest[] = [];
	let symbol = readSymbol(parser);
	while (symbol !== "]") {
		if (symbol === "[") throw refuse(parser.pattern);
		const from = readChar(parser, symbol);
		symbol = readSymbol(parser);
		if (typeof from !== "number") tests.push(from);
		else if (symbol === "-" && parser.pattern[parser.at] !== "]") {
			const to = readChar(parser, readSymbol(parser));
			if (typeof to !== "number" || to < from) throw refuse(parser.pattern);
			tests.push((char) => char >= from && char <= to);
			symbol = readSymbol(parser);
		} else tests.push((char) => char === from);
	}
	if (tests.length === 0) throw refuse(parser.pattern);
	return (char) => tests.some((test) => test(char)) !== negated;
}

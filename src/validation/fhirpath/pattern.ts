/** Whether a code point is one of those meant. */
export type CharTest = (char: number) => boolean;

/** A regular expression as a tree. */
export type Pattern =
	| { readonly kind: "char"; readonly test: CharTest }
	| { readonly kind: "start" | "end" }
	| { readonly kind: "sequence" | "choice"; readonly parts: readonly Pattern[] }
	| { readonly kind: "repeat"; readonly part: Pattern; readonly min: number; readonly max: number };

type Reader = { readonly text: string; at: number; depth: number };

const LONGEST = 2000;
const DEEPEST = 50;
const MOST_REPEATS = 1000;

/** Look-around, back-references and what is no regular expression. */
class Unsupported extends Error {}

/** Reads a regular expression; `undefined` where it holds more than characters, classes, groups, choices, counts and anchors. */
export function readPattern(text: string): Pattern | undefined {
	if (text.length > LONGEST) return undefined;
	const reader: Reader = { text, at: 0, depth: 0 };
	try {
		const pattern = readChoice(reader);
		return reader.at === text.length ? pattern : undefined;
	} catch (error) {
		if (error instanceof Unsupported) return undefined;
		throw error;
	}
}

function readChoice(reader: Reader): Pattern {
	if (++reader.depth > DEEPEST) throw new Unsupported();
	const parts = [readSequence(reader)];
	while (reader.text[reader.at] === "|") {
		reader.at++;
		parts.push(readSequence(reader));
	}
	reader.depth--;
	return parts.length === 1 ? (parts[0] as Pattern) : { kind: "choice", parts };
}

function readSequence(reader: Reader): Pattern {
	const parts: Pattern[] = [];
	while (reader.at < reader.text.length && !"|)".includes(reader.text[reader.at] as string)) {
		parts.push(readRepeat(reader, readAtom(reader)));
	}
	return { kind: "sequence", parts };
}

const COUNT = /(?:([*+?])|\{(\d{1,4})(,(\d{1,4})?)?\})[?]?/y;

function readRepeat(reader: Reader, part: Pattern): Pattern {
	COUNT.lastIndex = reader.at;
	const match = COUNT.exec(reader.text);
	if (!match) return part;
	reader.at += match[0].length;
	const [, sign, least, open, most] = match;
	const min = sign ? (sign === "+" ? 1 : 0) : Number(least);
	const max = sign ? (sign === "?" ? 1 : Number.POSITIVE_INFINITY) : open ? Number(most ?? "Infinity") : min;
	if (max < min || min > MOST_REPEATS || (max > MOST_REPEATS && max !== Number.POSITIVE_INFINITY))
		throw new Unsupported();
	return { kind: "repeat", part, min, max };
}

function next(reader: Reader): string {
	const code = reader.text.codePointAt(reader.at);
	if (code === undefined) throw new Unsupported();
	const char = String.fromCodePoint(code);
	reader.at += char.length;
	return char;
}

const ANY: CharTest = () => true;
const exactly = (char: string): CharTest => {
	const code = char.codePointAt(0);
	return (other) => other === code;
};

function readAtom(reader: Reader): Pattern {
	const char = next(reader);
	if (char === "(") return readGroup(reader);
	if (char === "^") return { kind: "start" };
	if (char === "$") return { kind: "end" };
	if ("*+?".includes(char)) throw new Unsupported();
	if (char === "[") return { kind: "char", test: readClass(reader) };
	if (char === ".") return { kind: "char", test: ANY };
	return { kind: "char", test: char === "\\" ? testOf(readEscape(reader)) : exactly(char) };
}

function readGroup(reader: Reader): Pattern {
	if (reader.text[reader.at] === "?") {
		const named = /\?(?::|<[A-Za-z]\w*>)/y;
		named.lastIndex = reader.at;
		if (!named.test(reader.text)) throw new Unsupported();
		reader.at = named.lastIndex;
	}
	const inner = readChoice(reader);
	if (reader.text[reader.at] !== ")") throw new Unsupported();
	reader.at++;
	return inner;
}

const SETS: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ };
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };

const byRegExp =
	(set: RegExp): CharTest =>
	(char) =>
		set.test(String.fromCodePoint(char));
const testOf = (meant: number | CharTest): CharTest => (typeof meant === "number" ? (char) => char === meant : meant);

/** What follows a backslash: one character by its code, or a set. */
function readEscape(reader: Reader): number | CharTest {
	const char = next(reader);
	const set = SETS[char];
	if (set) return byRegExp(set);
	const control = CONTROLS[char];
	if (control !== undefined) return control;
	const long = /[px](?:\{\^?[A-Za-z_=]{1,40}\}|[0-9A-Fa-f]{2})|P\{[A-Za-z_=]{1,40}\}|u[0-9A-Fa-f]{4}/y;
	long.lastIndex = reader.at - 1;
	const match = long.exec(reader.text)?.[0];
	if (match === undefined) {
		if (/[A-Za-z0-9]/.test(char)) throw new Unsupported();
		return char.codePointAt(0) as number;
	}
	reader.at = long.lastIndex;
	if (match[0] === "u" || match[1] !== "{") return Number.parseInt(match.slice(1), 16);
	try {
		return byRegExp(new RegExp(`\\${match}`, "u"));
	} catch {
		throw new Unsupported();
	}
}

function readClass(reader: Reader): CharTest {
	const negated = reader.text[reader.at] === "^";
	if (negated) reader.at++;
	const tests: CharTest[] = [];
	for (let char = next(reader); char !== "]"; char = next(reader)) {
		const from = char === "\\" ? readEscape(reader) : (char.codePointAt(0) as number);
		if (typeof from !== "number" || reader.text[reader.at] !== "-" || reader.text[reader.at + 1] === "]") {
			tests.push(testOf(from));
			continue;
		}
		reader.at++;
		const end = next(reader);
		const to = end === "\\" ? readEscape(reader) : (end.codePointAt(0) as number);
		if (typeof to !== "number" || to < from) throw new Unsupported();
		tests.push((other) => other >= from && other <= to);
	}
	return (char) => tests.some((test) => test(char)) !== negated;
}

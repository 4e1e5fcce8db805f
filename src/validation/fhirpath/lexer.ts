export type Token = {
	readonly kind: "name" | "quoted" | "text" | "number" | "moment" | "variable" | "symbol" | "end";
	/** Without quotes, escapes resolved; of a moment without `@`. */
	readonly text: string;
	/** Characters before it. */
	readonly at: number;
};

/** An expression that is not FHIRPath; the text says where and why. */
export class SyntaxFault extends Error {
	constructor(expression: string, at: number, why: string) {
		const rest = expression.slice(at, at + 20);
		super(`not valid FHIRPath at character ${at + 1}${rest === "" ? " (its end)" : ` ("${rest}")`}: ${why}`);
	}
}

const LONGEST = 20_000;
const SPACE = /(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)+/y;
const PARTS: readonly (readonly [Token["kind"], RegExp])[] = [
	[
		"moment",
		/@(T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?|\d{4}(?:-\d{2}(?:-\d{2})?)?(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)/y,
	],
	["number", /(\d+(?:\.\d+)?)/y],
	["text", /'((?:[^'\\]|\\[\s\S])*)'/y],
	["quoted", /`((?:[^`\\]|\\[\s\S])*)`/y],
	["variable", /%(?:([A-Za-z_][A-Za-z0-9_-]*)|`((?:[^`\\]|\\[\s\S])*)`|'((?:[^'\\]|\\[\s\S])*)')/y],
	["name", /(\$?[A-Za-z_][A-Za-z0-9_]*)/y],
	["symbol", /(<=|>=|!=|!~|[.,()[\]{}|+\-*/&=~<>])/y],
];

/** The tokens of an expression, with an `end` after the last. */
export function tokenize(expression: string): Token[] {
	if (expression.length > LONGEST) throw new SyntaxFault(expression, 0, `it is longer than ${LONGEST} characters`);
	const tokens: Token[] = [];
	let at = skip(expression, 0);
	while (at < expression.length) {
		const token = read(expression, at);
		tokens.push(token.token);
		at = skip(expression, token.end);
	}
	tokens.push({ kind: "end", text: "", at });
	return tokens;
}

function skip(expression: string, at: number): number {
	SPACE.lastIndex = at;
	return SPACE.test(expression) ? SPACE.lastIndex : at;
}

function read(expression: string, at: number): { token: Token; end: number } {
	for (const [kind, pattern] of PARTS) {
		pattern.lastIndex = at;
		const match = pattern.exec(expression);
		if (!match) continue;
		const raw = match[1] ?? match[2] ?? match[3] ?? "";
		const text = kind === "text" || kind === "quoted" || kind === "variable" ? unescaped(raw) : raw;
		return { token: { kind, text, at }, end: pattern.lastIndex };
	}
	const open = expression[at] === "'" || expression[at] === "`";
	throw new SyntaxFault(expression, at, open ? "the quote is not closed" : "no FHIRPath begins so");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f" };

/** An unknown escape stands for its character, as HL7's own invariants rely on. */
const unescaped = (text: string): string =>
	text.includes("\\")
		? text.replace(/\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/g, (_, code?: string, char?: string) =>
				code === undefined ? (ESCAPES[char ?? ""] ?? char ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
			)
		: text;

import { Problem } from "../../kernel/index.ts";
import { and, type Node, or } from "../tree.ts";

/** Reads `name` (with chain and modifier) and a value, escaped as in a query, at the type searched. */
export type ReadComparison = (name: string, value: string) => Node;

const OPERATORS: Record<string, { prefix?: string; modifier?: string; negated?: boolean }> = {
	eq: { modifier: "$eq" },
	ne: { modifier: "$eq", negated: true },
	co: { modifier: "contains" },
	sw: { modifier: "$sw" },
	ew: { modifier: "$ew" },
	gt: { prefix: "gt" },
	lt: { prefix: "lt" },
	ge: { prefix: "ge" },
	le: { prefix: "le" },
	ap: { prefix: "ap" },
	sa: { prefix: "sa" },
	eb: { prefix: "eb" },
	po: { modifier: "$po" },
	re: { modifier: "$eq" },
	pr: { modifier: "missing" },
	in: { modifier: "in" },
	ni: { modifier: "not-in" },
	ss: { modifier: "below" },
	sb: { modifier: "above" },
};

const MOST_DEPTH = 50;
const MOST_TERMS = 200;

/**
 * Reads a `_filter`: comparisons `name op value` with and, or, not and parentheses; `and` binds closer than `or`.
 * @throws Problem `value` that says at which character. https://hl7.org/fhir/R4/search_filter.html
 */
export function readFilterExpression(text: string, read: ReadComparison): Node {
	const tokens = tokenize(text);
	const end = text.trimEnd().length;
	let at = 0;
	let terms = 0;
	const peek = (): Token | undefined => tokens[at];
	const isWord = (word: string): boolean => peek()?.kind === "word" && peek()?.text === word;

	function disjunction(depth: number): Node {
		const nodes = [conjunction(depth)];
		while (isWord("or")) {
			at++;
			nodes.push(conjunction(depth));
		}
		return or(nodes);
	}

	function conjunction(depth: number): Node {
		const nodes = [term(depth)];
		while (isWord("and")) {
			at++;
			nodes.push(term(depth));
		}
		return and(nodes);
	}

	function term(depth: number): Node {
		if (depth > MOST_DEPTH || ++terms > MOST_TERMS)
			throw fault("is nested or long beyond what this server takes", peek()?.at ?? end);
		if (isWord("not")) {
			at++;
			return { kind: "not", node: term(depth + 1) };
		}
		if (peek()?.kind !== "open") return comparison();
		at++;
		const inner = disjunction(depth + 1);
		if (peek()?.kind !== "close") throw fault("misses a )", peek()?.at ?? end);
		at++;
		return inner;
	}

	function comparison(): Node {
		const [name, operator, value] = [tokens[at], tokens[at + 1], tokens[at + 2]];
		if (name?.kind !== "word") throw fault("needs a parameter here", name?.at ?? end);
		const how =
			operator?.kind === "word" && Object.hasOwn(OPERATORS, operator.text) ? OPERATORS[operator.text] : undefined;
		if (!operator || !how)
			throw fault(`needs an operator here: ${Object.keys(OPERATORS).join(", ")}`, operator?.at ?? end);
		if (!value || (value.kind !== "word" && value.kind !== "string"))
			throw fault("needs a value here", value?.at ?? end);
		at += 3;
		return compare(name.text, operator.text, how, value);
	}

	function compare(name: string, operator: string, how: (typeof OPERATORS)[string], { text: raw, kind }: Token): Node {
		const value = kind === "string" ? escapeValue(raw) : raw;
		if (operator === "pr") {
			if (raw !== "true" && raw !== "false")
				throw new Problem("value", {
					text: "The value of pr in _filter must be true or false.",
					expression: "_filter",
				});
			return read(`${name}:missing`, raw === "true" ? "false" : "true");
		}
		const full = how.modifier === undefined ? name : `${name}:${how.modifier}`;
		const node = read(full, `${how.prefix ?? ""}${value}`);
		return how.negated ? { kind: "not", node } : node;
	}

	const tree = disjunction(0);
	if (at < tokens.length) throw fault("does not end here: join comparisons by and or or", tokens[at]?.at ?? end);
	return tree;
}

type Token = { readonly kind: "open" | "close" | "word" | "string"; readonly text: string; readonly at: number };

const LEXEME = /(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;

function tokenize(text: string): Token[] {
	const tokens: Token[] = [];
	const whole = text.trimEnd();
	for (let start = skipSpace(whole, 0); start < whole.length; start = skipSpace(whole, LEXEME.lastIndex)) {
		LEXEME.lastIndex = start;
		const match = LEXEME.exec(whole);
		if (!match) throw fault("has a text in quotes that does not end", start);
		const [, open, close, quoted, word] = match;
		if (open) tokens.push({ kind: "open", text: open, at: start });
		else if (close) tokens.push({ kind: "close", text: close, at: start });
		else if (word !== undefined) tokens.push({ kind: "word", text: word, at: start });
		else tokens.push({ kind: "string", text: (quoted ?? "").replace(/\\(.)/g, "$1"), at: start });
	}
	if (tokens.length === 0) throw fault("is empty", 0);
	return tokens;
}

function skipSpace(text: string, from: number): number {
	let at = from;
	while (at < text.length && /\s/.test(text[at] as string)) at++;
	return at;
}

/** A quoted text is one value: its commas, bars and dollars mean themselves, but a token's bar still parts it. */
const escapeValue = (text: string): string => text.replace(/[\\,$]/g, "\\$&");

const fault = (what: string, at: number): Problem =>
	new Problem("value", {
		text: `The _filter ${what} (character ${at + 1}). Write it as: name eq "peter" and birthdate ge 2010.`,
		expression: "_filter",
	});

import { Problem } from "../../kernel/index.ts";
import { and, type Node, or } from "../tree.ts";
import { OPERATORS, type Operator } from "./operator.ts";

/** A `_filter` as written. */
export type FilterTree =
	| { readonly kind: "and" | "or"; readonly left: FilterTree; readonly right: FilterTree }
	| { readonly kind: "not"; readonly of: FilterTree }
	| FilterTest;

export type FilterTest = {
	readonly kind: "test";
	readonly path: readonly FilterStep[];
	readonly operator: Operator;
	readonly value: string;
};

/** One name of a path, and what stands in brackets after it: `subject[gender eq male]`. */
export type FilterStep = { readonly name: string; readonly filter?: FilterTree };

/** The tree of a filter whose tests `read` reads. */
export function nodeOf(filter: FilterTree, read: (test: FilterTest) => Node): Node {
	switch (filter.kind) {
		case "and":
			return and([nodeOf(filter.left, read), nodeOf(filter.right, read)]);
		case "or":
			return or([nodeOf(filter.left, read), nodeOf(filter.right, read)]);
		case "not":
			return { kind: "not", node: nodeOf(filter.of, read) };
		case "test":
			return read(filter);
	}
}

/**
 * Reads the grammar of `_filter`. `and` and `or` are joined from left to right, neither before the other.
 * @throws Problem `value` that says at which character. https://hl7.org/fhir/R4/search_filter.html
 */
export const parseFilter = (text: string): FilterTree => new FilterReader(text.trimEnd()).read();

const MOST_DEPTH = 50;
const MOST_TERMS = 200;

class FilterReader {
	readonly #text: string;
	#at = 0;
	#terms = 0;

	constructor(text: string) {
		this.#text = text;
	}

	read(): FilterTree {
		if (this.#text === "") throw fault("is empty", 0);
		const tree = this.#filter(0);
		this.#skipSpace();
		if (this.#at < this.#text.length) throw fault("does not end here: join comparisons by and or or", this.#at);
		return tree;
	}

	#filter(depth: number): FilterTree {
		let tree = this.#term(depth);
		for (let word = this.#logical(); word !== undefined; word = this.#logical()) {
			tree = { kind: word as "and" | "or", left: tree, right: this.#term(depth) };
		}
		return tree;
	}

	#logical(): string | undefined {
		this.#skipSpace();
		return this.#take(/(?:and|or)(?=[\s(]|$)/y);
	}

	#term(depth: number): FilterTree {
		this.#skipSpace();
		if (depth > MOST_DEPTH || ++this.#terms > MOST_TERMS)
			throw fault("is nested or long beyond what this server takes", this.#at);
		if (this.#take(/not(?=[\s(])/y)) return { kind: "not", of: this.#term(depth + 1) };
		return this.#take(/\(/y) ? this.#closed(depth, ")") : this.#test(depth);
	}

	/** A filter up to the mark that closes it. */
	#closed(depth: number, mark: ")" | "]"): FilterTree {
		const tree = this.#filter(depth + 1);
		this.#skipSpace();
		if (this.#text[this.#at] !== mark) throw fault(`misses a ${mark}`, this.#at);
		this.#at++;
		return tree;
	}

	#test(depth: number): FilterTest {
		const path = this.#path(depth);
		this.#skipSpace();
		const begin = this.#at;
		const operator = this.#take(/[a-z]{2}(?![\w-])/y) as Operator | undefined;
		if (operator === undefined || !OPERATORS.includes(operator))
			throw fault(`needs an operator here: ${OPERATORS.join(", ")}`, begin);
		this.#skipSpace();
		return { kind: "test", path, operator, value: this.#value() };
	}

	#path(depth: number): FilterStep[] {
		const path: FilterStep[] = [];
		do {
			const name = this.#take(/[A-Za-z_][\w:-]*/y);
			if (name === undefined) throw fault("needs a parameter here", this.#at);
			const filter = this.#take(/\[/y) ? this.#closed(depth, "]") : undefined;
			path.push(filter ? { name, filter } : { name });
			if (filter && this.#text[this.#at] !== ".") throw fault("needs a . and a name after ]", this.#at);
		} while (this.#take(/\./y));
		return path;
	}

	#value(): string {
		const begin = this.#at;
		if (this.#text[begin] !== '"') {
			const token = this.#take(/[^\s)\]]+/y);
			if (token === undefined) throw fault("needs a value here", begin);
			return token;
		}
		const literal = this.#take(/"(?:[^"\\]|\\.)*"/sy);
		if (literal === undefined) throw fault("has a text in quotes that does not end", begin);
		return unquoted(literal, begin);
	}

	#take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		const [found] = pattern.exec(this.#text) ?? [];
		this.#at += found?.length ?? 0;
		return found;
	}

	#skipSpace(): void {
		this.#take(/\s+/y);
	}
}

/** The text of a JSON string; what no FHIR string can hold has no place in it. */
function unquoted(literal: string, at: number): string {
	let text = "";
	try {
		text = JSON.parse(literal);
	} catch {
		throw fault("has a text in quotes that is no JSON string", at);
	}
	if (text.includes("\0") || !text.isWellFormed()) throw fault("has a text that no FHIR value can hold", at);
	return text;
}

const fault = (what: string, at: number): Problem =>
	new Problem("value", {
		text: `The _filter ${what} (character ${at + 1}). Write it as: name eq "peter" and birthdate ge 2010.`,
		expression: "_filter",
	});

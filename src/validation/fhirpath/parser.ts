import { numberOf } from "./decimal.ts";
import { SyntaxFault, type Token, tokenize } from "./lexer.ts";
import { FALSE, type Node, node, TRUE, textNode } from "./node.ts";

/** An expression as a tree. Without `input`, a member or call stands at the head and looks at `$this`. */
export type Ast =
	| { readonly kind: "literal"; readonly node: Node }
	| { readonly kind: "nothing" }
	| { readonly kind: "this" | "position" | "total" }
	| { readonly kind: "variable"; readonly name: string }
	| { readonly kind: "member"; readonly input?: Ast; readonly name: string }
	| { readonly kind: "call"; readonly input?: Ast; readonly name: string; readonly args: readonly Ast[] }
	| { readonly kind: "item"; readonly input: Ast; readonly index: Ast }
	| { readonly kind: "operator"; readonly name: string; readonly left: Ast; readonly right: Ast }
	| { readonly kind: "sign"; readonly negative: boolean; readonly operand: Ast }
	| { readonly kind: "type"; readonly name: "is" | "as"; readonly operand: Ast; readonly type: string };

/** Deeper than any real expression; compiling and running go by recursion. */
const DEEPEST = 100;

/** Binary operators by how tightly they bind. http://hl7.org/fhirpath/N1/#operator-precedence */
const LEVELS: readonly (readonly string[])[] = [
	["implies"],
	["or", "xor"],
	["and"],
	["in", "contains"],
	["=", "~", "!=", "!~"],
	["<", ">", "<=", ">="],
	["|"],
	["is", "as"],
	["+", "-", "&"],
	["*", "/", "div", "mod"],
];

const UNITS = /^(year|month|week|day|hour|minute|second|millisecond)s?$/;

type Parser = { readonly expression: string; readonly tokens: readonly Token[]; at: number; depth: number };

/**
 * Parses FHIRPath. http://hl7.org/fhirpath/N1/grammar.html
 * @throws SyntaxFault
 */
export function parse(expression: string): Ast {
	const parser: Parser = { expression, tokens: tokenize(expression), at: 0, depth: 0 };
	const ast = readBinary(parser, 0);
	if (peek(parser).kind !== "end") throw fault(parser, "an operator is missing before this");
	return ast;
}

const peek = (parser: Parser): Token => parser.tokens[parser.at] as Token;
const fault = (parser: Parser, why: string): SyntaxFault => new SyntaxFault(parser.expression, peek(parser).at, why);
const isSymbol = (token: Token, text: string): boolean => token.kind === "symbol" && token.text === text;

function take(parser: Parser, symbol: string): boolean {
	if (!isSymbol(peek(parser), symbol)) return false;
	parser.at++;
	return true;
}

function expect(parser: Parser, symbol: string): void {
	if (!take(parser, symbol)) throw fault(parser, `"${symbol}" is expected`);
}

function readBinary(parser: Parser, level: number): Ast {
	const operators = LEVELS[level];
	if (!operators) return readSign(parser);
	let left = readBinary(parser, level + 1);
	for (let length = 1; ; length++) {
		const token = peek(parser);
		if ((token.kind !== "symbol" && token.kind !== "name") || !operators.includes(token.text)) return left;
		if (length > DEEPEST) throw fault(parser, `more than ${DEEPEST} operators in a row`);
		parser.at++;
		const name = token.text;
		left =
			name === "is" || name === "as"
				? { kind: "type", name, operand: left, type: readTypeName(parser) }
				: { kind: "operator", name, left, right: readBinary(parser, level + 1) };
	}
}

function readTypeName(parser: Parser): string {
	const parenthesised = take(parser, "(");
	let name = readName(parser);
	if (take(parser, ".")) name += `.${readName(parser)}`;
	if (parenthesised) expect(parser, ")");
	return name;
}

function readName(parser: Parser): string {
	const token = peek(parser);
	if (token.kind !== "name" && token.kind !== "quoted") throw fault(parser, "a name is expected");
	parser.at++;
	return token.text;
}

function readSign(parser: Parser): Ast {
	if (++parser.depth > DEEPEST) throw fault(parser, `it nests deeper than ${DEEPEST}`);
	const sign = isSymbol(peek(parser), "-") || isSymbol(peek(parser), "+");
	const negative = isSymbol(peek(parser), "-");
	if (sign) parser.at++;
	const ast: Ast = sign ? { kind: "sign", negative, operand: readSign(parser) } : readSteps(parser);
	parser.depth--;
	return ast;
}

function readSteps(parser: Parser): Ast {
	let ast = readTerm(parser);
	for (let length = 0; ; length++) {
		if (length > DEEPEST) throw fault(parser, `more than ${DEEPEST} steps in a path`);
		if (take(parser, ".")) ast = readInvocation(parser, ast);
		else if (take(parser, "[")) {
			ast = { kind: "item", input: ast, index: readBinary(parser, 0) };
			expect(parser, "]");
		} else return ast;
	}
}

function readInvocation(parser: Parser, input?: Ast): Ast {
	const token = peek(parser);
	const name = readName(parser);
	if (token.kind === "name" && take(parser, "(")) return { kind: "call", input, name, args: readArguments(parser) };
	return { kind: "member", input, name };
}

function readArguments(parser: Parser): Ast[] {
	const args: Ast[] = [];
	if (take(parser, ")")) return args;
	do args.push(readBinary(parser, 0));
	while (take(parser, ","));
	expect(parser, ")");
	return args;
}

const SPECIAL: Readonly<Record<string, Ast>> = {
	$this: { kind: "this" },
	$index: { kind: "position" },
	$total: { kind: "total" },
	true: { kind: "literal", node: TRUE },
	false: { kind: "literal", node: FALSE },
};

function readTerm(parser: Parser): Ast {
	const token = peek(parser);
	if (token.kind === "name" && Object.hasOwn(SPECIAL, token.text)) {
		parser.at++;
		return SPECIAL[token.text] as Ast;
	}
	if (token.kind === "name" && token.text.startsWith("$"))
		throw fault(parser, "only $this, $index and $total are known");
	if (token.kind === "name" || token.kind === "quoted") return readInvocation(parser);
	parser.at++;
	if (token.kind === "text") return { kind: "literal", node: textNode(token.text) };
	if (token.kind === "number") return { kind: "literal", node: readNumber(parser, token.text) };
	if (token.kind === "moment") return { kind: "literal", node: momentNode(token.text) };
	if (token.kind === "variable") return { kind: "variable", name: token.text };
	if (isSymbol(token, "(")) {
		const inner = readBinary(parser, 0);
		expect(parser, ")");
		return inner;
	}
	if (isSymbol(token, "{")) {
		expect(parser, "}");
		return { kind: "nothing" };
	}
	parser.at--;
	throw fault(parser, "a value, a name or a parenthesis is expected");
}

/** A number, or a quantity where a unit follows: `4 'mg'`, `3 days`. */
function readNumber(parser: Parser, text: string): Node {
	const unit = peek(parser);
	if (unit.kind === "text" || (unit.kind === "name" && UNITS.test(unit.text))) {
		parser.at++;
		const calendar = unit.kind === "name";
		const code = calendar ? unit.text.replace(/s$/, "") : unit.text;
		return node({ value: numberOf(text), code, calendar }, "System.Quantity");
	}
	return node(numberOf(text), text.includes(".") ? "System.Decimal" : "System.Integer");
}

function momentNode(text: string): Node {
	if (text.startsWith("T")) return node(text.slice(1), "System.Time");
	return text.includes("T") ? node(text, "System.DateTime") : node(text, "System.Date");
}

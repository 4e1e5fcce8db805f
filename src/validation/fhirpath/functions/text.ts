import { type Compiled, fromNodes, fromSingle, fromTruth, singleOf } from "../compiled.ts";
import { type Env, LONGEST_TEXT, spend, untellable } from "../env.ts";
import { EMPTY, integerNode, type Node, textNode } from "../node.ts";
import { argument, type Call, type FunctionDefinition } from "../place.ts";
import { matcher, replacer } from "../regex.ts";
import { wholeOf } from "./collection.ts";

/** The text of an operand; `undefined` where there is none. */
function textOf(compiled: Compiled, focus: Node, env: Env): string | undefined {
	const node = singleOf(compiled.nodes(focus, env));
	if (node?.value === undefined) return undefined;
	if (typeof node.value !== "string") throw untellable();
	spend(env, node.value.length >> 8);
	return node.value;
}

const test = (holds: (text: string, part: string, env: Env) => boolean): FunctionDefinition => ({
	least: 1,
	most: 1,
	compile: (call) => {
		const { input } = call;
		const part = argument(call, 0) as Compiled;
		return fromTruth(input.closed && part.closed, (focus, env) => {
			const text = textOf(input, focus, env);
			if (text === undefined) return undefined;
			const other = textOf(part, focus, env);
			return other === undefined ? undefined : holds(text, other, env);
		});
	},
});

/** A pattern that is a literal is compiled once. */
function matching(full: boolean): FunctionDefinition {
	const general = test((text, pattern, env) => matcher(pattern, full)(text, env));
	return {
		...general,
		compile: (call) => {
			const { input, args } = call;
			const pattern = args[0]?.kind === "literal" ? args[0].node.value : undefined;
			if (typeof pattern !== "string") return general.compile(call);
			const matches = matcher(pattern, full);
			return fromTruth(input.closed, (focus, env) => {
				const text = textOf(input, focus, env);
				return text === undefined ? undefined : matches(text, env);
			});
		},
	};
}

type Change = (text: string, ...args: readonly (string | undefined)[]) => string;

/** Makes a text of a text and `count` texts; none of them may be missing. */
const change = (count: number, make: Change): FunctionDefinition => ({
	least: count,
	most: count,
	compile: (call) => {
		const { input } = call;
		const args = Array.from({ length: count }, (_, i) => argument(call, i) as Compiled);
		return fromSingle(["System.String"], input.closed && args.every(({ closed }) => closed), (focus, env) => {
			const text = textOf(input, focus, env);
			const values = args.map((arg) => textOf(arg, focus, env));
			if (text === undefined || values.includes(undefined)) return undefined;
			return boundedText(make(text, ...values), env);
		});
	},
});

function boundedText(text: string, env: Env): Node {
	if (text.length > LONGEST_TEXT) throw untellable();
	spend(env, text.length >> 8);
	return textNode(text);
}

const find = (search: (text: string, part: string) => number): FunctionDefinition => ({
	least: 1,
	most: 1,
	compile: (call) => {
		const { input } = call;
		const part = argument(call, 0) as Compiled;
		return fromSingle(["System.Integer"], input.closed && part.closed, (focus, env) => {
			const text = textOf(input, focus, env);
			const other = textOf(part, focus, env);
			return text === undefined || other === undefined ? undefined : integerNode(search(text, other));
		});
	},
});

function substring(call: Call): Compiled {
	const { input } = call;
	const start = argument(call, 0) as Compiled;
	const length = argument(call, 1);
	const closed = input.closed && start.closed && (length?.closed ?? true);
	return fromSingle(["System.String"], closed, (focus, env) => {
		const text = textOf(input, focus, env);
		const from = wholeOf(start, focus, env);
		if (text === undefined || from === undefined || from < 0 || from >= text.length) return undefined;
		const count = length && wholeOf(length, focus, env);
		return textNode(count === undefined ? text.slice(from) : text.slice(from, from + Math.max(0, count)));
	});
}

const many = (split: (text: string, by: string) => readonly string[], count: number): FunctionDefinition => ({
	least: count,
	most: count,
	compile: (call) => {
		const { input } = call;
		const by = argument(call, 0);
		return fromNodes({
			types: ["System.String"],
			closed: input.closed && (by?.closed ?? true),
			nodes: (focus, env) => {
				const text = textOf(input, focus, env);
				const separator = by ? textOf(by, focus, env) : "";
				if (text === undefined || separator === undefined) return EMPTY;
				spend(env, text.length);
				return split(text, separator).map(textNode);
			},
		});
	},
});

function join(call: Call): Compiled {
	const { input } = call;
	const by = argument(call, 0);
	return fromSingle(["System.String"], input.closed && (by?.closed ?? true), (focus, env) => {
		const values = input.nodes(focus, env).map(({ value }) => value);
		if (values.some((value) => typeof value !== "string")) throw untellable();
		const separator = by ? (textOf(by, focus, env) ?? "") : "";
		const length = values.reduce<number>((sum, value) => sum + (value as string).length + separator.length, 0);
		if (length > LONGEST_TEXT) throw untellable();
		return values.length === 0 ? undefined : boundedText(values.join(separator), env);
	});
}

/** Longer than the text can only become by what is put in. */
function replace(text: string, pattern = "", substitution = ""): string {
	if (substitution.length > 0 && text.length * substitution.length > LONGEST_TEXT * 10) throw untellable();
	return text.replaceAll(pattern, () => substitution);
}

/** http://hl7.org/fhirpath/N1/#string-manipulation */
export const TEXT: Readonly<Record<string, FunctionDefinition>> = {
	startsWith: test((text, part) => text.startsWith(part)),
	endsWith: test((text, part) => text.endsWith(part)),
	contains: test((text, part) => text.includes(part)),
	matches: matching(false),
	matchesFull: matching(true),
	replace: change(2, replace),
	replaceMatches: change(2, (text, pattern = "", substitution = "") => replacer(pattern)(text, substitution)),
	upper: change(0, (text) => text.toUpperCase()),
	lower: change(0, (text) => text.toLowerCase()),
	trim: change(0, (text) => text.trim()),
	substring: { least: 1, most: 2, compile: substring },
	indexOf: find((text, part) => text.indexOf(part)),
	lastIndexOf: find((text, part) => text.lastIndexOf(part)),
	length: {
		least: 0,
		most: 0,
		compile: ({ input }) =>
			fromSingle(["System.Integer"], input.closed, (focus, env) => {
				const text = textOf(input, focus, env);
				return text === undefined ? undefined : integerNode(text.length);
			}),
	},
	toChars: many((text) => [...text], 0),
	split: many((text, by) => text.split(by), 1),
	join: { least: 0, most: 1, compile: join },
};

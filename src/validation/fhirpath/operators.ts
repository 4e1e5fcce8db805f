import { compileArithmetic } from "./arithmetic.ts";
import { attempt, type Compiled, constant, fromNodes, fromSingle, fromTruth, singleOf } from "./compiled.ts";
import { type Env, LONGEST_TEXT, spend, untellable } from "./env.ts";
import { type Node, textNode } from "./node.ts";
import { UnknownName } from "./place.ts";
import { unite } from "./sets.ts";
import { OTHER, textAt } from "./static-path.ts";
import { compareNodes, equalNodes, equivalentNodes, isPermutation, keyOf } from "./values.ts";

type Binary = (left: Compiled, right: Compiled) => Compiled;

/** Operators by their name. http://hl7.org/fhirpath/N1/#operations */
const OPERATORS: Readonly<Record<string, Binary>> = {
	and: (left, right) => {
		const a = attempt(left);
		const b = attempt(right);
		return fromTruth(left.closed && right.closed, (focus, env) => {
			const first = a(focus, env);
			if (first === false) return false;
			const second = b(focus, env);
			return second === false ? false : first && second;
		});
	},
	or: (left, right) => {
		const a = attempt(left);
		const b = attempt(right);
		return fromTruth(left.closed && right.closed, (focus, env) => {
			const first = a(focus, env);
			if (first === true) return true;
			const second = b(focus, env);
			return second === true ? true : first === undefined ? undefined : second;
		});
	},
	implies: (left, right) => {
		const a = attempt(left);
		const b = attempt(right);
		return fromTruth(left.closed && right.closed, (focus, env) => {
			const first = a(focus, env);
			if (first === false) return true;
			const second = b(focus, env);
			return second === true ? true : first === undefined ? undefined : second;
		});
	},
	xor: (left, right) =>
		fromTruth(left.closed && right.closed, (focus, env) => {
			const first = left.truth(focus, env);
			const second = right.truth(focus, env);
			return first === undefined || second === undefined ? undefined : first !== second;
		}),
	"=": equals,
	"!=": (left, right) => {
		const { truth, closed } = equals(left, right);
		return fromTruth(closed, (focus, env) => {
			const equal = truth(focus, env);
			return equal === undefined ? undefined : !equal;
		});
	},
	"~": (left, right) => fromTruth(left.closed && right.closed, equivalence(left, right)),
	"!~": (left, right) => {
		const test = equivalence(left, right);
		return fromTruth(left.closed && right.closed, (focus, env) => !test(focus, env));
	},
	"<": comparison((order) => order < 0),
	">": comparison((order) => order > 0),
	"<=": comparison((order) => order <= 0),
	">=": comparison((order) => order >= 0),
	in: (left, right) => membership(left, right),
	contains: (left, right) => membership(right, left),
	"|": union,
	"&": (left, right) =>
		fromSingle(["System.String"], left.closed && right.closed, (focus, env) => {
			const joined = textOf(left, focus, env) + textOf(right, focus, env);
			if (joined.length > LONGEST_TEXT) throw untellable();
			spend(env, joined.length >> 8);
			return textNode(joined);
		}),
};

function union(left: Compiled, right: Compiled): Compiled {
	const closed = left.closed && right.closed;
	const types = left.types && right.types && [...new Set([...left.types, ...right.types])];
	const texts = left.constants && right.constants && [...left.constants, ...right.constants];
	if (texts?.every(isText)) return constant([...new Map(texts.map((text) => [text.value, text])).values()]);
	return fromNodes({
		types,
		closed,
		nodes: (focus, env) => unite(left.nodes(focus, env), right.nodes(focus, env), env),
	});
}

const isText = ({ type }: Node): boolean => type === "System.String";

/** Compiles a binary operator. */
export function compileOperator(name: string, left: Compiled, right: Compiled): Compiled {
	const operator = OPERATORS[name];
	if (operator) return operator(left, right);
	if (name === "+" || name === "-" || name === "*" || name === "/" || name === "div" || name === "mod") {
		return compileArithmetic(name, left, right);
	}
	throw new UnknownName(`the operator ${name} is not known`);
}

function textOf(operand: Compiled, focus: Node, env: Env): string {
	const value = singleOf(operand.nodes(focus, env))?.value;
	if (value === undefined) return "";
	if (typeof value !== "string") throw untellable();
	return value;
}

const PLAIN_TEXT = new Set([
	"string",
	"code",
	"uri",
	"url",
	"canonical",
	"id",
	"markdown",
	"oid",
	"uuid",
	"base64Binary",
]);

/** The text a literal stands for, and the path that is compared with it; the commonest form of all. */
function textOfPath(path: Compiled, literal: Compiled): { path: Compiled["path"]; text: string } | undefined {
	const [node, ...others] = literal.constants ?? [];
	if (!node || others.length > 0 || node.type !== "System.String" || typeof node.value !== "string") return undefined;
	if (!path.path || path.path.steps.list.length === 0 || !path.path.types.every((type) => PLAIN_TEXT.has(type)))
		return undefined;
	return { path: path.path, text: node.value };
}

function equals(left: Compiled, right: Compiled): Compiled {
	const closed = left.closed && right.closed;
	const quick = textOfPath(left, right) ?? textOfPath(right, left);
	const slow = (focus: Node, env: Env): boolean | undefined =>
		equalCollections(left.nodes(focus, env), right.nodes(focus, env), env);
	if (quick?.path) {
		const { steps } = quick.path;
		const { text } = quick;
		return fromTruth(closed, (focus, env) => {
			const found = textAt(focus, steps);
			return found === undefined ? undefined : found === OTHER ? slow(focus, env) : found === text;
		});
	}
	if (isTruth(left) && isTruth(right)) {
		return fromTruth(closed, (focus, env) => {
			const a = left.truth(focus, env);
			const b = right.truth(focus, env);
			return a === undefined || b === undefined ? undefined : a === b;
		});
	}
	return fromTruth(closed, slow);
}

const isTruth = ({ types }: Compiled): boolean => types?.length === 1 && types[0] === "System.Boolean";

function equalCollections(a: readonly Node[], b: readonly Node[], env: Env): boolean | undefined {
	if (a.length === 0 || b.length === 0) return undefined;
	if (a.length !== b.length) return false;
	spend(env, a.length);
	let known = true;
	for (let i = 0; i < a.length; i++) {
		const equal = equalNodes(a[i] as Node, b[i] as Node, env);
		if (equal === false) return false;
		if (equal === undefined) known = false;
	}
	return known ? true : undefined;
}

function equivalence(left: Compiled, right: Compiled): (focus: Node, env: Env) => boolean {
	return (focus, env) => {
		const a = left.nodes(focus, env);
		const b = right.nodes(focus, env);
		if (a.length !== b.length) return false;
		spend(env, a.length * a.length);
		return isPermutation(a, b, (x, y) => equivalentNodes(x, y, env));
	};
}

function comparison(test: (order: number) => boolean): Binary {
	return (left, right) => {
		const closed = left.closed && right.closed;
		const count = left.count;
		const limit = right.constants?.[0]?.value;
		if (count && typeof limit === "number") {
			return fromTruth(closed, (focus, env) => test(count(focus, env) - limit));
		}
		return fromTruth(closed, (focus, env) => {
			const a = singleOf(left.nodes(focus, env));
			if (a === undefined) return undefined;
			const b = singleOf(right.nodes(focus, env));
			if (b === undefined) return undefined;
			const order = compareNodes(a, b);
			return order === undefined ? undefined : test(order);
		});
	};
}

/** Where the collection stays the same, its keys are kept. */
function membership(item: Compiled, collection: Compiled): Compiled {
	const closed = item.closed && collection.closed;
	const { constants, slot } = collection;
	if (constants && constants.length > 0 && constants.every(isText)) {
		return memberOfTexts(item, new Set(constants.map(({ value }) => value as string)), constants);
	}
	return fromTruth(closed, (focus, env) => {
		const node = singleOf(item.nodes(focus, env));
		if (node === undefined) return undefined;
		const nodes = collection.nodes(focus, env);
		if (slot === undefined || nodes.length < FEW) return isIn(node, nodes, env);
		env.slotSets ??= [];
		env.slotSets[slot] ??= plainKeys(nodes, env);
		const keys = env.slotSets[slot];
		return keys && node.twin === undefined ? keys.has(keyOf(node, env)) : isIn(node, nodes, env);
	});
}

const FEW = 8;

/** The keys of nodes; `null` where one has a twin, which counts for some comparisons only. */
function plainKeys(nodes: readonly Node[], env: Env): ReadonlySet<string> | null {
	spend(env, nodes.length);
	return nodes.some(({ twin }) => twin !== undefined) ? null : new Set(nodes.map((node) => keyOf(node, env)));
}

function memberOfTexts(item: Compiled, texts: ReadonlySet<string>, constants: readonly Node[]): Compiled {
	const steps = item.path?.types.every((type) => PLAIN_TEXT.has(type)) ? item.path.steps : undefined;
	return fromTruth(item.closed, (focus, env) => {
		const found = steps && steps.list.length > 0 ? textAt(focus, steps) : OTHER;
		if (typeof found === "string") return texts.has(found);
		if (found === undefined) return undefined;
		const node = singleOf(item.nodes(focus, env));
		return node && isIn(node, constants, env);
	});
}

function isIn(node: Node, nodes: readonly Node[], env: Env): boolean {
	spend(env, nodes.length);
	return nodes.some((other) => equalNodes(node, other, env) === true);
}

import { type Env, Exhausted, untellable } from "./env.ts";
import { EMPTY, type Node, truthNodes } from "./node.ts";
import type { StaticPath } from "./static-path.ts";

/** A part of an expression, ready to run. All three ways to run it agree; the quickest for the purpose is taken. */
export type Compiled = {
	/** Types the nodes may have; `undefined` where only the nodes tell. */
	readonly types: readonly string[] | undefined;
	/** Whether it gives the same whatever the focus. */
	readonly closed: boolean;
	readonly nodes: (focus: Node, env: Env) => readonly Node[];
	/** As a truth value: a single boolean is itself, any other single item is true. */
	readonly truth: (focus: Node, env: Env) => boolean | undefined;
	/** Whether there is any node. */
	readonly some: (focus: Node, env: Env) => boolean;
	/** Where it is a path from `$this` whose types are known. */
	readonly path?: StaticPath;
	/** Where it is made of literals only. */
	readonly constants?: readonly Node[];
	/** A single whole number, without a node around it. */
	readonly count?: (focus: Node, env: Env) => number;
	/** Where its result is kept for the whole evaluation. */
	readonly slot?: number;
};

type Parts = Pick<Compiled, "types" | "closed" | "nodes"> & Partial<Compiled>;

/** Completes what gives nodes. */
export const fromNodes = (parts: Parts): Compiled => ({
	truth: (focus, env) => truthOf(parts.nodes(focus, env)),
	some: (focus, env) => parts.nodes(focus, env).length > 0,
	...parts,
});

const BOOLEAN = ["System.Boolean"];

/** Completes what gives a truth value. */
export const fromTruth = (closed: boolean, truth: Compiled["truth"]): Compiled => ({
	types: BOOLEAN,
	closed,
	truth,
	nodes: (focus, env) => truthNodes(truth(focus, env)),
	some: (focus, env) => truth(focus, env) !== undefined,
});

/** At most one node. */
export const fromSingle = (
	types: readonly string[] | undefined,
	closed: boolean,
	single: (focus: Node, env: Env) => Node | undefined,
): Compiled =>
	fromNodes({
		types,
		closed,
		nodes: (focus, env) => {
			const node = single(focus, env);
			return node === undefined ? EMPTY : [node];
		},
	});

export const constant = (nodes: readonly Node[], types?: readonly string[]): Compiled =>
	fromNodes({ types: types ?? nodes.map(({ type }) => type), closed: true, nodes: () => nodes, constants: nodes });

/** http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections */
export function truthOf(nodes: readonly Node[]): boolean | undefined {
	if (nodes.length === 0) return undefined;
	if (nodes.length > 1) throw untellable();
	const { value, type } = nodes[0] as Node;
	if (typeof value === "boolean") return value;
	return value === undefined && type === "boolean" ? undefined : true;
}

/** The only node, or none. */
export function singleOf(nodes: readonly Node[]): Node | undefined {
	if (nodes.length > 1) throw untellable();
	return nodes[0];
}

/** The truth of an operand of `and` and `or`, where what cannot be told may not matter. */
export const attempt =
	({ truth }: Compiled): Compiled["truth"] =>
	(focus, env) => {
		try {
			return truth(focus, env);
		} catch (error) {
			if (error instanceof Exhausted) throw error;
			return undefined;
		}
	};

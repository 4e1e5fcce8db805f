import { type Env, spend } from "./env.ts";
import type { Node } from "./node.ts";
import { keyOf } from "./values.ts";

/** The nodes without those that equal an earlier one. */
export function distinct(nodes: readonly Node[], env: Env): readonly Node[] {
	if (nodes.length < 2) return nodes;
	spend(env, nodes.length);
	return nodes.filter(isNew(env));
}

/** A test that holds for the first of all nodes that are equal. */
export function isNew(env: Env): (node: Node) => boolean {
	const seen = new Set<string>();
	return (node) => {
		const { size } = seen;
		return seen.add(keyOf(node, env)).size > size;
	};
}

/** Both collections, each value once. */
export const unite = (a: readonly Node[], b: readonly Node[], env: Env): readonly Node[] =>
	b.length === 0 ? distinct(a, env) : distinct([...a, ...b], env);

/** A test for membership. */
export function memberTest(nodes: readonly Node[], env: Env): (node: Node) => boolean {
	const keys = new Set(nodes.map((node) => keyOf(node, env)));
	spend(env, nodes.length);
	return (node) => keys.has(keyOf(node, env));
}

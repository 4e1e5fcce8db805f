import { type Env, spend } from "./env.ts";
import type { Node } from "./node.ts";
import { equalNodes, keyOf } from "./values.ts";

/** The nodes without those that equal an earlier one. */
export function distinct(nodes: readonly Node[], env: Env): readonly Node[] {
	if (nodes.length < 2) return nodes;
	spend(env, nodes.length);
	if (nodes.length > FEW) return nodes.filter(isNew(env));
	return nodes.filter((node, i) => !hasEqual(nodes, node, i, env));
}

/** As many are compared one by one: quicker than making a key of each. */
const FEW = 6;

function hasEqual(nodes: readonly Node[], node: Node, length: number, env: Env): boolean {
	for (let i = 0; i < length; i++) if (equalNodes(nodes[i] as Node, node, env) === true) return true;
	return false;
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
	if (nodes.length <= FEW) return (node) => hasEqual(nodes, node, nodes.length, env);
	const keys = new Set(nodes.map((node) => keyOf(node, env)));
	spend(env, nodes.length);
	return (node) => keys.has(keyOf(node, env));
}

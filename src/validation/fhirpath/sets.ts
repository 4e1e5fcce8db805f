import type { Node } from "./node.ts";
import { keyOf } from "./values.ts";

/** The nodes without those that equal an earlier one. */
export function distinct(nodes: readonly Node[]): readonly Node[] {
	if (nodes.length < 2) return nodes;
	const seen = new Set<string>();
	return nodes.filter((node) => {
		const { size } = seen;
		return seen.add(keyOf(node)).size > size;
	});
}

/** Both collections, each value once. */
export const unite = (a: readonly Node[], b: readonly Node[]): readonly Node[] =>
	b.length === 0 ? distinct(a) : distinct([...a, ...b]);

/** A test for membership. */
export function memberTest(nodes: readonly Node[]): (node: Node) => boolean {
	const keys = new Set(nodes.map(keyOf));
	return (node) => keys.has(keyOf(node));
}

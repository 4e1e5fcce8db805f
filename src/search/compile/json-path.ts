import type { Fact, Node } from "../tree.ts";
import { dateTest } from "../types/date.ts";

/** A string as jsonpath writes it. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * The jsonpath of all values of a kind under a place. Places below a composite's repeating element lie inside its
 * instances; `groups` names these elements.
 */
export function factPath(fact: Fact, path: string, groups: readonly string[]): string {
	const group = groups.find((name) => path.startsWith(`${name}.`));
	if (group === undefined) return `$.${quoted(`${fact}:${path}`)}[*]`;
	return `$.${quoted(`c:${group}`)}[*].${quoted(`${fact}:${path.slice(group.length + 1)}`)}[*]`;
}

/** The jsonpath of the instances of a repeating element that pass every node. */
export const groupPath = (group: string, nodes: readonly Node[]): string =>
	`$.${quoted(`c:${group}`)}[*] ? (${nodes.map((node) => predicate(node, group)).join(" && ")})`;

/** A node as a jsonpath predicate on one instance `@` of `group`. */
function predicate(node: Node, group: string): string {
	const inside = (fact: Fact, path: string): string => `@.${quoted(`${fact}:${path.slice(group.length + 1)}`)}[*]`;
	switch (node.kind) {
		case "and":
			return `(${node.nodes.map((child) => predicate(child, group)).join(" && ")})`;
		case "or":
			return `(${node.nodes.map((child) => predicate(child, group)).join(" || ")})`;
		case "not":
			return `!(${predicate(node.node, group)})`;
		case "key":
			return `${inside("k", node.path)} == ${quoted(node.entry)}`;
		case "fact":
			return `exists(${inside(node.fact, node.path)} ? (${node.test}))`;
		case "date":
			return `exists(${inside("d", node.path)} ? (${dateTest(node)}))`;
		case "nothing":
			return "1 == 2";
		default:
			throw new Error(`a ${node.kind} cannot stand in a composite`);
	}
}

import { keyHash } from "./key.ts";
import { and, type Node, or } from "./tree.ts";

/** SQL text with its values; `$n` counts from the number of values the caller already has. */
export type Compiled = { readonly text: string; readonly selective: boolean };

/**
 * Compiles a tree to a condition over the base columns `id`, `keys` and `last_updated`.
 * Values are pushed to `values`; the text refers to them by position, so nothing of a query ever becomes SQL.
 * `selective` says that the keys alone leave few rows, whatever the planner's statistics say.
 */
export function compile(node: Node, values: unknown[]): Compiled {
	const bind = (value: unknown): string => `$${values.push(value)}`;
	return { text: condition(flatten(node), bind), selective: isSelective(node) };
}

type Bind = (value: unknown) => string;

/** `(and a (and b c)) → (and a b c)`, likewise for or: so that all keys of one level meet in one array test. */
export function flatten(node: Node): Node {
	if (node.kind === "not") return { kind: "not", node: flatten(node.node) };
	if (node.kind !== "and" && node.kind !== "or") return node;
	const nodes = node.nodes.map(flatten).flatMap((child) => (child.kind === node.kind ? child.nodes : [child]));
	return node.kind === "and" ? and(nodes) : or(nodes);
}

function condition(node: Node, bind: Bind): string {
	switch (node.kind) {
		case "and":
			return junction(node.nodes, "@>", " AND ", bind) || "true";
		case "or":
			return `(${junction(node.nodes, "&&", " OR ", bind)})`;
		case "not":
			return `NOT (${condition(node.node, bind)})`;
		case "key":
			return `keys @> ${bind(`{${keyHash(node.text)}}`)}::bigint[]`;
		case "id":
			return `id = ANY(${bind(node.ids)}::text[])`;
		case "updated":
			return updated(node, bind);
		case "nothing":
			return "false";
	}
}

/** The keys of one level as one array test, then the other nodes. */
function junction(nodes: readonly Node[], operator: "@>" | "&&", word: string, bind: Bind): string {
	const keys = nodes.flatMap((node) => (node.kind === "key" ? [keyHash(node.text)] : []));
	const ids = operator === "&&" ? nodes.flatMap((node) => (node.kind === "id" ? node.ids : [])) : [];
	const rest = nodes.filter((node) => node.kind !== "key" && (operator === "@>" || node.kind !== "id"));
	const parts = rest.map((node) => condition(node, bind));
	if (ids.length > 0) parts.unshift(`id = ANY(${bind(ids)}::text[])`);
	if (keys.length > 0) parts.unshift(`keys ${operator} ${bind(`{${keys.join(",")}}`)}::bigint[]`);
	return parts.join(word);
}

function updated({ from, to }: { from?: number; to?: number }, bind: Bind): string {
	const parts: string[] = [];
	if (from !== undefined) parts.push(`last_updated >= to_timestamp(${bind(from)}::float8 / 1000)`);
	if (to !== undefined) parts.push(`last_updated < to_timestamp(${bind(to)}::float8 / 1000)`);
	return `(${parts.join(" AND ") || "true"})`;
}

function isSelective(node: Node): boolean {
	if (node.kind === "key") return node.selective;
	if (node.kind === "and") return node.nodes.some(isSelective);
	if (node.kind === "or") return node.nodes.every(isSelective);
	return node.kind === "id" || node.kind === "nothing";
}

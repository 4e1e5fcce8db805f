/**
 * What a search asks, as a tree without SQL. `key` is an equality entry (its readable text, see `key.ts`);
 * `id` any of these ids; `updated` a half-open span of last-updated times in milliseconds; `nothing` matches no row.
 */
export type Node =
	| { readonly kind: "and"; readonly nodes: readonly Node[] }
	| { readonly kind: "or"; readonly nodes: readonly Node[] }
	| { readonly kind: "not"; readonly node: Node }
	| { readonly kind: "key"; readonly text: string; readonly selective: boolean }
	| { readonly kind: "id"; readonly ids: readonly string[] }
	| { readonly kind: "updated"; readonly from?: number; readonly to?: number }
	| { readonly kind: "nothing" };

/** Joins nodes by AND; one node stays itself. */
export const and = (nodes: readonly Node[]): Node => (nodes.length === 1 ? (nodes[0] as Node) : { kind: "and", nodes });

/** Joins nodes by OR; one node stays itself, none matches nothing. */
export const or = (nodes: readonly Node[]): Node =>
	nodes.length === 0 ? { kind: "nothing" } : nodes.length === 1 ? (nodes[0] as Node) : { kind: "or", nodes };

/** The tree as an s-expression, for tests and explanations. */
export function print(node: Node): string {
	switch (node.kind) {
		case "and":
		case "or":
			return `(${node.kind} ${node.nodes.map(print).join(" ")})`.replace(" )", ")");
		case "not":
			return `(not ${print(node.node)})`;
		case "key":
			return `(key ${node.text.split("\u001f").join("|")})`;
		case "id":
			return `(id ${node.ids.join(" ")})`;
		case "updated":
			return `(updated ${node.from ?? "-"} ${node.to ?? "-"})`;
		case "nothing":
			return "(nothing)";
	}
}

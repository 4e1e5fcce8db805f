import type { Node } from "../../search/index.ts";
import type { Session } from "../../store/index.ts";

type Pair = { readonly source: string; readonly target: string };

/**
 * Keeps a chain from looking into contained resources where the clinic holds none of that type in that type: rare as
 * they are, looking for them would keep the database from following references by their index.
 */
export async function settleChains(session: Session, resourceType: string, filter: Node): Promise<Node> {
	const pairs: Pair[] = [];
	walk(filter, resourceType, (chain, source) => {
		pairs.push({ source, target: chain.target });
		return chain;
	});
	if (pairs.length === 0) return filter;
	const held = await session.contains(pairs);
	const name = ({ source, target }: Pair): string => `${source} ${target}`;
	const kept = new Set(pairs.filter((_, i) => held[i]).map(name));
	return walk(filter, resourceType, (chain, source) => ({
		...chain,
		contained: kept.has(name({ source, target: chain.target })),
	}));
}

type Chain = Extract<Node, { kind: "chain" }>;

/** A copy in which `change` has replaced every chain; it is told the type that the chain starts at. */
function walk(node: Node, type: string, change: (chain: Chain, source: string) => Chain): Node {
	switch (node.kind) {
		case "and":
		case "or":
			return { ...node, nodes: node.nodes.map((child) => walk(child, type, change)) };
		case "not":
			return { ...node, node: walk(node.node, type, change) };
		case "chain":
			return change({ ...node, node: walk(node.node, node.target, change) }, type);
		case "has":
			return { ...node, node: walk(node.node, node.source, change) };
		default:
			return node;
	}
}

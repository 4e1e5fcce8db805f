import { entryOf, mapTree, type Node, or } from "../../search/index.ts";
import type { Session } from "../../store/index.ts";

type Pair = { readonly source: string; readonly target: string };

/** References that a chain's last step may be written out as. */
const MOST_WRITTEN = 100;

/**
 * Tells the database what it cannot guess about chains. One does not look into contained resources where the clinic
 * holds none of that type in that type: rare as they are, that would keep an index from being used. And a last step
 * that few resources pass is written out as references to them, so that the statistics of the reference apply.
 */
export async function settleChains(session: Session, resourceType: string, filter: Node): Promise<Node> {
	const pairs: Pair[] = [];
	walk(filter, resourceType, (chain, source) => {
		pairs.push({ source, target: chain.target });
		return chain;
	});
	if (pairs.length === 0) return beginWithFew(session, filter);
	const held = await session.contains(pairs);
	const name = ({ source, target }: Pair): string => `${source} ${target}`;
	const kept = new Set(pairs.filter((_, i) => held[i]).map(name));
	const settled = walk(filter, resourceType, (chain, source) => ({
		...chain,
		contained: kept.has(name({ source, target: chain.target })),
	}));
	return beginWithFew(session, await writeOut(session, resourceType, settled));
}

/** Resources by which what they refer to is found first; from more on, asking each candidate for one of them is faster. */
const FEW = 1_000;
/** Places of `_has` in one search that are asked about. */
const MOST_ASKED = 8;

/** Marks each `_has` that few resources pass: which way round is faster, the database cannot choose by itself. */
async function beginWithFew(session: Session, filter: Node): Promise<Node> {
	const asked = new Map<string, { resourceType: string; filter: Node }>();
	mapTree(filter, (node) => {
		if (node.kind === "has" && isFlat(node.node) && asked.size < MOST_ASKED)
			asked.set(JSON.stringify(node), { resourceType: node.source, filter: node.node });
		return node;
	});
	if (asked.size === 0) return filter;
	const expected = await session.estimate([...asked.values()]);
	const few = new Set([...asked.keys()].filter((_, i) => (expected[i] as number) <= FEW));
	return mapTree(filter, (node) => (few.has(JSON.stringify(node)) ? ({ ...node, few: true } as Node) : node));
}

async function writeOut(session: Session, resourceType: string, filter: Node): Promise<Node> {
	const last = new Map<string, { resourceType: string; filter: Node }>();
	const isLast = ({ contained, node }: Chain): boolean => !contained && isFlat(node);
	walk(filter, resourceType, (chain) => {
		if (isLast(chain)) last.set(JSON.stringify(chain), { resourceType: chain.target, filter: chain.node });
		return chain;
	});
	const found = await session.match([...last.values()], MOST_WRITTEN + 1);
	const ids = new Map([...last.keys()].map((name, i) => [name, found[i] ?? []]));
	return walk(filter, resourceType, (chain) => {
		const few = isLast(chain) ? ids.get(JSON.stringify(chain)) : undefined;
		if (!few || few.length > MOST_WRITTEN) return chain;
		return or(
			few.map((id) => ({
				kind: "key",
				path: chain.path,
				entry: entryOf("reference", `${chain.target}/${id}`),
				selective: false,
			})),
		);
	});
}

/** Whether a condition looks at one resource only. */
function isFlat(node: Node): boolean {
	if (node.kind === "and" || node.kind === "or") return node.nodes.every(isFlat);
	return node.kind === "not" ? isFlat(node.node) : !["chain", "has", "listed", "current"].includes(node.kind);
}

type Chain = Extract<Node, { kind: "chain" }>;

/** A copy in which `change` has replaced every chain; it is told the type that the chain starts at. */
function walk(node: Node, type: string, change: (chain: Chain, source: string) => Node): Node {
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

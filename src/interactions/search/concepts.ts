import { type ConceptSet, codingEntry, mapTree, type Node, or } from "../../search/index.ts";
import type { Engine } from "../engine.ts";

/**
 * Replaces what only terminology can tell (`:in`, `:not-in`, `:above`, `:below`) by the codes it means.
 * @throws Problem for a value set or hierarchy that cannot be told; it is never taken for empty.
 */
export async function resolveConcepts(engine: Engine, filter: Node): Promise<Node> {
	const sets = new Map<string, ConceptSet>();
	mapTree(filter, (node) => {
		if (node.kind === "concepts") sets.set(JSON.stringify(node.set), node.set);
		return node;
	});
	if (sets.size === 0) return filter;
	const entries = new Map<string, string[]>();
	for (const [name, set] of sets) {
		const codings = await codingsOf(engine, set);
		entries.set(
			name,
			codings.map(({ system, code }) => codingEntry(system, code)),
		);
	}
	return mapTree(filter, (node) =>
		node.kind === "concepts"
			? or(
					(entries.get(JSON.stringify(node.set)) ?? []).map((entry) => ({
						kind: "key",
						path: node.path,
						entry,
						selective: false,
					})),
				)
			: node,
	);
}

function codingsOf({ terminology, ownTerminology: own }: Engine, set: ConceptSet) {
	return set.relation === "in" ? terminology.expand(set.valueSet, own) : terminology[set.relation](set, own);
}

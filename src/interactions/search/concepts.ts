import { isObject, localReference, Problem, parseJson, type Resource } from "../../kernel/index.ts";
import { type ConceptSet, codingEntry, mapTree, type Node, or } from "../../search/index.ts";
import type { AskedValueSet } from "../../terminology/index.ts";
import type { Exchange } from "../engine.ts";

type Asker = {
	readonly engine: Exchange["engine"];
	readonly session: Pick<Exchange["session"], "read">;
	readonly context: Pick<Exchange["context"], "base">;
};

/**
 * Replaces what only terminology can tell (`:in`, `:not-in`, `:above`, `:below`) by the codes it means.
 * @throws Problem for a value set or hierarchy that cannot be told; it is never taken for empty.
 */
export async function resolveConcepts(asker: Asker, filter: Node): Promise<Node> {
	const sets = new Map<string, ConceptSet>();
	mapTree(filter, (node) => {
		if (node.kind === "concepts") sets.set(JSON.stringify(node.set), node.set);
		return node;
	});
	if (sets.size === 0) return filter;
	const entries = new Map<string, string[]>();
	for (const [name, set] of sets) {
		const codings = await codingsOf(asker, set);
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

async function codingsOf(asker: Asker, set: ConceptSet) {
	const { terminology, ownTerminology: own } = asker.engine;
	if (set.relation !== "in") return terminology[set.relation](set, own);
	return terminology.expand(await valueSetOf(asker, set.valueSet), own);
}

/**
 * A value set may be named by its canonical, or as `ValueSet/<id>` by where it is stored; under the clinic's own base
 * it may be either. https://hl7.org/fhir/R4/search.html#token
 */
async function valueSetOf({ session, context }: Asker, name: string): Promise<AskedValueSet> {
	const [type, id, ...version] = localReference(name, context.base)
		? name.replace(`${context.base}/`, "").split("/")
		: [];
	if (type !== "ValueSet" || id === undefined || version.length > 0) return name;
	const stored = await session.read(type, id);
	const tree = stored && parseJson(stored.text);
	if (isObject(tree)) return tree as Resource;
	if (name.startsWith(context.base)) return name;
	throw new Problem(
		"not-found",
		`There is no ValueSet with the id "${id}". Name one that is stored, or its canonical URL.`,
	);
}

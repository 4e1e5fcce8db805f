import { type Context, isObject, parseJson, type Resource } from "../../kernel/index.ts";
import { type ConceptSet, codingEntry, mapTree, type Node, or } from "../../search/index.ts";
import type { Session } from "../../store/index.ts";
import type { OwnTerminology, Terminology } from "../../terminology/index.ts";
import { readCriteria } from "../conditional.ts";
import type { Engine } from "../engine.ts";

/**
 * Replaces what only terminology can tell (`:in`, `:not-in`, `:above`, `:below`) by the codes it means.
 * @throws Problem for a value set or hierarchy that cannot be told; it is never taken for empty.
 */
export async function resolveConcepts(engine: Engine, context: Context, session: Session, filter: Node): Promise<Node> {
	const sets = new Map<string, ConceptSet>();
	mapTree(filter, (node) => {
		if (node.kind === "concepts") sets.set(JSON.stringify(node.set), node.set);
		return node;
	});
	if (sets.size === 0) return filter;
	const own = ownTerminology(engine, context, session);
	const entries = new Map<string, string[]>();
	for (const [name, set] of sets) {
		const codings = await codingsOf(engine.terminology, set, own);
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

function codingsOf(terminology: Terminology, set: ConceptSet, own: OwnTerminology) {
	return set.relation === "in" ? terminology.expand(set.valueSet, own) : terminology[set.relation](set, own);
}

/** The code systems and value sets that the clinic itself has stored, the newest of a URL. */
function ownTerminology(engine: Engine, context: Context, session: Session): OwnTerminology {
	const byUrl = async (type: string, url: string): Promise<Resource | undefined> => {
		const [plain = "", version] = url.split("|");
		const query = `url=${encodeURIComponent(plain)}${version === undefined ? "" : `&version=${encodeURIComponent(version)}`}`;
		const criteria = readCriteria({ engine, context }, type, query);
		const [found] = await session.search([criteria], { limit: 1, sort: [{ by: "_lastUpdated", descending: true }] });
		const tree = found && parseJson(found.text);
		return isObject(tree) ? (tree as Resource) : undefined;
	};
	return { codeSystem: (url) => byUrl("CodeSystem", url), valueSet: (url) => byUrl("ValueSet", url) };
}

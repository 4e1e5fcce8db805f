import { SEPARATOR } from "../key.ts";
import type { Fact, Node } from "../tree.ts";
import { dateTest } from "../types/date.ts";

/** A string as jsonpath writes it. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * The jsonpath of all values of a kind under a place. Places below a composite's repeating element lie inside its
 * instances; `groups` names these elements. `root` is where the facts lie: `$`, or `@.f` in a contained resource.
 */
export function factPath(fact: Fact, path: string, groups: readonly string[], root = "$"): string {
	const group = groups.find((name) => path.startsWith(`${name}.`));
	if (group === undefined) return `${root}.${quoted(`${fact}:${path}`)}[*]`;
	return `${root}.${quoted(`c:${group}`)}[*].${quoted(`${fact}:${path.slice(group.length + 1)}`)}[*]`;
}

/** The jsonpath of the instances of a repeating element that pass every node. */
export const groupPath = (group: string, nodes: readonly Node[], root = "$"): string =>
	`${root}.${quoted(`c:${group}`)}[*] ? (${nodes.map((node) => predicate(node, instanceOf(group))).join(" && ")})`;

/**
 * The jsonpath of the contained resources of a type that pass a node; `by` keeps those that a reference at that
 * place names; without it only those that are contained, not the entries of a Bundle. What would lead out of a contained resource (chains, `_has`, lists, full text) finds nothing there.
 */
export function containedPath(type: string, node: Node, groups: readonly string[], by?: string): string {
	const named = by === undefined ? " && !exists(@.e)" : ` && @.r[*] == ${quoted(by)}`;
	return `$."#"[*] ? (@.t == ${quoted(type)}${named} && ${predicate(node, containedIn(groups))})`;
}

/** How the index entries of one JSON object `@` are reached. */
type Site = {
	key(path: string, entry: string): string;
	fact(fact: Fact, path: string): string;
	missing(path: string, fact: Fact | "p"): string;
	group(path: string, nodes: readonly Node[]): string | undefined;
};

const instanceOf = (group: string): Site => {
	const inside = (fact: Fact, path: string): string => `@.${quoted(`${fact}:${path.slice(group.length + 1)}`)}[*]`;
	return {
		key: (path, entry) => `${inside("k", path)} == ${quoted(entry)}`,
		fact: inside,
		missing: (path, fact) =>
			[...new Set(["k", "p", fact])].map((kind) => `!exists(${inside(kind as Fact, path)})`).join(" && "),
		group: () => undefined,
	};
};

const containedIn = (groups: readonly string[]): Site => ({
	key: (path, entry) => `@.k[*] == ${quoted(path + SEPARATOR + entry)}`,
	fact: (fact, path) => factPath(fact, path, groups, "@.f"),
	missing: (path, fact) => {
		const bare = `!(@.f.p[*] == ${quoted(path)})`;
		return fact === "p" ? bare : `${bare} && !exists(${factPath(fact, path, groups, "@.f")})`;
	},
	group: (path, nodes) => `exists(${groupPath(path, nodes, "@.f")})`,
});

const NEVER = "1 == 2";

/** A node as a jsonpath predicate on one object `@`. */
function predicate(node: Node, site: Site): string {
	switch (node.kind) {
		case "and":
			return node.nodes.length === 0 ? "1 == 1" : `(${node.nodes.map((child) => predicate(child, site)).join(" && ")})`;
		case "or":
			return `(${node.nodes.map((child) => predicate(child, site)).join(" || ")})`;
		case "not":
			return `!(${predicate(node.node, site)})`;
		case "key":
			return site.key(node.path, node.entry);
		case "fact":
			return `exists(${site.fact(node.fact, node.path)} ? (${node.test}))`;
		case "date":
			return `exists(${site.fact("d", node.path)} ? (${dateTest(node)}))`;
		case "missing":
			return `(${site.missing(node.path, node.fact)})`;
		case "group":
			return site.group(node.path, node.nodes) ?? NEVER;
		default:
			return NEVER;
	}
}

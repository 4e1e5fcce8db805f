/**
 * What a search asks, as a tree without SQL. Paths are those of `index-path.ts`.
 * - `key`: an equality entry of a path; `entry` is its form and value, joined by U+001F
 * - `fact`: some value of the kind under a path passes `test`, a jsonpath predicate on `@`
 * - `date`: some date range under a path stands in relation `prefix` to the span asked, in milliseconds
 * - `group`: one instance of a repeating element passes all nodes, whose paths are relative to it
 * - `missing`: no value under the path
 * - `id`, `updated`: the resource's own id, and its last update in milliseconds (from inclusive, to exclusive)
 * - `chain`: a reference under the path leads to a resource that passes `node`; with `contained` a contained one counts
 * - `contains`: a contained resource of `type` passes `node`
 * - `has`: some resource of `source` that passes `node` refers to this one by one of its paths
 * - `listed`: a member of a List; `current`: a member of the newest working List that passes `node` and is about the
 *   patient under the path `patient`; `words`: full text; `near`: a position within `km`
 * - `concepts`: a code under the path is in a set that terminology resolves before compiling
 */
export type Node =
	| { readonly kind: "and" | "or"; readonly nodes: readonly Node[] }
	| { readonly kind: "not"; readonly node: Node }
	| { readonly kind: "key"; readonly path: string; readonly entry: string; readonly selective: boolean }
	| {
			readonly kind: "fact";
			readonly fact: Fact;
			readonly path: string;
			readonly test: string;
			readonly narrow?: string;
	  }
	| ({ readonly kind: "date"; readonly path: string } & DateTest)
	| { readonly kind: "group"; readonly path: string; readonly nodes: readonly Node[] }
	| { readonly kind: "missing"; readonly path: string; readonly fact: Fact | "p" }
	| { readonly kind: "id"; readonly ids: readonly string[] }
	| { readonly kind: "updated"; readonly from?: number; readonly to?: number }
	| {
			readonly kind: "chain";
			readonly path: string;
			readonly target: string;
			readonly node: Node;
			readonly contained: boolean;
	  }
	| { readonly kind: "contains"; readonly type: string; readonly node: Node }
	| {
			readonly kind: "has";
			readonly source: string;
			readonly paths: readonly string[];
			readonly node: Node;
			/** Whether so few resources pass `node` that what they refer to is best found first. */
			readonly few?: boolean;
	  }
	| { readonly kind: "listed"; readonly list: string }
	| { readonly kind: "current"; readonly patient: string; readonly node: Node }
	| { readonly kind: "words"; readonly where: "narrative" | "content"; readonly text: string }
	| {
			readonly kind: "near";
			readonly path: string;
			readonly latitude: number;
			readonly longitude: number;
			readonly km: number;
	  }
	| { readonly kind: "concepts"; readonly path: string; readonly set: ConceptSet }
	| { readonly kind: "nothing" };

/** What a caller may see of a type; `undefined`: all of it. Rules hold no `concepts`, which are resolved before. */
export type Restrict = (resourceType: string) => Node | undefined;

/** Kinds of values kept beside a resource: date, number, quantity, string, text of a code, reference, uri, position, key in a group. */
export type Fact = "d" | "n" | "q" | "s" | "t" | "r" | "u" | "g" | "k";

/** The prefixes of ordered values. https://hl7.org/fhir/R4/search.html#prefix */
export const PREFIXES = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"] as const;
export type Prefix = (typeof PREFIXES)[number];

export type DateTest = { readonly prefix: Prefix; readonly start: number; readonly end: number };

/** A set of codes that only terminology can tell. */
export type ConceptSet =
	| { readonly relation: "in"; readonly valueSet: string }
	| { readonly relation: "below" | "above"; readonly system: string; readonly code: string };

/** Joins nodes by AND; one node stays itself. */
export const and = (nodes: readonly Node[]): Node => (nodes.length === 1 ? (nodes[0] as Node) : { kind: "and", nodes });

/** Joins nodes by OR; one node stays itself, none matches nothing. */
export const or = (nodes: readonly Node[]): Node =>
	nodes.length === 0 ? { kind: "nothing" } : nodes.length === 1 ? (nodes[0] as Node) : { kind: "or", nodes };

/** A copy of the tree in which `change` has replaced nodes, the innermost first. */
export function mapTree(node: Node, change: (node: Node) => Node): Node {
	switch (node.kind) {
		case "and":
		case "or":
		case "group":
			return change({ ...node, nodes: node.nodes.map((child) => mapTree(child, change)) });
		case "not":
		case "chain":
		case "has":
		case "contains":
		case "current":
			return change({ ...node, node: mapTree(node.node, change) });
		default:
			return change(node);
	}
}

/** The tree as an s-expression, for tests and explanations. */
export function print(node: Node): string {
	switch (node.kind) {
		case "and":
		case "or":
			return `(${[node.kind, ...node.nodes.map(print)].join(" ")})`;
		case "not":
			return `(not ${print(node.node)})`;
		case "key":
			return `(key ${node.path} ${node.entry.replaceAll("\u001f", "|")})`;
		case "fact":
			return `(fact ${node.fact}:${node.path} ${node.test})`;
		case "date":
			return `(date ${node.path} ${node.prefix} ${isoOf(node.start)} ${isoOf(node.end)})`;
		case "group":
			return `(group ${[node.path, ...node.nodes.map(print)].join(" ")})`;
		case "missing":
			return `(missing ${node.path})`;
		case "id":
			return `(id ${node.ids.join(" ")})`;
		case "updated":
			return `(updated ${isoOf(node.from)} ${isoOf(node.to)})`;
		case "chain":
			return `(chain ${node.path} ${node.target} ${print(node.node)})`;
		case "has":
			return `(has ${node.source} ${node.paths.join(",")} ${print(node.node)})`;
		case "contains":
			return `(contains ${node.type} ${print(node.node)})`;
		case "listed":
			return `(listed ${node.list})`;
		case "current":
			return `(current ${node.patient} ${print(node.node)})`;
		case "words":
			return `(words ${node.where} ${node.text})`;
		case "near":
			return `(near ${node.path} ${node.latitude} ${node.longitude} ${node.km})`;
		case "concepts":
			return `(concepts ${node.path} ${Object.values(node.set).join(" ")})`;
		case "nothing":
			return "(nothing)";
	}
}

const isoOf = (ms: number | undefined): string =>
	ms === undefined || Math.abs(ms) > 8.64e15 ? "-" : new Date(ms).toISOString();

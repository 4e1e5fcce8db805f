import type { CodeColumns, DateColumns } from "../../clinical/index.ts";
import { containedKey } from "../extract.ts";
import { keyHash, keyText, SEPARATOR, sqlHash } from "../key.ts";
import { and, mapTree, type Node, or, type Restrict } from "../tree.ts";
import { dateTest } from "../types/date.ts";
import { containedPath, factPath, groupPath } from "./json-path.ts";
import { columnTest, type DateNode, narrowDate } from "./narrow-date.ts";
import { words } from "./words.ts";

/** A table as searches see it. `references`, `dates` and `codes` name the columns that hold what a place holds. */
export type SearchSource = {
	/** Quoted name with schema. */
	readonly from: string;
	/** Whether rows of several types share it. */
	readonly shared: boolean;
	readonly references: ReadonlyMap<string, string>;
	readonly dates: ReadonlyMap<string, DateColumns>;
	readonly codes: ReadonlyMap<string, CodeColumns>;
	/** Repeating elements of the type that composites look at. */
	readonly groups: readonly string[];
};

/** Where names of types become tables, and values become parameters. */
export type CompileContext = {
	source(resourceType: string): SearchSource;
	bind(value: unknown): string;
	readonly restrict?: Restrict;
};

/** The rows a condition is about: their type, and the alias that their table has in the statement. */
export type Rows = { readonly type: string; readonly alias: string };

/**
 * Compiles a tree to an SQL condition on rows. Values are bound, so nothing of a query ever becomes SQL; jsonpaths,
 * which hold literals, are bound as a whole. Wherever rows of a type are looked at, here or inside the condition, the
 * context's restriction of that type holds too, so that hidden rows count for nothing.
 */
export function compile(node: Node, rows: Rows, context: CompileContext): string {
	return new Compiler(context).visible(node, rows);
}

/** `(and a (and b c)) → (and a b c)`, likewise for or: so that all keys of one level meet in one array test. */
export function flatten(node: Node): Node {
	if (node.kind === "not") return { kind: "not", node: flatten(node.node) };
	if (node.kind !== "and" && node.kind !== "or") return node;
	const nodes = node.nodes.map(flatten).flatMap((child) => (child.kind === node.kind ? child.nodes : [child]));
	return node.kind === "and" ? and(nodes) : or(nodes);
}

/** Whether the keys alone leave few rows, whatever the planner's statistics say. */
export function isSelective(node: Node): boolean {
	if (node.kind === "key") return node.selective;
	if (node.kind === "and") return node.nodes.some(isSelective);
	if (node.kind === "or") return node.nodes.every(isSelective);
	return node.kind === "id" || node.kind === "nothing";
}

class Compiler {
	readonly #context: CompileContext;
	#aliases = 0;
	#isRestricting = false;

	constructor(context: CompileContext) {
		this.#context = context;
	}

	/** The rows that pass `node` and that the caller may see. What a restriction itself looks at is not restricted. */
	visible(node: Node, rows: Rows): string {
		const restriction = this.#isRestricting ? undefined : this.#context.restrict?.(rows.type);
		const asked = this.condition(flatten(node), rows);
		if (restriction === undefined) return asked;
		this.#isRestricting = true;
		const allowed = this.condition(flatten(restriction), rows);
		this.#isRestricting = false;
		return `${asked} AND ${allowed}`;
	}

	condition(node: Node, rows: Rows): string {
		const { alias, type } = rows;
		const { bind } = this.#context;
		switch (node.kind) {
			case "and":
				return this.#junction(focused(node.nodes), "@>", " AND ", rows) || "true";
			case "or": {
				const { sql, others } = this.#dateColumns(node.nodes, rows);
				const rest = this.#junction(others, "&&", " OR ", rows);
				return `(${[...sql, ...(rest === "" ? [] : [rest])].join(" OR ") || "false"})`;
			}
			case "not":
				return `NOT (${this.condition(node.node, rows)})`;
			case "key": {
				const column = this.#referenceColumn(node, rows);
				return column ?? `${alias}.keys @> ${bind(`{${hashOf(node, type)}}`)}::bigint[]`;
			}
			case "fact": {
				const test = this.#fact(`${factPath(node.fact, node.path, this.#groups(rows))} ? (${node.test})`, rows);
				if (node.narrow === undefined) return test;
				const narrow = bind(`{${keyHash(keyText(type, node.path, node.narrow))}}`);
				return `(${alias}.keys @> ${narrow}::bigint[] AND ${test})`;
			}
			case "date": {
				const [whole] = this.#dateColumns([node], rows).sql;
				if (whole !== undefined) return whole;
				const test = this.#fact(`${factPath("d", node.path, this.#groups(rows))} ? (${dateTest(node)})`, rows);
				const columns = this.#context.source(type).dates.get(node.path);
				const narrow = columns && narrowDate(node, columns, alias, bind);
				return narrow ? `(${narrow} AND ${test})` : test;
			}
			case "group":
				return this.#group(node, rows);
			case "missing":
				return this.#missing(node, rows);
			case "id":
				return `${alias}.id = ANY(${bind(node.ids)}::text[])`;
			case "updated":
				return updated(node, alias, bind);
			case "chain":
				return this.#chain(node, rows);
			case "has":
				return this.#has(node, rows);
			case "contains":
				return this.#contains(node.type, node.node, rows);
			case "listed":
				return this.#listed(node.list, rows);
			case "current":
				return this.#current(node, rows);
			case "words":
				return words(node, alias, bind);
			case "near":
				return near(node, alias, bind);
			case "concepts":
				throw new Error("concepts must be resolved before a search is compiled");
			case "nothing":
				return "false";
		}
	}

	/** The keys of one level as one array test, then the other nodes. */
	#junction(nodes: readonly Node[], operator: "@>" | "&&", word: string, rows: Rows): string {
		const { bind } = this.#context;
		const keys: string[] = [];
		const parts: string[] = [];
		const columns = new Map<string, string[]>();
		for (const node of nodes) {
			if (node.kind !== "key") parts.push(this.condition(node, rows));
			else if (!this.#hasColumn(node, rows)) keys.push(hashOf(node, rows.type));
			else if (operator === "@>") parts.push(this.condition(node, rows));
			else columns.set(node.path, [...(columns.get(node.path) ?? []), node.entry.slice(REFERENCE.length)]);
		}
		for (const [path, [one, ...more]] of columns) {
			const column = `${rows.alias}."${this.#context.source(rows.type).references.get(path)}"`;
			parts.push(more.length === 0 ? `${column} = ${bind(one)}` : `${column} = ANY(${bind([one, ...more])}::text[])`);
		}
		if (keys.length > 0) parts.unshift(`${rows.alias}.keys ${operator} ${bind(`{${keys.join(",")}}`)}::bigint[]`);
		return parts.join(word);
	}

	/** Equal date tests of every place that a pair of columns holds are one test of these columns. */
	#dateColumns(nodes: readonly Node[], { type, alias }: Rows): { sql: string[]; others: readonly Node[] } {
		const { dates } = this.#context.source(type);
		if (dates.size === 0) return { sql: [], others: nodes };
		const tests = new Map<string, DateNode[]>();
		for (const node of nodes) {
			const columns = node.kind === "date" ? dates.get(node.path) : undefined;
			if (node.kind !== "date" || !columns) continue;
			const name = [columns.start, node.prefix, node.start, node.end].join(" ");
			tests.set(name, [...(tests.get(name) ?? []), node]);
		}
		const whole = [...tests.values()].filter(([first, ...more]) => {
			const columns = first && dates.get(first.path);
			return [...dates.values()].filter((one) => one === columns).length === more.length + 1;
		});
		const taken = new Set<Node>(whole.flat());
		const sql = whole.map(([first]) =>
			columnTest(first as DateNode, dates.get((first as DateNode).path) as DateColumns, alias, this.#context.bind),
		);
		return { sql, others: taken.size === 0 ? nodes : nodes.filter((node) => !taken.has(node)) };
	}

	#groups({ type }: Rows): readonly string[] {
		return this.#context.source(type).groups;
	}

	#fact(path: string, { alias }: Rows): string {
		return `${alias}.facts @? ${this.#context.bind(path)}::jsonpath`;
	}

	#hasColumn(node: KeyNode, { type }: Rows): boolean {
		return node.entry.startsWith(REFERENCE) && this.#context.source(type).references.has(node.path);
	}

	/** `keys @> {subject=Patient/1}` → `subject = 'Patient/1'`, where a column holds the reference. */
	#referenceColumn(node: KeyNode, rows: Rows): string | undefined {
		if (!this.#hasColumn(node, rows)) return undefined;
		const column = this.#context.source(rows.type).references.get(node.path);
		return `${rows.alias}."${column}" = ${this.#context.bind(node.entry.slice(REFERENCE.length))}`;
	}

	/** Keys that every instance must have narrow the rows before instances are looked at. */
	#group({ path, nodes }: Extract<Node, { kind: "group" }>, rows: Rows): string {
		const keys = nodes.filter((node) => node.kind === "key");
		const test = this.#fact(groupPath(path, nodes), rows);
		const narrow = this.#junction(keys, "@>", " AND ", rows);
		const either = nodes.filter((node) => node.kind === "or" && node.nodes.every((child) => child.kind === "key"));
		const parts = [narrow, ...either.map((node) => this.condition(node, rows)), test].filter((part) => part !== "");
		return `(${parts.join(" AND ")})`;
	}

	#missing({ path, fact }: Extract<Node, { kind: "missing" }>, rows: Rows): string {
		const { bind } = this.#context;
		const bare = (): string => `NOT coalesce(${rows.alias}.facts -> 'p' ? ${bind(path)}, false)`;
		if (fact === "p") return bare();
		const none = `NOT (${this.#fact(factPath(fact, path, this.#groups(rows)), rows)})`;
		return MAY_BE_BARE.has(fact) ? `(${none} AND ${bare()})` : none;
	}

	#chain(chain: Extract<Node, { kind: "chain" }>, rows: Rows): string {
		const outward = this.#outward(chain, rows);
		if (!chain.contained) return outward;
		return `(${outward} OR ${this.#contains(chain.target, chain.node, rows, chain.path)})`;
	}

	/** Rows that contain a resource of `type` that passes; `by` is the place that must refer to it. */
	#contains(type: string, node: Node, rows: Rows, by?: string): string {
		const key = this.#context.bind(`{${keyHash(containedKey(rows.type, type))}}`);
		const restriction = this.#isRestricting ? undefined : this.#context.restrict?.(type);
		const asked = restriction ? and([node, restriction]) : node;
		const path = containedPath(type, flatten(asked), this.#context.source(type).groups, by);
		return `(${rows.alias}.keys @> ${key}::bigint[] AND ${this.#fact(path, rows)})`;
	}

	#outward({ path, target, node }: Extract<Node, { kind: "chain" }>, rows: Rows): string {
		const { bind } = this.#context;
		const inner = this.#rows(target);
		const targets = (expression: string): string =>
			`SELECT ${expression} FROM ${this.#from(inner)} WHERE ${this.#where(node, inner)}`;
		const column = this.#context.source(rows.type).references.get(path);
		if (column) return `${rows.alias}."${column}" IN (${targets(`${bind(`${target}/`)}::text || ${inner.alias}.id`)})`;
		const text = `${bind(keyText(rows.type, path, REFERENCE) + target)}::text || '/' || ${inner.alias}.id`;
		return `${rows.alias}.keys && ARRAY(${targets(sqlHash(text))})`;
	}

	#has({ source, paths, node, few }: Extract<Node, { kind: "has" }>, rows: Rows): string {
		const { bind } = this.#context;
		const tests = paths.map((path) => {
			const inner = this.#rows(source);
			const column = this.#context.source(source).references.get(path);
			const where = this.#where(node, inner);
			if (column && few) {
				const lead = bind(`${rows.type}/`);
				return `${rows.alias}.id = ANY(ARRAY(SELECT substr(${inner.alias}."${column}", length(${lead}::text) + 1)
					FROM ${this.#from(inner)} WHERE starts_with(${inner.alias}."${column}", ${lead}::text) AND ${where}))`;
			}
			if (column) {
				const self = `${bind(`${rows.type}/`)}::text || ${rows.alias}.id`;
				return `EXISTS (SELECT 1 FROM ${this.#from(inner)} WHERE ${inner.alias}."${column}" = ${self} AND ${where})`;
			}
			const lead = bind(`${rows.type}/`);
			return `${rows.alias}.id IN (SELECT substr(r.reference, length(${lead}::text) + 1)
				FROM ${this.#from(inner)}, jsonb_array_elements_text(${inner.alias}.facts -> ${bind(`r:${path}`)}::text) AS r(reference)
				WHERE starts_with(r.reference, ${lead}::text) AND ${where})`;
		});
		return `(${tests.join(" OR ")})`;
	}

	#listed(list: string, rows: Rows): string {
		const { bind } = this.#context;
		const inner = this.#rows("List");
		const lead = bind(`${rows.type}/`);
		return `${rows.alias}.id IN (SELECT substr(r.reference, length(${lead}::text) + 1)
			FROM ${this.#from(inner)}, jsonb_array_elements_text(${inner.alias}.facts -> 'r:entry.item') AS r(reference)
			WHERE ${inner.alias}.id = ${bind(list)} AND ${this.#where(and([]), inner)} AND starts_with(r.reference, ${lead}::text))`;
	}

	/** Of each patient's working Lists that pass, the newest by its date; one about nobody is nobody's. */
	#current({ patient, node }: Extract<Node, { kind: "current" }>, rows: Rows): string {
		const { bind } = this.#context;
		const inner = this.#rows("List");
		const column = this.#context.source(rows.type).references.get(patient);
		const own = column ? `${rows.alias}."${column}"` : `${rows.alias}.facts -> ${bind(`r:${patient}`)}::text ->> 0`;
		return `(${bind(`${rows.type}/`)}::text || ${rows.alias}.id, ${own}) IN (SELECT r.reference, c.subject
			FROM (SELECT DISTINCT ON (1) ${inner.alias}.facts -> 'r:subject' ->> 0 AS subject, ${inner.alias}.facts -> 'r:entry.item' AS items
				FROM ${this.#from(inner)} WHERE ${this.#where(node, inner)} AND ${inner.alias}.content ->> 'mode' = 'working'
				AND left(${inner.alias}.facts -> 'r:subject' ->> 0, 1) NOT IN ('?', '#')
				ORDER BY 1, (${inner.alias}.facts #>> '{d:date,0,a}')::float8 DESC NULLS LAST, ${inner.alias}.last_updated DESC, ${inner.alias}.id DESC) c,
			jsonb_array_elements_text(c.items) AS r(reference))`;
	}

	#rows(type: string): Rows {
		this.#aliases++;
		return { type, alias: `t${this.#aliases}` };
	}

	#from({ type, alias }: Rows): string {
		return `${this.#context.source(type).from} ${alias}`;
	}

	#where(node: Node, rows: Rows): string {
		return `${this.#typeTest(rows)} AND ${this.visible(node, rows)}`;
	}

	#typeTest({ type, alias }: Rows): string {
		return this.#context.source(type).shared ? `${alias}.type = ${this.#context.bind(type)}` : "true";
	}
}

/** Whether a node names what is referred to at a path, and nothing else. */
function isReferenceAt(node: Node, path: string): boolean {
	if (node.kind === "or") return node.nodes.every((one) => isReferenceAt(one, path));
	return (
		node.kind === "key" && node.path === path && ["reference", "url"].includes(node.entry.split(SEPARATOR)[0] ?? "")
	);
}

const atSubject = (node: Node): Node =>
	mapTree(node, (one) => (one.kind === "key" ? { ...one, path: "subject" } : one));

/** Values that may be there without anything to compare: a Timing without dates, a quantity without a number. */
const MAY_BE_BARE: ReadonlySet<string> = new Set(["d", "q"]);

type KeyNode = Extract<Node, { kind: "key" }>;

/** `(and (key patient Patient/1) (current patient x)) → (and (key patient Patient/1) (current patient (and x (key subject Patient/1))))` */
function focused(nodes: readonly Node[]): readonly Node[] {
	if (!nodes.some(({ kind }) => kind === "current")) return nodes;
	const about = (patient: string): Node[] =>
		nodes.filter((node) => isReferenceAt(node, patient)).map((node) => atSubject(node));
	return nodes.map((node) =>
		node.kind === "current" ? { ...node, node: and([node.node, ...about(node.patient)]) } : node,
	);
}

const REFERENCE = "reference\u001f";

const hashOf = ({ path, entry }: KeyNode, type: string): string => keyHash(keyText(type, path, entry));

function updated({ from, to }: { from?: number; to?: number }, alias: string, bind: CompileContext["bind"]): string {
	const parts: string[] = [];
	if (from !== undefined) parts.push(`${alias}.last_updated >= to_timestamp(${bind(from)}::float8 / 1000)`);
	if (to !== undefined) parts.push(`${alias}.last_updated < to_timestamp(${bind(to)}::float8 / 1000)`);
	return `(${parts.join(" AND ") || "true"})`;
}

/** Great-circle distance by the haversine formula, on a sphere of 6371 km. */
function near(node: Extract<Node, { kind: "near" }>, alias: string, bind: CompileContext["bind"]): string {
	const [lat, lon, km] = [node.latitude, node.longitude, node.km].map((value) => `${bind(value)}::float8`);
	const [y, x] = ["(g.place ->> 0)::float8", "(g.place ->> 1)::float8"];
	const half = `sin(radians(${y} - ${lat}) / 2) ^ 2 + cos(radians(${lat})) * cos(radians(${y})) * sin(radians(${x} - ${lon}) / 2) ^ 2`;
	return `EXISTS (SELECT 1 FROM jsonb_array_elements(${alias}.facts -> ${bind(`g:${node.path}`)}::text) AS g(place)
		WHERE 2 * 6371 * asin(sqrt(least(1, ${half}))) <= ${km})`;
}

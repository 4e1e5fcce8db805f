import type { CodeColumns } from "../../clinical/index.ts";
import { alsoEntry } from "../also.ts";
import { entryOf, keyHash, keyText, SEPARATOR } from "../key.ts";
import { and, type Node } from "../tree.ts";
import { type CompileContext, flatten, isSelective, type Rows } from "./compile.ts";

/** More codes than these are looked for without the columns: each takes statements of its own. */
const MOST_CODES = 3;

/** Codes that nothing else is spelled like, whatever its case: as those of LOINC and SNOMED CT. */
const CASELESS = /^[\d.-]{1,64}$/;

/** Codes of which each row must have one, the columns that hold codes of that place, and what else is asked. */
export type AskedCodes = {
	readonly columns: CodeColumns;
	readonly codes: readonly string[];
	/** The condition itself: entries of which a row has one. */
	readonly entries: readonly string[];
	readonly rest: Node;
};

/**
 * Finds the condition of a filter that codes in columns must meet; `undefined` when there is none, or when something
 * else, perhaps in the caller's restriction, leaves fewer rows: a reference, or a key that few rows have.
 */
export function askedCodesOf(
	filter: Node,
	restriction: Node | undefined,
	columns: ReadonlyMap<string, CodeColumns>,
): AskedCodes | undefined {
	if (columns.size === 0) return undefined;
	const flat = flatten(filter);
	const all = restriction ? and([flat, flatten(restriction)]) : flat;
	if (isSelective(all) || conditionsOf(all).some(isReference)) return undefined;
	const conditions = conditionsOf(flat);
	for (const node of conditions) {
		const asked = codesOf(node, columns);
		if (asked) return { ...asked, rest: and(conditions.filter((other) => other !== node)) };
	}
	return undefined;
}

/** Conditions that divide the rows which have one of the codes: every such row meets exactly one of them. */
export type CodeArms = {
	/** Of a code in a column: rows that an index gives in the order of dates. */
	readonly ordered: readonly string[];
	/** Rows of any of them. */
	readonly inColumns: string;
	/** The few rows that have more codes than columns: those to look up, and the condition on them. */
	readonly others: { readonly first: string; readonly condition: string };
};

/**
 * The arms of codes. The condition on the entries is in all of them, for columns do not tell a code's system; it is
 * hidden from the planner, which would take it to leave a part of the rows that the column leaves, and ask its index.
 */
export function codeArms(
	{ columns, codes, entries }: AskedCodes,
	{ type, alias }: Rows,
	context: CompileContext,
): CodeArms {
	const hashes = (words: readonly string[]): string =>
		`${context.bind(`{${words.map((word) => keyHash(keyText(type, columns.path, word))).join(",")}}`)}::bigint[]`;
	const [first, second] = [`${alias}."${columns.first}"`, `${alias}."${columns.second}"`];
	const test = `coalesce(${alias}.keys && ${hashes(entries)}, false)`;
	const bound = codes.map(context.bind);
	const isIn = (column: string): string => `${column} IN (${bound.join(", ")})`;
	const isNotIn = (column: string): string => `(${isIn(column)}) IS NOT TRUE`;
	return {
		ordered: [
			...bound.map((code) => `${first} = ${code} AND ${test}`),
			...bound.map((code) => `${second} = ${code} AND ${isNotIn(first)} AND ${test}`),
		],
		inColumns: `(${isIn(first)} OR ${isIn(second)}) AND ${test}`,
		others: {
			first: `${alias}.keys && ${hashes(codes.map(alsoEntry))}`,
			condition: `${isNotIn(first)} AND ${isNotIn(second)} AND ${test}`,
		},
	};
}

const conditionsOf = (node: Node): readonly Node[] => (node.kind === "and" ? node.nodes : [node]);

function codesOf(node: Node, columns: ReadonlyMap<string, CodeColumns>): Omit<AskedCodes, "rest"> | undefined {
	const nodes = node.kind === "or" ? node.nodes : [node];
	const keys = nodes.filter((child) => child.kind === "key");
	const own = keys[0] && columns.get(keys[0].path);
	if (!own || keys.length < nodes.length || keys.some(({ path }) => path !== own.path)) return undefined;
	const entries = keys.map(({ entry }) => entry);
	const codes = entries.map(codeIn);
	const known = [...new Set(codes.filter((code) => code !== undefined))];
	return codes.includes(undefined) || known.length > MOST_CODES ? undefined : { columns: own, codes: known, entries };
}

/** The code that an entry of a token is about, if it is one that can be told by a column. */
function codeIn(entry: string): string | undefined {
	const [form = "", ...words] = entry.split(SEPARATOR);
	const isCode = form === "coding" ? words.length === 2 : ["code", "folded"].includes(form) && words.length === 1;
	const code = words.at(-1) ?? "";
	return isCode && CASELESS.test(code) ? code : undefined;
}

/** Whether a condition is met by what refers to something, or by what something refers to. */
function isReference(node: Node): boolean {
	if (node.kind === "and" || node.kind === "or") return node.nodes.some(isReference);
	return node.kind === "key" && node.entry.startsWith(entryOf("reference", ""));
}

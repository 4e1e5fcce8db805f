import type { IndexPath } from "../index-path.ts";
import type { SortKey } from "../parse/sort.ts";
import type { CompileContext, Rows } from "./compile.ts";
import { factPath } from "./json-path.ts";

/** A sort key as SQL: an expression, its direction, and the type its cursor value has. */
export type OrderKey = {
	readonly expression: string;
	readonly descending: boolean;
	readonly type: "text" | "numeric" | "timestamptz";
};

/** A place between two rows of an order: a value per key as text, then the id and type of the row. */
export type Edge = { readonly values: readonly (string | null)[]; readonly id: string; readonly type: string };

/** The keys of an order; rows of equal keys are told apart by their id. */
export const orderKeys = (sort: readonly SortKey[], rows: Rows, context: CompileContext): OrderKey[] =>
	sort.map((key) => orderKey(key, rows, context));

function orderKey(key: SortKey, rows: Rows, context: CompileContext): OrderKey {
	const { descending } = key;
	const { alias } = rows;
	if (key.by === "_id") return { expression: `${alias}.id`, descending, type: "text" };
	if (key.by === "_lastUpdated") return { expression: `${alias}.last_updated`, descending, type: "timestamptz" };
	const column = key.by === "date" && !key.acrossTypes ? startColumn(key.paths, rows, context) : undefined;
	if (column) return { expression: column, descending, type: "timestamptz" };
	const pick = descending ? "max" : "min";
	switch (key.by) {
		case "date":
			return {
				expression: fromFacts(key.paths, "d", "(v ->> 'a')::numeric", pick, rows, context),
				descending,
				type: "numeric",
			};
		case "number":
			return {
				expression: fromFacts(key.paths, "n", "(v #>> '{}')::numeric", pick, rows, context),
				descending,
				type: "numeric",
			};
		case "quantity":
			return {
				expression: fromFacts(
					key.paths,
					"q",
					"coalesce(v ->> 'w', v ->> 'l', v ->> 'x', v ->> 'h')::numeric",
					pick,
					rows,
					context,
				),
				descending,
				type: "numeric",
			};
		case "string":
		case "reference":
		case "uri":
			return {
				expression: fromFacts(key.paths, key.by[0] as "s" | "r" | "u", `(v #>> '{}') COLLATE "C"`, pick, rows, context),
				descending,
				type: "text",
			};
		case "token":
			return { expression: fromContent(key.paths, pick, rows, context), descending, type: "text" };
	}
}

/** The column that holds the beginning of the only date a parameter looks at. */
function startColumn(
	paths: readonly IndexPath[],
	{ type, alias }: Rows,
	{ source }: CompileContext,
): string | undefined {
	const { dates } = source(type);
	const [first] = paths;
	const columns = first && dates.get(first.name);
	const isWhole = columns && paths.every(({ name }) => dates.get(name) === columns);
	return isWhole ? `${alias}."${columns.start}"` : undefined;
}

/** The least or greatest of all values that facts hold. */
function fromFacts(
	paths: readonly IndexPath[],
	fact: "d" | "n" | "q" | "s" | "r" | "u",
	value: string,
	pick: string,
	{ type, alias }: Rows,
	{ source, bind }: CompileContext,
): string {
	const { groups } = source(type);
	const rows = paths.map(
		({ name }) => `SELECT v FROM jsonb_path_query(${alias}.facts, ${bind(factPath(fact, name, groups))}::jsonpath) v`,
	);
	return `(SELECT ${pick}(${value}) FROM (${rows.join(" UNION ALL ")}) f)`;
}

const CODES: Record<string, string> = {
	CodeableConcept: ".coding.code",
	Coding: ".code",
	Identifier: ".value",
	ContactPoint: ".value",
};

/** Codes are not kept in facts, so an order by them reads the resource. */
function fromContent(paths: readonly IndexPath[], pick: string, { alias }: Rows, { bind }: CompileContext): string {
	const rows = paths.map((path) => {
		const steps = path.steps.map(({ property }) => `.${JSON.stringify(property)}`).join("");
		const jsonPath = `lax $${steps}${CODES[path.type] ?? ""}`;
		return `SELECT lower(v #>> '{}') COLLATE "C" AS code FROM jsonb_path_query(${alias}.content::jsonb, ${bind(jsonPath)}::jsonpath) v`;
	});
	return `(SELECT ${pick}(code) FROM (${rows.join(" UNION ALL ")}) f)`;
}

/** ORDER BY of the keys and the id; rows without a value come last, in either direction. `backward` turns it all round. */
export function orderBy(keys: readonly OrderKey[], alias: string, backward: boolean): string {
	const parts = keys.map(({ expression, descending }) => {
		const down = descending !== backward;
		return `${expression} ${down ? "DESC" : "ASC"} NULLS ${backward ? "FIRST" : "LAST"}`;
	});
	return [...parts, `${alias}.id ${backward ? "DESC" : "ASC"}`].join(", ");
}

/** The rows that follow `edge` in the order (or, `backward`, precede it). */
export function beyond(
	keys: readonly OrderKey[],
	edge: Edge,
	{ type, alias }: Rows,
	backward: boolean,
	bind: CompileContext["bind"],
): string {
	const terms: string[] = [];
	const equal: string[] = [];
	for (const [i, { expression, descending, type: valueType }] of keys.entries()) {
		const value = edge.values[i] ?? null;
		const bound = value === null ? undefined : `${bind(value)}::${valueType}`;
		const after = strictly(expression, bound, descending !== backward, backward);
		if (after) terms.push([...equal, after].join(" AND "));
		equal.push(bound === undefined ? `${expression} IS NULL` : `${expression} = ${bound}`);
	}
	// Rows of several types in one order are told apart by their type where ids are equal.
	const isLater = backward ? type < edge.type : type > edge.type;
	const after = `${alias}.id ${backward ? "<" : ">"}${isLater ? "=" : ""} ${bind(edge.id)}`;
	terms.push([...equal, after].join(" AND "));
	return `(${terms.map((term) => `(${term})`).join(" OR ")})`;
}

/** `undefined` when no row can follow on this key alone: nulls are last. */
function strictly(expression: string, bound: string | undefined, down: boolean, backward: boolean): string | undefined {
	if (bound === undefined) return backward ? `${expression} IS NOT NULL` : undefined;
	const test = `${expression} ${down ? "<" : ">"} ${bound}`;
	return backward ? test : `(${test} OR ${expression} IS NULL)`;
}

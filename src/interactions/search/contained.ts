import { isObject, type JsonObject, Problem, parseJson, type Resource } from "../../kernel/index.ts";
import { and, type Node, or, type Pair } from "../../search/index.ts";
import type { Criteria, Found, Session } from "../../store/index.ts";
import type { Entry } from "../bundle-text.ts";

/** Whether contained resources count as matches, and what stands for them in the answer. */
export type ContainedMode = { readonly match: "false" | "true" | "both"; readonly show: "container" | "contained" };

/** Reads `_contained` and `_containedType`. https://hl7.org/fhir/R4/search.html#contained */
export function readContained(pairs: readonly Pair[]): ContainedMode {
	const last = (name: string): string | undefined => pairs.findLast(([given]) => given === name)?.[1];
	return {
		match: oneOf("_contained", last("_contained") ?? "false", ["false", "true", "both"]),
		show: oneOf("_containedType", last("_containedType") ?? "container", ["container", "contained"]),
	};
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
	if (allowed.includes(value as T)) return value as T;
	throw new Problem("value", { text: `The value of ${name} must be ${allowed.join(", ")}.`, expression: name });
}

/** The criteria that find containers: every type may contain the type searched; with `both` its own resources too. */
export function containerCriteria(
	types: readonly string[],
	{ resourceType, filter }: Criteria,
	{ match }: ContainedMode,
): Criteria[] {
	const contains: Node = { kind: "contains", type: resourceType, node: filter };
	return types.map((type) => ({
		resourceType: type,
		filter: match === "both" && type === resourceType ? or([filter, contains]) : contains,
	}));
}

/**
 * The entries of a page of containers: the containers themselves, or each contained match under the URL of its
 * container with `#id`; with `both`, resources that match by themselves stand beside them.
 */
export async function containedEntries(
	session: Session,
	base: string,
	{ resourceType, filter }: Criteria,
	{ match, show }: ContainedMode,
	rows: readonly Found[],
): Promise<Entry[]> {
	const urlOf = ({ type, id }: Found): string => `${base}/${type}/${id}`;
	const whole = (row: Found): Entry => ({ fullUrl: urlOf(row), resource: row.text, search: { mode: "match" } });
	if (show === "container") return rows.map(whole);
	const own = match === "both" ? await matching(session, resourceType, filter, rows) : new Set<string>();
	const contained = await session.containedIds(rows, { resourceType, filter });
	return rows.flatMap((row, i) => [
		...(row.type === resourceType && own.has(row.id) ? [whole(row)] : []),
		...containedIn(row, contained[i] ?? []).map(
			(inner): Entry => ({
				fullUrl: `${urlOf(row)}#${inner.id}`,
				resource: JSON.stringify(inner),
				search: { mode: "match" },
			}),
		),
	]);
}

async function matching(
	session: Session,
	resourceType: string,
	filter: Node,
	rows: readonly Found[],
): Promise<Set<string>> {
	const ids = rows.filter(({ type }) => type === resourceType).map(({ id }) => id);
	if (ids.length === 0) return new Set();
	const [found = []] = await session.match([{ resourceType, filter: and([{ kind: "id", ids }, filter]) }], ids.length);
	return new Set(found);
}

function containedIn(row: Found, ids: readonly string[]): JsonObject[] {
	if (ids.length === 0) return [];
	const { contained } = parseJson(row.text) as Resource;
	return (Array.isArray(contained) ? contained : []).filter(
		(inner): inner is JsonObject => isObject(inner) && ids.includes(String(inner.id)),
	);
}

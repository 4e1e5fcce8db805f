import { isObject, localReference, Problem, type Resource } from "../../kernel/index.ts";
import { entryOf, type Include, type IncludePath, type IndexPath, type Node, or, select } from "../../search/index.ts";
import type { Session, Stored } from "../../store/index.ts";

/** Resources that come along with one page at the most. */
export const MOST_INCLUDED = 1000;

/** What comes along with a page, and whether it was cut off at the limit. */
export type Included = { readonly resources: readonly Stored[]; readonly isCut: boolean };

/**
 * Follows the includes of a search from a page of matches: each resource once, `:iterate` until nothing new comes.
 * A reference that names a version brings that version. https://hl7.org/fhir/R4/search.html#include
 */
export async function followIncludes(
	session: Session,
	base: string,
	includes: readonly Include[],
	matches: readonly Stored[],
): Promise<Included> {
	const seen = new Set(matches.map(nameOf));
	const all = distinct(includes);
	const found: Stored[] = [];
	let from: readonly Stored[] = matches;
	for (let round = 0; from.length > 0 && found.length < MOST_INCLUDED; round++) {
		const active = round === 0 ? all : all.filter(({ iterate }) => iterate);
		const reached = [
			...(await forward(
				session,
				base,
				active.filter(({ direction }) => direction === "include"),
				from,
			)),
			...(await backward(
				session,
				active.filter(({ direction }) => direction === "revinclude"),
				from,
			)),
		];
		from = reached.filter((stored) => {
			const isNew = !seen.has(nameOf(stored));
			seen.add(nameOf(stored));
			return isNew;
		});
		found.push(...from);
	}
	return { resources: found.slice(0, MOST_INCLUDED), isCut: found.length > MOST_INCLUDED };
}

/** Types that are searched together may name the same include. */
function distinct(includes: readonly Include[]): Include[] {
	const name = ({ direction, iterate, source, target, paths }: Include): string =>
		[direction, iterate, source, target, ...paths.map((path) => `${path.name} ${path.target}`)].join("|");
	return [...new Map(includes.map((include) => [name(include), include])).values()];
}

const nameOf = ({ type, id }: Stored): string => `${type}/${id}`;

/** What the resources refer to, in one statement beside those for versions that are named. */
async function forward(
	session: Session,
	base: string,
	includes: readonly Include[],
	from: readonly Stored[],
): Promise<Stored[]> {
	const ids = new Map<string, Set<string>>();
	const versions: Promise<Stored | "deleted" | undefined>[] = [];
	for (const include of includes) {
		for (const stored of from.filter(({ type }) => type === include.source)) {
			for (const reference of referencesOf(stored, include.paths)) {
				const [type = "", id = ""] = localReference(reference, base)?.split("/") ?? [];
				if (type === "" || (include.target !== undefined && type !== include.target)) continue;
				const version = /\/_history\/([1-9]\d{0,8})$/.exec(reference)?.[1];
				if (version !== undefined) versions.push(session.vread(type, id, Number(version)));
				else ids.set(type, (ids.get(type) ?? new Set()).add(id));
			}
		}
	}
	const lists = new Map([...ids].map(([type, set]) => [type, [...set]]));
	const named = (await Promise.all(versions)).filter((stored) => stored !== undefined && stored !== "deleted");
	return [...named, ...(lists.size > 0 ? await session.fetch(lists) : [])];
}

const trees = new WeakMap<Stored, Resource>();

/** A resource parsed once for all its includes. Numbers, of which this parser loses digits, are no references. */
function treeOf(stored: Stored): Resource {
	const tree: Resource = trees.get(stored) ?? JSON.parse(stored.text);
	trees.set(stored, tree);
	return tree;
}

/** The literal references at the include's paths; those that a path keeps to one target type are checked. */
function referencesOf(stored: Stored, paths: readonly IndexPath[]): string[] {
	const resource = treeOf(stored);
	const references: string[] = [];
	for (const path of paths) {
		select(path, resource, resource, (value) => {
			const text = isObject(value) ? value.reference : value;
			if (typeof text === "string" && (path.target === undefined || text.includes(`${path.target}/`)))
				references.push(text);
		});
	}
	return references;
}

/** What refers to the resources, of all types in one statement. */
async function backward(session: Session, includes: readonly Include[], from: readonly Stored[]): Promise<Stored[]> {
	const bySource = new Map<string, Node[]>();
	let tests = 0;
	for (const { source, paths, target } of includes) {
		const targets = from.filter(({ type }) => target === undefined || type === target);
		const nodes = paths.flatMap((path) =>
			targets
				.filter(({ type }) => mayLeadTo(path, type))
				.map(nameOf)
				.map((name): Node => ({ kind: "key", path: path.name, entry: entryOf("reference", name), selective: true })),
		);
		tests += nodes.length;
		if (tests > MOST_TESTS) throw tooCostly();
		if (nodes.length > 0) bySource.set(source, [...(bySource.get(source) ?? []), ...nodes]);
	}
	if (bySource.size === 0) return [];
	const criteria = [...bySource].map(([resourceType, nodes]) => ({ resourceType, filter: or(nodes) }));
	return session.search(criteria, { limit: MOST_INCLUDED + 1 });
}

const mayLeadTo = ({ target, targets }: IncludePath, type: string): boolean =>
	(target === undefined || target === type) && (targets === undefined || targets.has(type));

/** Comparisons of a reference with one of the resources that it may lead to, in one round. */
const MOST_TESTS = 20_000;

const tooCostly = (): Problem =>
	new Problem("too-costly", {
		text: `The references that _revinclude follows would be compared more than ${MOST_TESTS} times. Ask for fewer matches a page by _count, or name types and parameters in place of *.`,
		expression: "_revinclude",
	});

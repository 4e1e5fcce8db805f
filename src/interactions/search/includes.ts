import { isObject, localReference, type Resource } from "../../kernel/index.ts";
import { entryOf, type Include, type IndexPath, type Node, or, select } from "../../search/index.ts";
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
	const found: Stored[] = [];
	let from: readonly Stored[] = matches;
	for (let round = 0; from.length > 0 && found.length < MOST_INCLUDED; round++) {
		const active = round === 0 ? includes : includes.filter(({ iterate }) => iterate);
		const next: Stored[] = [];
		for (const include of active) {
			const reached =
				include.direction === "include"
					? await forward(session, base, include, from)
					: await backward(session, include, from);
			for (const stored of reached) {
				if (seen.has(nameOf(stored))) continue;
				seen.add(nameOf(stored));
				next.push(stored);
			}
		}
		found.push(...next);
		from = next;
	}
	return { resources: found.slice(0, MOST_INCLUDED), isCut: found.length > MOST_INCLUDED };
}

const nameOf = ({ type, id }: Stored): string => `${type}/${id}`;

async function forward(session: Session, base: string, include: Include, from: readonly Stored[]): Promise<Stored[]> {
	const ids = new Map<string, Set<string>>();
	const versions: Promise<Stored | "deleted" | undefined>[] = [];
	for (const stored of from.filter(({ type }) => type === include.source)) {
		for (const reference of referencesOf(stored, include.paths)) {
			const [type = "", id = ""] = localReference(reference, base)?.split("/") ?? [];
			if (type === "" || (include.target !== undefined && type !== include.target)) continue;
			const version = /\/_history\/([1-9]\d{0,8})$/.exec(reference)?.[1];
			if (version !== undefined) versions.push(session.vread(type, id, Number(version)));
			else ids.set(type, (ids.get(type) ?? new Set()).add(id));
		}
	}
	const lists = new Map([...ids].map(([type, set]) => [type, [...set]]));
	const named = (await Promise.all(versions)).filter((stored) => stored !== undefined && stored !== "deleted");
	return [...named, ...(await session.fetch(lists))];
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

async function backward(
	session: Session,
	{ source, paths, target }: Include,
	from: readonly Stored[],
): Promise<Stored[]> {
	const names = from.filter(({ type }) => target === undefined || type === target).map(nameOf);
	const nodes = paths.flatMap((path) =>
		names
			.filter((name) => path.target === undefined || name.startsWith(`${path.target}/`))
			.map((name): Node => ({ kind: "key", path: path.name, entry: entryOf("reference", name), selective: true })),
	);
	if (nodes.length === 0) return [];
	return session.search([{ resourceType: source, filter: or(nodes) }], { limit: MOST_INCLUDED + 1 });
}

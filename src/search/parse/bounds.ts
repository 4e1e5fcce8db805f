import { Problem } from "../../kernel/index.ts";
import type { SearchScope } from "./scope.ts";

const MOST_LINKS = 200;
const MOST_DEPTH = 16;

/**
 * The scope behind one more link: a step of a chain or `_has` to one type, or a `_list`. Each link is a subquery, and
 * a chain that names no types branches at every step.
 * @throws Problem `too-costly` for too many links in all, or within one another.
 */
export function behindLink(scope: SearchScope): SearchScope {
	const { links = { made: 0 }, depth = 0 } = scope;
	links.made++;
	if (links.made <= MOST_LINKS && depth < MOST_DEPTH) return { ...scope, links, depth: depth + 1, strict: true };
	throw new Problem(
		"too-costly",
		`The chains, _has and _list of a search may be ${MOST_DEPTH} steps long and lead to ${MOST_LINKS} types and lists in all. Name the type at each step, as subject:Patient.name.`,
	);
}

const MOST_VALUES = 10_000;

/**
 * Counts the values of one parameter, those of all types that a search asks together.
 * @throws Problem `too-costly` for more than a search may compare with.
 */
export function countValues({ values = { read: 0 } }: SearchScope, value: string): void {
	for (let at = 0; at !== -1; at = value.indexOf(",", at + 1)) values.read++;
	if (values.read <= MOST_VALUES) return;
	throw new Problem(
		"too-costly",
		`A search may compare with ${MOST_VALUES} values, counted for each type searched. Split it, or name the types.`,
	);
}

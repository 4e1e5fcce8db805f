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

const MOST_TESTS = 10_000;

/**
 * Counts tests of values, those of all types that a search asks together: one value may need several.
 * @throws Problem `too-costly` for more than a search may make.
 */
export function countTests({ tests = { made: 0 } }: SearchScope, count: number): void {
	tests.made += count;
	if (tests.made <= MOST_TESTS) return;
	throw new Problem(
		"too-costly",
		`A search may compare ${MOST_TESTS} times with a value, counted for each type and place searched. Split it, or name the types.`,
	);
}

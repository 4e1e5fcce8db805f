import { Problem } from "../../kernel/index.ts";
import type { Pair } from "../query.ts";
import { and, type Node } from "../tree.ts";
import { readFilter } from "./filter.ts";
import { type Include, readInclude } from "./include.ts";
import type { SearchScope } from "./scope.ts";
import { readSort, type SortKey } from "./sort.ts";

/** A search of one type as read: what it asks, in which order, and what comes along. */
export type Search = {
	readonly resourceType: string;
	readonly filter: Node;
	readonly sort: readonly SortKey[];
	readonly includes: readonly Include[];
	/** The parameters that were used, for the self link. */
	readonly used: readonly Pair[];
	/** Names that the client allowed to be ignored. */
	readonly ignored: readonly string[];
};

/** Parameters that shape the answer instead of filtering it; the interactions read them. */
export const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
	"_count",
	"_elements",
	"_format",
	"_pretty",
	"_summary",
	"_total",
	"_page",
	"_contained",
	"_containedType",
	"_type",
]);

const MOST_PAIRS = 200;
const MOST_LENGTH = 64_000;

/**
 * Reads the parameters of a type search; nothing here touches a database.
 * @throws Problem `value` for an unknown parameter or modifier, or a value its type cannot read, naming what is allowed.
 * https://hl7.org/fhir/R4/search.html
 */
export function parseSearch(scope: SearchScope, resourceType: string, pairs: readonly Pair[]): Search {
	requireReason(pairs);
	const counted = { tests: { made: 0 }, ...scope, links: { made: 0 } };
	const nodes: Node[] = [];
	const sort: SortKey[] = [];
	const includes: Include[] = [];
	const used: Pair[] = [];
	const ignored: string[] = [];
	for (const pair of pairs) {
		const [name, value] = pair;
		if (RESULT_PARAMETERS.has(name)) continue;
		if (name === "_sort") sort.push(...readSort(scope, resourceType, value, sort.length));
		else if (/^_(rev)?include(:|$)/.test(name)) includes.push(...readInclude(scope, resourceType, name, value));
		else {
			const node = readFilter(counted, resourceType, name, value);
			if (node === undefined) {
				ignored.push(name);
				continue;
			}
			nodes.push(node);
		}
		used.push(pair);
	}
	return { resourceType, filter: and(nodes), sort, includes, used, ignored };
}

/** Bounds what a query may cost to read and to run. */
function requireReason(pairs: readonly Pair[]): void {
	const length = pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
	if (pairs.length <= MOST_PAIRS && length <= MOST_LENGTH) return;
	throw new Problem(
		"too-costly",
		`A search may have ${MOST_PAIRS} parameters of ${MOST_LENGTH} characters together at most. Split it.`,
	);
}

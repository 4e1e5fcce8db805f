import { Problem } from "../kernel/index.ts";
import { formatQuery, mapTree, type Node, parseQuery, parseSearch } from "../search/index.ts";
import type { Criteria } from "../store/index.ts";
import type { Exchange } from "./engine.ts";

/** Criteria of a conditional interaction, with the normalised text that parallel requests meet at. */
export type Condition = Criteria & { readonly text: string };

/**
 * Reads the criteria of a conditional interaction. They must select: an unknown parameter is always an error here,
 * and so are criteria that would match every resource. https://hl7.org/fhir/R4/http.html#cond-update
 */
export function readCriteria(
	{ engine, context }: Pick<Exchange, "engine" | "context">,
	resourceType: string,
	query: string,
): Condition {
	const scope = {
		registry: engine.registry,
		base: context.base,
		timeZone: context.tenant.timeZone,
		strict: true,
		now: Date.now(),
	};
	const pairs = parseQuery(query.startsWith("?") ? query.slice(1) : query);
	const { filter, used } = parseSearch(scope, resourceType, pairs);
	if (filter.kind === "and" && filter.nodes.length === 0) {
		throw new Problem(
			"required",
			`A conditional request on ${resourceType} needs at least one search parameter, as identifier=system|value.`,
		);
	}
	requireSettled(filter);
	const sorted = used.toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
	return { resourceType, filter, text: `${resourceType}?${formatQuery(sorted)}` };
}

/** What only terminology can tell may change between the lock and the search. */
function requireSettled(filter: Node): void {
	mapTree(filter, (node) => {
		if (node.kind !== "concepts") return node;
		throw new Problem("value", {
			text: "A conditional request cannot use the modifiers in, not-in, above or below of codes. Name the codes.",
			code: "not-supported",
		});
	});
}

/** The texts to lock for these conditions. */
export const conditionsOf = (conditions: readonly Condition[]): string[] => conditions.map(({ text }) => text);

/** @throws Problem `multiple-matches` unless at most one id was found. */
export function atMostOne(found: readonly string[]): string | undefined {
	if (found.length > 1) {
		throw new Problem(
			"multiple-matches",
			"The criteria match more than one resource. Narrow them to one, as by an identifier.",
		);
	}
	return found[0];
}

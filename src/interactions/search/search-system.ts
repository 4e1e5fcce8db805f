import { Problem } from "../../kernel/index.ts";
import type { Pair } from "../../search/index.ts";
import { mayDo } from "../access.ts";
import type { Exchange, Interaction } from "../engine.ts";
import { runSearch } from "./run.ts";
import { formPairs } from "./search-type.ts";

/** Search over several types, or all. https://hl7.org/fhir/R4/http.html#vsearch */
export const searchSystem: Interaction = {
	code: "search-system",
	level: "system",
	method: "GET",
	path: "",
	handle: (exchange) => searchTypes(exchange, exchange.query),
};

export const searchSystemByPost: Interaction = {
	code: "search-system",
	level: "system",
	method: "POST",
	path: "_search",
	handle: (exchange) => searchTypes(exchange, [...exchange.query, ...formPairs(exchange.request)]),
};

/** Parameters are read for every type asked, so one that a type does not have is refused. */
function searchTypes(exchange: Exchange, query: readonly Pair[]) {
	return runSearch(exchange, (pairs) => typesOf(exchange, pairs).map((type) => ({ type })), query);
}

/** The types named by `_type`, or all; those that the caller may not search are left out. */
export function typesOf(
	{ engine, context }: Exchange,
	query: readonly Pair[],
	all = engine.registry.resourceTypes,
): readonly string[] {
	const named = query.filter(([name]) => name === "_type").flatMap(([, value]) => value.split(","));
	for (const type of named) {
		if (!engine.registry.isResourceType(type)) {
			throw new Problem("value", {
				text: `"${type.slice(0, 64)}" in _type is not a resource type of FHIR R4.`,
				expression: "_type",
			});
		}
	}
	const wanted = named.length > 0 ? all.filter((type) => named.includes(type)) : all;
	const allowed = wanted.filter((type) => mayDo(context.caller, "search", type));
	if (allowed.length > 0) return allowed;
	throw new Problem("forbidden", "Your role may not search any of these types. Name others in _type.");
}

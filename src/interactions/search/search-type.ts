import { type FhirRequest, Problem } from "../../kernel/index.ts";
import { type Pair, parseQuery } from "../../search/index.ts";
import type { Interaction } from "../engine.ts";
import { runSearch } from "./run.ts";

/** Search within a type. https://hl7.org/fhir/R4/http.html#search */
export const searchType: Interaction = {
	code: "search-type",
	level: "type",
	method: "GET",
	path: ":type",
	action: "search",
	handle: (exchange) => runSearch(exchange, oneType(exchange.params.type), exchange.query),
};

/** The same with parameters in a form body, joined to those of the URL. */
export const searchTypeByPost: Interaction = {
	code: "search-type",
	level: "type",
	method: "POST",
	path: ":type/_search",
	action: "search",
	handle: (exchange) =>
		runSearch(exchange, oneType(exchange.params.type), [...exchange.query, ...formPairs(exchange.request)]),
};

const oneType = (type: string) => (pairs: readonly Pair[]) => {
	requireNoTypes(pairs);
	return [{ type }];
};

/** @throws Problem `value` for `_type` where there is one type only. */
export function requireNoTypes(pairs: readonly Pair[]): void {
	if (!pairs.some(([name]) => name === "_type")) return;
	throw new Problem("value", {
		text: "_type chooses among several types, and this search is of one. Leave it out.",
		expression: "_type",
	});
}

/** The parameters in the body of a `_search`. */
export function formPairs({ body }: FhirRequest): Pair[] {
	if (body === undefined) return [];
	if (body.kind === "bytes" && body.mediaType === "application/x-www-form-urlencoded")
		return parseQuery(body.bytes.toString());
	throw new Problem("unsupported-media-type", "Send the parameters of _search as application/x-www-form-urlencoded.");
}

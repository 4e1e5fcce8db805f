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
	handle: (exchange) => runSearch(exchange, [{ type: exchange.params.type }], exchange.query),
};

/** The same with parameters in a form body, joined to those of the URL. */
export const searchTypeByPost: Interaction = {
	code: "search-type",
	level: "type",
	method: "POST",
	path: ":type/_search",
	action: "search",
	handle: (exchange) =>
		runSearch(exchange, [{ type: exchange.params.type }], [...exchange.query, ...formPairs(exchange.request)]),
};

/** The parameters in the body of a `_search`. */
export function formPairs({ body }: FhirRequest): Pair[] {
	if (body === undefined) return [];
	if (body.kind === "bytes" && body.mediaType === "application/x-www-form-urlencoded")
		return parseQuery(body.bytes.toString());
	throw new Problem("unsupported-media-type", "Send the parameters of _search as application/x-www-form-urlencoded.");
}

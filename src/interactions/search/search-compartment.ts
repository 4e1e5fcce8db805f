import { Problem } from "../../kernel/index.ts";
import { compartmentNode, isInCompartment, type Pair } from "../../search/index.ts";
import { requireAccess } from "../access.ts";
import type { Exchange, Interaction } from "../engine.ts";
import { runSearch } from "./run.ts";
import { typesOf } from "./search-system.ts";
import { requireNoTypes } from "./search-type.ts";

/** Search of one type, or of all (`*`), within a compartment. https://hl7.org/fhir/R4/http.html#vsearch */
export const searchCompartment: Interaction = {
	code: "search-type",
	level: "instance",
	method: "GET",
	path: ":type/:id/:inner",
	action: "search",
	handle: async (exchange) => {
		const { engine, params, query } = exchange;
		const target = (type: string) => ({
			type,
			within: compartmentNode(engine.registry, type, params.type, params.id),
		});
		return runSearch(exchange, (pairs) => typesWithin(exchange, pairs).map(target), query);
	},
};

function typesWithin(exchange: Exchange, pairs: readonly Pair[]): readonly string[] {
	const { engine, params } = exchange;
	if (params.inner !== "*") {
		requireNoTypes(pairs);
		return [innerType(exchange)];
	}
	const members = engine.registry.resourceTypes.filter((type) => isInCompartment(engine.registry, params.type, type));
	return typesOf(exchange, pairs, members);
}

function innerType({ engine, context, params }: Exchange): string {
	if (!engine.registry.isResourceType(params.inner)) {
		throw new Problem("not-found", `"${params.inner.slice(0, 64)}" is not a resource type of FHIR R4.`);
	}
	requireAccess(context.caller, "search", params.inner);
	return params.inner;
}

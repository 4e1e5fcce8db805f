import { Problem } from "../../kernel/index.ts";
import type { IndexPath } from "../index-path.ts";
import { requireParameter, type SearchScope } from "./scope.ts";

/** One key of an order: `_id`, `_lastUpdated`, or the places of a parameter with the kind of their values. */
export type SortKey = { readonly descending: boolean } & (
	| { readonly by: "_id" | "_lastUpdated" }
	| {
			readonly by: "date" | "number" | "quantity" | "string" | "token" | "reference" | "uri";
			readonly paths: readonly IndexPath[];
			/** Whether rows of several types are put in one order, so that their values must be of one kind. */
			readonly acrossTypes?: boolean;
	  }
);

const MOST_KEYS = 8;

/**
 * Reads `_sort`: codes joined by commas, `-` for descending. `before`: keys that the same search already has.
 * @throws Problem `value` for a parameter that has no order. https://hl7.org/fhir/R4/search.html#sort
 */
export function readSort(scope: SearchScope, resourceType: string, value: string, before = 0): SortKey[] {
	const codes = value.split(",");
	if (before + codes.length > MOST_KEYS) throw unsortable(`more than ${MOST_KEYS} keys`);
	return codes.map((text) => {
		const descending = text.startsWith("-");
		const code = descending ? text.slice(1) : text;
		if (code === "_id" || code === "_lastUpdated") return { descending, by: code };
		const parameter = requireParameter(scope, resourceType, code);
		if (parameter.kind === "composite" || parameter.definition.type === "special") throw unsortable(`"${code}"`);
		const acrossTypes = (scope.types?.length ?? 0) > 1;
		return { descending, by: parameter.definition.type as "date", paths: parameter.paths, acrossTypes };
	});
}

const unsortable = (what: string): Problem =>
	new Problem("value", {
		text: `_sort cannot order by ${what}. Use parameters of type date, number, quantity, string, token, reference or uri.`,
		expression: "_sort",
	});

import type { Registry } from "../definitions/index.ts";
import { COLUMN_CODES, searchTable } from "./parameters.ts";
import { compartmentsOf } from "./parse/compartment.ts";
import { COMMON } from "./parse/scope.ts";

/** A search parameter that really works, for the CapabilityStatement. */
export type Searchable = { readonly code: string; readonly type: string; readonly url: string | undefined };

const COMMON_TYPES: Record<(typeof COMMON)[number], string | undefined> = {
	_filter: "special",
	_has: undefined,
	_id: "token",
	"_in-compartment": "reference",
	_lastUpdated: "date",
	_list: "string",
	_text: "string",
	_content: "string",
};

/** Every parameter that a search of `resourceType` understands; `_has` has a syntax of its own and is not among them. */
export function searchableParameters(registry: Registry, resourceType: string): Searchable[] {
	const defined = registry.searchParameters(resourceType);
	const common = COMMON.flatMap((code): Searchable[] => {
		const type = COMMON_TYPES[code];
		const isUsable = code !== "_in-compartment" || compartmentsOf(registry, resourceType).length > 0;
		return type === undefined || !isUsable ? [] : [{ code, type, url: defined.get(code)?.url }];
	});
	const indexed = [...searchTable(registry, resourceType).parameters.values()]
		.filter(({ definition }) => !COLUMN_CODES.has(definition.code))
		.map(({ definition: { code, type, url } }) => ({ code, type, url }));
	return [...common, ...indexed];
}

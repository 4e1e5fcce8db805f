import type { Registry, SearchParameter } from "../definitions/index.ts";
import type { Resource } from "../kernel/index.ts";
import { compileExpression, type Selector } from "./expression.ts";
import { keyHash } from "./key.ts";
import { searchTypes } from "./types/index.ts";
import type { SearchType } from "./types/search-type.ts";

/** A parameter that is really indexed: its definition, its type and its compiled expression. */
export type Indexed = { readonly parameter: SearchParameter; readonly type: SearchType; readonly select: Selector };

const tables = new WeakMap<Registry, Map<string, ReadonlyMap<string, Indexed>>>();

/** The parameters of a resource type that can be searched by an index, by code. Compiled once a type. */
export function indexedParameters(registry: Registry, resourceType: string): ReadonlyMap<string, Indexed> {
	let byType = tables.get(registry);
	if (!byType) {
		byType = new Map();
		tables.set(registry, byType);
	}
	let table = byType.get(resourceType);
	if (!table) {
		table = compileParameters(registry, resourceType);
		byType.set(resourceType, table);
	}
	return table;
}

function compileParameters(registry: Registry, resourceType: string): Map<string, Indexed> {
	const table = new Map<string, Indexed>();
	for (const [code, parameter] of registry.searchParameters(resourceType)) {
		const type = searchTypes.find((candidate) => candidate.name === parameter.type);
		if (!type || parameter.expression === undefined || COLUMNS.has(code)) continue;
		const select = compileExpression(parameter.expression, resourceType, registry);
		if (select) table.set(code, { parameter, type, select });
	}
	return table;
}

/** Parameters that a column answers, so that they need no keys. */
const COLUMNS = new Set(["_id", "_lastUpdated"]);

/**
 * The equality keys of a resource, hashed, as a PostgreSQL array literal: `{12,-7}`.
 * `base` is the clinic's own FHIR base, so that absolute references under it count as local.
 */
export function extractKeys(registry: Registry, resource: Resource, base: string): string {
	const keys = new Set<string>();
	const add = (key: string): void => void keys.add(keyHash(key));
	const { resourceType } = resource;
	for (const [code, { type, select }] of indexedParameters(registry, resourceType)) {
		select(resource, (value, valueType, system) =>
			type.index({ resourceType, parameter: code, value, type: valueType, system, resource, base }, add),
		);
	}
	return `{${[...keys].join(",")}}`;
}

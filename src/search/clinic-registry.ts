import type { Registry, SearchParameter } from "../definitions/index.ts";

/** One search parameter of a clinic, as it applies to each of its types. */
export type OwnParameter = { readonly definitions: ReadonlyMap<string, SearchParameter> };

/**
 * The standard with a clinic's own search parameters beside it. Where two have the same code the standard's, then the
 * first, is kept. Types without own parameters share the standard's search tables.
 */
export function clinicRegistry(standard: Registry, own: readonly OwnParameter[]): Registry {
	const byType = new Map<string, Map<string, SearchParameter>>();
	for (const { definitions } of own) {
		for (const [type, definition] of definitions) {
			let all = byType.get(type);
			if (!all) {
				all = new Map(standard.searchParameters(type));
				byType.set(type, all);
			}
			if (!all.has(definition.code)) all.set(definition.code, definition);
		}
	}
	return {
		...standard,
		searchParameters: (type) => byType.get(type) ?? standard.searchParameters(type),
		sharedBy: (type) => (byType.has(type) ? undefined : standard),
	};
}

import { typedTables } from "../clinical/index.ts";
import type { Resource } from "../kernel/index.ts";
import { entryOf } from "./key.ts";

/** The entry of a code for which the columns that hold codes have no room; see `CodeColumns`. */
export const alsoEntry = (code: string): string => entryOf("also", code);

const byType = new Map(typedTables.map(({ type, codes }) => [type, codes]));

/** Gives `addKey` the entries of codes beyond the two that columns hold, so that these with the columns tell all. */
export function indexAlso(resource: Resource, addKey: (path: string, entry: string) => void): void {
	for (const { path, codesOf } of byType.get(resource.resourceType) ?? []) {
		for (const code of codesOf(resource).slice(2)) addKey(path, alsoEntry(code));
	}
}

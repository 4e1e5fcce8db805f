import { isObject, type Json, type JsonObject } from "../../kernel/index.ts";

/** Applies a JSON Merge Patch: null takes a member away, objects merge, all else replaces. RFC 7396 */
export function mergePatch(target: Json | undefined, patch: Json): Json {
	if (!isObject(patch)) return patch;
	const merged: JsonObject = isObject(target) ? { ...target } : {};
	for (const [name, value] of Object.entries(patch)) {
		if (value === null) delete merged[name];
		else if (value !== undefined) merged[name] = mergePatch(merged[name], value);
	}
	return merged;
}

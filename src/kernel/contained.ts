import { isObject, type Json, type JsonObject } from "./resource.ts";

const indexes = new WeakMap<readonly Json[], ReadonlyMap<Json | undefined, JsonObject>>();

/**
 * A contained resource by its id; of two with one id the first. They are indexed, as each of thousands may be referred
 * to. https://hl7.org/fhir/R4/references.html#contained
 */
export function containedById({ contained }: JsonObject, id: string): JsonObject | undefined {
	if (!Array.isArray(contained)) return undefined;
	let index = indexes.get(contained);
	if (!index) {
		index = new Map(
			contained.toReversed().flatMap((resource) => (isObject(resource) ? [[resource.id, resource]] : [])),
		);
		indexes.set(contained, index);
	}
	return index.get(id);
}

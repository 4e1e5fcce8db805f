import { isObject, type JsonObject } from "../kernel/index.ts";
import { fault, note, placeOf, type Walk } from "./walk.ts";

/**
 * Says which entries of a Bundle have the fullUrl of an earlier one (bdl-7): only a history may have that, and versions
 * of one resource. https://hl7.org/fhir/R4/bundle.html#bundle-unique
 */
export function checkUnique(walk: Walk, { type, entry }: JsonObject): void {
	if (type === "history" || !Array.isArray(entry)) return;
	const seen = new Map<string, number>();
	entry.forEach((one, n) => {
		if (!isObject(one) || typeof one.fullUrl !== "string") return;
		const meta = isObject(one.resource) ? one.resource.meta : undefined;
		const version = isObject(meta) && typeof meta.versionId === "string" ? meta.versionId : "";
		const key = `${one.fullUrl} ${version}`;
		const earlier = seen.get(key);
		if (earlier === undefined) {
			seen.set(key, n);
			return;
		}
		const text = `must fulfil bdl-7: it is that of entry[${earlier}] too. Give each entry its own, or versions of one resource different meta.versionId`;
		note(walk, "invariant", text, `${placeOf(walk)}.entry[${n}].fullUrl`);
	});
}

/** A fullUrl that is an address ends as its resource is named. https://hl7.org/fhir/R4/bundle.html#bundle-unique */
export function checkFullUrl(walk: Walk, { fullUrl, resource }: JsonObject): void {
	if (typeof fullUrl !== "string" || !/^https?:/.test(fullUrl)) return;
	if (!isObject(resource) || typeof resource.id !== "string" || typeof resource.resourceType !== "string") return;
	const expected = `${resource.resourceType}/${resource.id}`;
	if (fullUrl === expected || fullUrl.endsWith(`/${expected}`)) return;
	const named = /\/([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)?.[1];
	if (named === undefined) return;
	fault(walk, "full-url", `must end in the type and id of its resource, ${expected}`, "fullUrl");
}

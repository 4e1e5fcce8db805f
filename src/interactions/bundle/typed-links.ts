import type { Registry } from "../../definitions/index.ts";
import type { Resource } from "../../kernel/index.ts";
import type { BundleEntry } from "./entry.ts";
import { isConditional, mapReferences, type Replace } from "./references.ts";

/** Stands for an id that is not known yet. */
const SOME = "x";

/**
 * Copies of the resources of a transaction in which links say what type they lead to, so that validation can tell
 * whether it may stand there: the urn of an entry becomes `Type/x`, and so does a conditional reference. Only for
 * looking at; what is stored has the true ids.
 */
export function typedLinks(
	registry: Registry,
	entries: readonly BundleEntry[],
): (resource: Resource | undefined) => Resource | undefined {
	const types = new Map<string, string>();
	for (const { fullUrl, path } of entries) {
		if (fullUrl?.startsWith("urn:")) types.set(fullUrl, `${path.split("/")[0]}/${SOME}`);
	}
	const replace: Replace = (url) => {
		const type = types.get(url);
		if (type !== undefined) return type;
		return isConditional(registry, url) ? `${url.slice(0, url.indexOf("?"))}/${SOME}` : undefined;
	};
	return (resource) => resource && mapReferences(resource, replace);
}

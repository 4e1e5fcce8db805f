import { containedById, isObject, type Json, type JsonObject } from "../kernel/index.ts";
import { fault, MOST_STEPS, type Walk } from "./walk.ts";

/**
 * The rules of contained resources: dom-2 (none inside another), dom-3 (referred to, or referring to its container),
 * dom-4 (no version or time of its own), dom-5 (no security labels), and an id that is its own.
 * https://hl7.org/fhir/R4/domainresource.html#invs
 */
export function checkContained(walk: Walk, container: JsonObject): void {
	if (!Array.isArray(container.contained)) return;
	const used = new Set<string>();
	collectLocal(container, used);
	const ids = new Set<Json | undefined>();
	container.contained.forEach((resource, i) => {
		if (!isObject(resource)) return;
		walk.steps[walk.depth++] = "contained";
		walk.steps[walk.depth++] = i;
		const { id, meta } = resource;
		if (resource.contained !== undefined) {
			fault(walk, "contained", "must not have contained resources itself (dom-2): move them to the outer resource");
		}
		if (isObject(meta) && (meta.versionId !== undefined || meta.lastUpdated !== undefined)) {
			fault(walk, "contained", "must not have meta.versionId or meta.lastUpdated (dom-4): remove them");
		}
		if (isObject(meta) && meta.security !== undefined) {
			fault(walk, "contained", "must not have meta.security (dom-5): put it on the outer resource");
		}
		if (id !== undefined && ids.has(id))
			fault(walk, "contained", "must have an id of its own among the contained resources");
		ids.add(id);
		if (!used.has(`#${id}`) && !refersToContainer(resource)) {
			fault(walk, "contained", 'must be referred to by "#" and its id, or refer to the outer resource by "#" (dom-3)');
		}
		walk.depth -= 2;
	});
}

/** Whether `#` (the container) or `#id` names something of the container. */
export function isLocalTarget(container: JsonObject, reference: string): boolean {
	return reference === "#" || containedById(container, reference.slice(1)) !== undefined;
}

function refersToContainer(resource: JsonObject): boolean {
	const used = new Set<string>();
	collectLocal(resource, used);
	return used.has("#");
}

/** Every string that begins with `#`, wherever it stands: the invariant counts references, canonicals, URIs and URLs alike. */
function collectLocal(value: Json | undefined, found: Set<string>, depth = 0): void {
	if (typeof value === "string") {
		if (value.charCodeAt(0) === HASH) found.add(value);
	} else if (typeof value === "object" && value !== null && depth < MOST_STEPS) {
		for (const key in value) collectLocal((value as JsonObject)[key], found, depth + 1);
	}
}

const HASH = 35;

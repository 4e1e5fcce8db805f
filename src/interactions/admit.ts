import { type Body, isObject, Problem, type Resource } from "../kernel/index.ts";
import type { Engine } from "./engine.ts";
import { requireSearchable } from "./search-parameter.ts";

/**
 * Takes a resource out of a request body and checks everything that must hold before it is stored.
 * @throws Problem `structure` with every fault found. https://hl7.org/fhir/R4/http.html#create
 */
export function admit(engine: Engine, body: Body | undefined, type: string): Resource {
	if (body?.kind !== "json")
		throw new Problem("structure", `The request has no ${type} in its body. Send the resource as JSON.`);
	return admitTree(engine, body.tree, type);
}

/** The same for a tree that is already parsed: a Bundle entry, or the result of a patch. */
export function admitTree(engine: Engine, tree: unknown, type: string): Resource {
	if (!isObject(tree) || typeof tree.resourceType !== "string") {
		throw new Problem("structure", `The body must be one JSON object with "resourceType": "${type}".`);
	}
	if (tree.resourceType !== type) {
		throw new Problem("invalid", {
			text: `The body is a ${engine.registry.isResourceType(tree.resourceType) ? tree.resourceType : "resource of an unknown type"}, but the URL says ${type}. Make the two agree.`,
			expression: "resourceType",
		});
	}
	const resource = tree as Resource;
	const issues = engine.validate(resource);
	if (issues.length > 0) throw new Problem("structure", issues);
	refuseSubset(resource);
	if (type === "SearchParameter") requireSearchable(engine.registry, resource);
	return resource;
}

/** A partial copy written back would lose what it left out. https://hl7.org/fhir/R4/search.html#elements */
function refuseSubset({ meta }: Resource): void {
	const tags = Array.isArray(meta?.tag) ? meta.tag : [];
	if (!tags.some((tag) => isObject(tag) && tag.code === "SUBSETTED")) return;
	throw new Problem("invalid", {
		text: "The resource is marked SUBSETTED: it is a partial copy, and storing it would lose data. Read it in full, then change it.",
		expression: "meta.tag",
	});
}

import { type Issue, isObject, Problem, type Resource } from "../kernel/index.ts";
import { requireUsable } from "./conformance-rules.ts";
import { requireRoom } from "./definition-room.ts";
import type { Exchange } from "./engine.ts";
import { examine, type Place, requireNoError } from "./examine.ts";
import { preferredReturn } from "./respond.ts";

/** A resource that may be stored, and what was found beside errors, where the client asks to be told. */
export type Admitted = { readonly resource: Resource; readonly advice: readonly Issue[] };

type Asked = Place & Pick<Exchange, "request">;
type Request = Parameters<typeof preferredReturn>[0];

/**
 * Takes a resource out of a request body and checks everything that must hold before it is stored.
 * @throws Problem `structure` or `unprocessable` with every fault found. https://hl7.org/fhir/R4/http.html#create
 */
export async function admit(asked: Asked, type: string): Promise<Admitted> {
	const { body } = asked.request;
	if (body?.kind !== "json")
		throw new Problem("structure", `The request has no ${type} in its body. Send the resource as JSON.`);
	return admitTree(asked, body.tree, type, asked.request);
}

/** The same for a tree that is already parsed: a Bundle entry, or the result of a patch. */
export async function admitTree(place: Place, tree: unknown, type: string, request: Request): Promise<Admitted> {
	const resource = requireType(place, tree, type);
	const advice = await examine(place, resource, { advice: preferredReturn(request) === "OperationOutcome" });
	requireNoError(advice);
	requireStorable(place, resource);
	return { resource, advice };
}

/** @throws Problem unless `tree` is a resource of this type. */
export function requireType({ engine }: Place, tree: unknown, type: string): Resource {
	if (!isObject(tree) || typeof tree.resourceType !== "string") {
		const text = `The body must be one JSON object with "resourceType": "${type}".`;
		throw new Problem("structure", { text, expression: "resourceType" });
	}
	if (tree.resourceType !== type) {
		throw new Problem("invalid", {
			text: `The body is of ${engine.registry.isResourceType(tree.resourceType) ? `the type ${tree.resourceType}` : "a type that FHIR R4 does not have"}, but the URL says ${type}. Make the two agree.`,
			expression: "resourceType",
		});
	}
	return tree as Resource;
}

/** @throws Problem for a well-formed resource that this server must not store. */
export function requireStorable(place: Place, resource: Resource): void {
	refuseSubset(resource);
	requireRoom(place, resource);
	requireUsable(place.engine, resource);
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

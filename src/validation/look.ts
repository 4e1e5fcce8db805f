import { isObject, type Json, type JsonObject } from "../kernel/index.ts";
import { checkBinding } from "./bindings.ts";
import { checkCoding } from "./check-coding.ts";
import { at, childrenOf, type Found, valuesOf } from "./children.ts";
import { checkExtension } from "./extensions.ts";
import { checkFullUrl, checkUnique } from "./full-urls.ts";
import { tryInvariants } from "./invariants.ts";
import type { ElementMeaning } from "./meaning.ts";
import { findEntry, indexBundle, type Neighbourhood } from "./neighbourhood.ts";
import { checkTargetType } from "./references.ts";
import type { RunWalk } from "./run.ts";
import { scopeOf } from "./scope.ts";
import { fault, type Observer, stepsOf } from "./walk.ts";

/** Looks at what R4 means beyond structure, while the structure check walks: invariants, bindings, targets, extensions. */
export const looking: Observer = {
	enter(walk, resource, isContained) {
		const run = walk as RunWalk;
		const { scope, resourceDepth } = run;
		settle(run, resource, isContained);
		run.scope = scopeOf(run.run, resource);
		run.resourceDepth = walk.depth;
		claim(run, resource);
		return () => {
			run.scope = scope;
			run.resourceDepth = resourceDepth;
		};
	},
	look: (walk, type, object) => lookAt(walk as RunWalk, type, object),
};

/** Notes where a resource lies; the entries of a Bundle at once, as they refer to one another. */
function settle({ run, scope, steps, depth }: RunWalk, resource: JsonObject, isContained: boolean): void {
	const outer = run.neighbourhoods.get(scope.resource.value as JsonObject);
	if (!run.neighbourhoods.has(resource)) {
		const around: Neighbourhood = {
			container: isContained && outer ? outer.container : resource,
			bundle: outer?.bundle,
			fullUrl: outer?.fullUrl,
		};
		run.neighbourhoods.set(resource, around);
	}
	if (resource.resourceType !== "Bundle") return;
	const bundle = indexBundle(resource, steps.slice(0, depth));
	for (const entry of bundle.entries.values())
		run.neighbourhoods.set(entry.resource, { container: entry.resource, bundle, fullUrl: entry.fullUrl });
}

function claim(walk: RunWalk, resource: JsonObject): void {
	const profiles = isObject(resource.meta) && Array.isArray(resource.meta.profile) ? resource.meta.profile : [];
	for (const canonical of profiles) {
		if (typeof canonical === "string")
			walk.run.claims.push({ resource, steps: stepsOf(walk), canonical, isAsked: false });
	}
}

function lookAt(walk: RunWalk, type: string, object: JsonObject): void {
	const { run, scope } = walk;
	const meaning = run.meanings.of(type);
	if (meaning.invariants.length > 0)
		tryInvariants(walk, meaning.invariants, { value: object, type }, scope, run.options.advice);
	for (const [key, element] of meaning.elements) {
		if (object[key] === undefined) continue;
		for (const found of valuesOf(object, childrenOf(run.registry, type, key))) {
			at(walk, found, () => lookAtElement(walk, element, found));
		}
	}
	if (type === "Extension") checkExtension(walk, object);
	else if (type === "Coding" && run.options.advice) checkCoding(walk, object);
	else if (type === "Bundle") checkUnique(walk, object);
	else if (type === "Bundle.entry") checkFullUrl(walk, object);
	else if (type === "Reference" && run.options.advice) checkResolved(walk, object);
}

function lookAtElement(walk: RunWalk, meaning: ElementMeaning, { node }: Found): void {
	const { run, scope } = walk;
	const value = node.value as Json | undefined;
	if (meaning.binding) checkBinding(walk, meaning.binding, node.type, value);
	if (meaning.targets) checkTargetType(walk, value, meaning.targets, scope, run.registry.isResourceType);
	if (meaning.invariants.length > 0) tryInvariants(walk, meaning.invariants, node, scope, run.options.advice);
}

/** A document is read apart from the server it came from. https://hl7.org/fhir/R4/documents.html#content */
function checkResolved(walk: RunWalk, { reference }: JsonObject): void {
	const around = walk.run.neighbourhoods.get(walk.scope.resource.value as JsonObject);
	if (typeof reference !== "string" || !around?.bundle?.isDocument || /^(?:#|https?:)/.test(reference)) return;
	if (!findEntry(around, reference))
		fault(
			walk,
			"unresolved-entry",
			"should refer to an entry of this document: add the resource, or give its full URL",
		);
}

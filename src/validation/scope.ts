import type { JsonObject } from "../kernel/index.ts";
import { nodeOf } from "./children.ts";
import type { Scope } from "./fhirpath/index.ts";
import { resolveIn } from "./neighbourhood.ts";
import type { Run } from "./run.ts";

/** What FHIRPath may ask about a resource of the run: itself, its container, where its references lead. */
export function scopeOf(run: Run, resource: JsonObject): Scope {
	const known = run.scopes.get(resource);
	if (known) return known;
	const around = run.neighbourhoods.get(resource) ?? { container: resource, bundle: undefined, fullUrl: undefined };
	const scope: Scope = {
		registry: run.registry,
		resource: nodeOf("Resource", resource),
		rootResource: nodeOf("Resource", around.container),
		resolve: (reference) => resolveIn(around, reference),
		memberOf: (node, valueSet) => {
			const { value } = node;
			if (typeof value !== "string") return undefined;
			const answer = run.options.codes(valueSet, { code: value });
			return answer === "in" ? true : answer === "out" ? false : undefined;
		},
	};
	run.scopes.set(resource, scope);
	return scope;
}

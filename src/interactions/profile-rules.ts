import { definitionsOf, layer, type Profile } from "../definitions/index.ts";
import { type Issue, Problem, type Resource } from "../kernel/index.ts";
import { expressionFault } from "../validation/index.ts";
import type { Engine } from "./engine.ts";

/**
 * An active StructureDefinition is checked against from the moment it is stored, so a snapshot and rules must come of
 * it. Drafts are kept as they are; one that is not usable is told where a resource claims it.
 * @throws Problem `unprocessable` with every fault.
 */
export function requireProfile(engine: Pick<Engine, "registry" | "definitions">, resource: Resource): void {
	const profile = profileOf(engine, resource);
	const issues = profile ? expressionFaults(engine, profile) : [];
	if (issues.length > 0) throw new Problem("unprocessable", issues);
}

function profileOf({ definitions }: Pick<Engine, "definitions">, resource: Resource): Profile | undefined {
	const { url, version } = resource;
	const canonical = typeof version === "string" ? `${url}|${version}` : String(url);
	try {
		return layer(definitionsOf([resource]), definitions).profile(canonical);
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		const issues = error.issues.map((issue) => ({ expression: "StructureDefinition", ...issue }));
		throw new Problem("unprocessable", issues);
	}
}

function expressionFaults({ registry }: Pick<Engine, "registry">, profile: Profile): Issue[] {
	const rules = profile.elements.flatMap(({ id, constraints = [] }) =>
		constraints.map(({ key, expression }) => ({ name: `${key} of ${id}`, expression })),
	);
	const contexts = (profile.contextInvariants ?? []).map((expression) => ({ name: "contextInvariant", expression }));
	return [...rules, ...contexts].flatMap(({ name, expression }) => {
		const fault = expression === undefined ? undefined : expressionFault(registry, "", expression);
		if (fault === undefined) return [];
		const text = `The expression of ${name} is no FHIRPath that can be asked: ${fault}`;
		return [{ text, expression: "StructureDefinition" }];
	});
}

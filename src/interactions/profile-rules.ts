import { definitionsOf, type ElementRule, layer, type Profile, type Registry } from "../definitions/index.ts";
import { type Issue, Problem, type Resource } from "../kernel/index.ts";
import { expressionFault, missingName } from "../validation/index.ts";
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

function expressionFaults(
	{ registry, definitions }: Pick<Engine, "registry" | "definitions">,
	profile: Profile,
): Issue[] {
	const inherited = expressionsOf((profile.base && definitions.profile(profile.base)) || undefined);
	const rules = profile.elements.flatMap((element) =>
		(element.constraints ?? []).flatMap(({ key, expression = "" }) =>
			inherited.has(expression)
				? []
				: { name: `${key} of ${element.id}`, expression, type: typeOf(profile, element) ?? "" },
		),
	);
	const contexts = (profile.contextInvariants ?? []).map((expression) => ({
		name: "contextInvariant",
		expression,
		type: "",
	}));
	return [...rules, ...contexts].flatMap(({ name, expression, type }) => {
		const fault = expression === "" ? undefined : faultOf(registry, type, expression);
		return fault === undefined
			? []
			: [{ text: `The expression of ${name} ${fault}`, expression: "StructureDefinition" }];
	});
}

/** What a base says already was looked at with it; one constraint of R4 itself is wrong. */
const expressionsOf = (base: Profile | undefined): ReadonlySet<string> =>
	new Set(base?.elements.flatMap(({ constraints = [] }) => constraints.map(({ expression = "" }) => expression)));

/** The type whose elements an expression at this place sees; `undefined` where it may be one of several. */
function typeOf({ type }: Profile, { path, types }: ElementRule): string | undefined {
	if (!path.includes(".")) return type;
	if (types.length !== 1) return undefined;
	const [{ code } = { code: "" }] = types;
	return code === "BackboneElement" || code === "Element" ? path : code;
}

function faultOf(registry: Registry, type: string, expression: string): string | undefined {
	const fault = expressionFault(registry, "", expression);
	if (fault !== undefined) return `is no FHIRPath that can be asked: ${fault}`;
	const missing = missingName(registry, type, expression);
	if (missing === undefined) return undefined;
	return `asks for "${missing.name}", which ${missing.types.join(", ")} does not have: correct the name`;
}

import { Problem } from "../../kernel/index.ts";
import type { IndexPath } from "../index-path.ts";
import { searchTable } from "../parameters.ts";
import { requireParameter, type SearchScope, unknownModifier } from "./scope.ts";

/**
 * One `_include` or `_revinclude`: references at `paths` of `source` (to `target`, where one is named) are followed,
 * forward or backward; `iterate`: also from what was included.
 */
export type Include = {
	readonly direction: "include" | "revinclude";
	readonly iterate: boolean;
	readonly source: string;
	readonly paths: readonly IncludePath[];
	readonly target: string | undefined;
};

/** `targets`: the types that references there may lead to, where `*` has gathered them; any without. */
export type IncludePath = IndexPath & { readonly targets?: ReadonlySet<string> };

/**
 * Reads an include; none where it starts at another of the types that are searched together.
 * @throws Problem `value` that says how an include is written. https://hl7.org/fhir/R4/search.html#include
 */
export function readInclude(scope: SearchScope, resourceType: string, name: string, value: string): Include[] {
	const [base = "", modifier] = name.split(":");
	const direction = base === "_include" ? "include" : "revinclude";
	if (modifier !== undefined && modifier !== "iterate" && modifier !== "recurse")
		throw unknownModifier(base, modifier, ["iterate"]);
	const iterate = modifier !== undefined;
	const [source = "", code = "", target, ...more] = value.split(":");
	if (value === "*") return everything(scope, direction, iterate, resourceType);
	const isTarget = target === undefined || scope.registry.isResourceType(target);
	if (!scope.registry.isResourceType(source) || code === "" || more.length > 0 || !isTarget)
		throw malformedInclude(base);
	if (direction === "include" && !iterate && source !== resourceType) {
		if (scope.types?.includes(source)) return [];
		throw new Problem("value", {
			text: `${base} starts at ${resourceType} here, not at ${source}. To go on from included resources, use ${base}:iterate.`,
			expression: base,
		});
	}
	if (code === "*") return [{ ...wildcard(scope, direction, iterate, source), target }];
	const parameter = requireParameter({ ...scope, strict: true }, source, code);
	if (parameter.kind === "composite" || parameter.definition.type !== "reference") throw malformedInclude(base);
	return [{ direction, iterate, source, paths: parameter.paths, target }];
}

/**
 * `*`: whatever the matches refer to, or what refers to them; with `iterate` whatever anything that comes along refers
 * to, or what refers to it.
 */
function everything(
	scope: SearchScope,
	direction: Include["direction"],
	iterate: boolean,
	resourceType: string,
): Include[] {
	if (direction === "include" && !iterate) return [wildcard(scope, direction, iterate, resourceType)];
	const target = iterate ? undefined : resourceType;
	return scope.registry.resourceTypes
		.map((source) => wildcard(scope, direction, iterate, source, target))
		.filter(({ paths }) => paths.length > 0);
}

/** Every reference parameter of a type, or those that may lead to `target`. */
function wildcard(
	{ registry }: SearchScope,
	direction: Include["direction"],
	iterate: boolean,
	source: string,
	target?: string,
): Include {
	const paths = new Map<string, IndexPath & { targets: Set<string> }>();
	for (const parameter of searchTable(registry, source).parameters.values()) {
		if (parameter.kind !== "plain" || parameter.definition.type !== "reference") continue;
		for (const path of parameter.paths) {
			const { targets } = paths.get(path.name) ?? { targets: new Set() };
			for (const one of path.target === undefined ? parameter.definition.targets : [path.target]) targets.add(one);
			paths.set(path.name, { ...path, target: undefined, targets });
		}
	}
	const leading = [...paths.values()].filter(({ targets }) => target === undefined || targets.has(target));
	return { direction, iterate, source, paths: leading, target };
}

const malformedInclude = (base: string): Problem =>
	new Problem("value", {
		text: `The value of ${base} must be Type:reference-parameter, Type:reference-parameter:Target Type:* or *, as Observation:subject:Patient.`,
		expression: base,
	});

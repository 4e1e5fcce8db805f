import type { SearchParameter } from "../../../src/definitions/index.ts";
import type { Resource } from "../../../src/kernel/index.ts";
import { compositeMatches } from "./composite.ts";
import { date } from "./date.ts";
import { splitAt, unescaped } from "./escape.ts";
import { number } from "./number.ts";
import { quantity } from "./quantity.ts";
import { literalOf, localOf, reference } from "./reference.ts";
import { containedOf, hasContent, select } from "./select.ts";
import { string } from "./string.ts";
import { token } from "./token.ts";
import { uri } from "./uri.ts";
import type { Matcher, World } from "./world.ts";

export type { World } from "./world.ts";

export type Pair = readonly [name: string, value: string];

/** The ids of the resources of a type that satisfy every pair, sorted. https://hl7.org/fhir/R4/search.html#combining */
export const search = (world: World, type: string, pairs: readonly Pair[]): string[] =>
	world.resources
		.filter((resource) => resource.resourceType === type)
		.filter((resource) => pairs.every(([name, value]) => matches(world, resource, name, value)))
		.map((resource) => resource.id as string)
		.sort();

/**
 * Whether a resource satisfies one parameter: `name:exact`, `subject:Patient.name`, `_has:Observation:patient:code`.
 * @throws when the type has no such parameter or the value is malformed.
 */
export function matches(world: World, resource: Resource, name: string, value: string): boolean {
	if (name.startsWith("_has:")) return isReferredTo(world, resource, name, value);
	const [, first = "", rest] = /^([^.]+)(?:\.(.+))?$/.exec(name) ?? [];
	const [code = "", modifier] = first.split(":");
	const parameter = world.registry.searchParameters(resource.resourceType).get(code);
	if (!parameter) throw new Error(`${resource.resourceType} has no parameter ${code}`);
	return rest === undefined
		? isMatched(world, resource, parameter, modifier, value)
		: isChained(world, resource, parameter, modifier, rest, value);
}

/** https://hl7.org/fhir/R4/search.html#modifiers */
function isMatched(
	world: World,
	resource: Resource,
	parameter: SearchParameter,
	modifier: string | undefined,
	value: string,
): boolean {
	if (modifier === "missing") {
		return !select(world.registry, parameter, resource).some(hasContent) === (value === "true");
	}
	const parts = splitAt(value, ",");
	if (parameter.code === "_id") return parts.map(unescaped).includes(resource.id as string) !== (modifier === "not");
	if (parameter.type === "composite") {
		return parts.some((part) => compositeMatches(world, resource, parameter, part, matcherOf));
	}
	const values = select(world.registry, parameter, resource);
	const isTurned = modifier === "not" || modifier === "not-in";
	const plain = modifier === "not" ? undefined : modifier?.replace("not-in", "in");
	const matched = parts.some((part) =>
		values.some((one) => matcherOf(parameter)({ world, parameter, modifier: plain, part }, one)),
	);
	return isTurned ? !matched : matched;
}

/** Some resource that the reference leads to, contained ones too, satisfies the rest. https://hl7.org/fhir/R4/search.html#chaining */
function isChained(
	world: World,
	resource: Resource,
	parameter: SearchParameter,
	type: string | undefined,
	rest: string,
	value: string,
): boolean {
	return select(world.registry, parameter, resource)
		.flatMap((one) => targetsOf(world, resource, literalOf(one)))
		.filter(({ resourceType }) => (type ? resourceType === type : parameter.targets.includes(resourceType)))
		.filter(({ resourceType }) => knows(world, resourceType, rest))
		.some((target) => matches(world, target, rest, value));
}

function targetsOf(world: World, resource: Resource, literal: string | undefined): Resource[] {
	if (literal === undefined) return [];
	if (literal.startsWith("#")) {
		const contained = containedOf(resource, literal);
		return contained ? [contained] : [];
	}
	const local = localOf(literal, world);
	return world.resources.filter(({ resourceType, id }) => `${resourceType}/${id}` === local);
}

/** A chain into several types asks those that have the parameter. */
const knows = (world: World, type: string, rest: string): boolean =>
	rest.startsWith("_has:") || world.registry.searchParameters(type).has(/^[^.:]+/.exec(rest)?.[0] ?? "");

/**
 * `_has:[type]:[reference]:[rest]`: some resource of the type that refers to this one satisfies the rest.
 * A contained resource has no identity to be referred to by others. https://hl7.org/fhir/R4/search.html#has
 */
function isReferredTo(world: World, resource: Resource, name: string, value: string): boolean {
	const [, type = "", code = "", rest = ""] = /^_has:([^:]+):([^:]+):(.+)$/.exec(name) ?? [];
	const parameter = world.registry.searchParameters(type).get(code);
	if (!parameter) throw new Error(`${type} has no parameter ${code}`);
	if (!world.resources.includes(resource)) return false;
	return world.resources
		.filter((source) => source.resourceType === type)
		.filter((source) =>
			select(world.registry, parameter, source).some((one) =>
				targetsOf(world, source, literalOf(one)).includes(resource),
			),
		)
		.some((source) => matches(world, source, rest, value));
}

const MATCHERS: Partial<Record<SearchParameter["type"], Matcher>> = {
	number,
	date,
	string,
	token,
	reference,
	quantity,
	uri,
};

function matcherOf({ code, type }: SearchParameter): Matcher {
	const matcher = MATCHERS[type];
	if (!matcher) throw new Error(`${code} is of type ${type}`);
	return matcher;
}

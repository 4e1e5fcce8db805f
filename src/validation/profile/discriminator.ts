import type { Definitions, Discriminator, Registry } from "../../definitions/index.ts";
import { isObject } from "../../kernel/index.ts";
import { childrenOf, valuesOf } from "../children.ts";
import { compilePath, expressionFault, type Node, type Path, type Scope } from "../fhirpath/index.ts";
import { membershipOf } from "../memberships.ts";
import { targetType } from "../references.ts";
import type { RunWalk } from "../run.ts";
import { fault, quote } from "../walk.ts";
import type { Compiler, Matcher } from "./compiler.ts";
import { holds, isSame } from "./equality.ts";
import { knownProfile, profileName } from "./find.ts";
import { isTelling, navigate, tellingOf, typesAt } from "./navigate.ts";
import type { Rule } from "./rule-tree.ts";

/** All discriminators together; a slice without any fits by what it fixes. https://hl7.org/fhir/R4/profiling.html#discriminator */
export function compileMatcher(compiler: Compiler, slice: Rule, discriminators: readonly Discriminator[]): Matcher {
	const url = extensionUrl(slice, compiler.definitions);
	if (url !== undefined) return (_walk, { value }) => isObject(value) && value.url === url;
	const given = discriminators.length > 0 ? discriminators : [{ type: "value" as const, path: "$this" }];
	const matchers = given.map((discriminator) => compileOne(compiler, slice, discriminator));
	return (walk, node, scope) => matchers.every((matches) => matches(walk, node, scope));
}

/** The url that the extensions of a slice have: the one it fixes, or that of its definition. */
export function extensionUrl(slice: Rule, definitions: Definitions): string | undefined {
	if (slice.name !== "extension" && slice.name !== "modifierExtension") return undefined;
	const fixed = slice.children.get("url")?.element.fixed;
	if (typeof fixed === "string") return fixed;
	const canonical = slice.element.types[0]?.profiles[0];
	return knownProfile(definitions, canonical ?? "")?.url ?? canonical?.split("|")[0];
}

/** What a slice fixes at the paths of its discriminators, in their order and in words: empty unless it does at each. */
export function signOf({ definitions }: Compiler, slice: Rule, discriminators: readonly Discriminator[]): string {
	const values = discriminators.map(({ type, path }) => {
		if (type !== "value" && type !== "pattern") return undefined;
		const [rule] = tellingOf(navigate(definitions, slice, path));
		const value = rule?.element.fixed ?? rule?.element.pattern;
		return value === undefined ? undefined : JSON.stringify(value);
	});
	const text = values.join(" and ");
	return values.includes(undefined) || text.length > MOST_SIGN ? "" : text;
}

const MOST_SIGN = 200;

function compileOne(compiler: Compiler, slice: Rule, { type, path }: Discriminator): Matcher {
	const unreadable = expressionFault(compiler.registry, "", path);
	if (unreadable !== undefined) return tellUnreadable(slice, path, unreadable);
	const nodes = nodesAt(compiler, path);
	const rules = navigate(compiler.definitions, slice, path);
	switch (type) {
		case "exists":
			return (_walk, node, scope) => nodes(node, scope).length > 0 === !rules.some(({ element }) => element.max === 0);
		case "type":
			return compileType(compiler, rules, path, nodes);
		case "profile":
			return compileConformity(rules, path, nodes);
		default:
			return compileValue(compiler, tellingOf(rules), nodes);
	}
}

const compileValue =
	(compiler: Compiler, rules: readonly Rule[], nodes: NodesAt): Matcher =>
	(walk, node, scope) => {
		const found = nodes(node, scope);
		return found.some((one) => rules.some((rule) => fits(compiler, walk, rule, one)));
	};

/** By a path that cannot be read nothing fits: said where a value is asked, for whoever keeps the profile. */
const tellUnreadable =
	({ profile }: Rule, path: string, reason: string): Matcher =>
	(walk) => {
		const text = `cannot be put into the slices of the profile ${profileName(profile)}: its discriminator ${quote(path)} is no FHIRPath (${reason})`;
		if (walk.run.options.advice) fault(walk, "profile-unusable", text);
		return false;
	};

type NodesAt = (node: Node, scope: Scope) => readonly Node[];

/** The path compiled for each type of value it is asked of. */
function nodesAt({ registry }: Compiler, path: string): NodesAt {
	if (path === "$this") return (node) => [node];
	const byType = new Map<string, Path>();
	return (node, scope) => {
		let compiled = byType.get(node.type);
		if (!compiled) {
			compiled = pathOf(registry, node.type, path);
			byType.set(node.type, compiled);
		}
		return compiled(node, scope);
	};
}

/** A path that names what a type does not have leads nowhere from it. */
function pathOf(registry: Registry, type: string, path: string): Path {
	try {
		return compilePath(registry, type, path);
	} catch {
		return () => [];
	}
}

function compileType(
	{ registry, definitions }: Compiler,
	rules: readonly Rule[],
	path: string,
	nodes: NodesAt,
): Matcher {
	const allowed = new Set(rules.flatMap((rule) => typesAt(definitions, rule)));
	const isType = (type: string): boolean => {
		for (let name: string | undefined = type; name !== undefined; name = registry.type(name)?.base)
			if (allowed.has(name)) return true;
		return false;
	};
	if (!path.endsWith("resolve()"))
		return (_walk, node, scope) => nodes(node, scope).some((found) => isType(found.type));
	const outer = nodesAt({ registry } as Compiler, path.replace(/\.?resolve\(\)$/, "") || "$this");
	return (_walk, node, scope) =>
		outer(node, scope).some((reference) => {
			const target = targetType(reference.value as never, scope, registry.isResourceType);
			return target !== undefined && isType(target);
		});
}

function compileConformity(rules: readonly Rule[], path: string, nodes: NodesAt): Matcher {
	const targets = path.endsWith("resolve()");
	const canonicals = targets
		? rules.map(({ profile }) => profile.url)
		: rules.flatMap(({ element }) => element.types.flatMap(({ profiles }) => profiles));
	return (walk, node, scope) =>
		nodes(node, scope).some((found) =>
			canonicals.some((canonical) => walk.run.conforms(walk, found, canonical)?.length === 0),
		);
}

/** Whether a value has all that a rule and the rules below it fix. */
function fits(compiler: Compiler, walk: RunWalk, rule: Rule, node: Node): boolean {
	const { fixed, pattern, binding } = rule.element;
	if (fixed !== undefined) return isSame(fixed, node.value as never);
	if (pattern !== undefined) return holds(pattern, node.value as never);
	const parts = [...rule.children.values()].filter(isTelling);
	if (parts.length > 0) return parts.every((part) => partFits(compiler, walk, part, node));
	if (binding?.strength === "required" && binding.valueSet !== undefined)
		return membershipOf(walk.run.memberships, binding.valueSet, node.value as never) === "in";
	return true;
}

function partFits(compiler: Compiler, walk: RunWalk, part: Rule, { value, type }: Node): boolean {
	if (!isObject(value)) return false;
	const found = valuesOf(value, childrenOf(compiler.registry, type, part.name));
	const wanted = part.slices.filter((slice) => slice.element.min > 0 && isTelling(slice));
	if (!wanted.every((slice) => found.some(({ node }) => fits(compiler, walk, slice, node)))) return false;
	if (found.length === 0) return part.element.min === 0;
	return found.some(({ node }) => fits(compiler, walk, part, node));
}

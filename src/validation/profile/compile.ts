import type { Definitions, Profile, TypeRule } from "../../definitions/index.ts";
import { type Child, childrenOf } from "../children.ts";
import { CORE, compileAll } from "../meaning.ts";
import { type Body, type Compiler, type Group, type SlicingPlan, signatureOf } from "./compiler.ts";
import { compileMatcher } from "./discriminator.ts";
import { contentOf, type Rule, ruleTree } from "./rule-tree.ts";

/** Compiles a profile for the type it describes; each profile once. */
export const compileProfile = (compiler: Compiler, profile: Profile): Body =>
	compileBody(compiler, ruleTree(profile), profile.type, undefined);

/** `parent` is the type of the value around, whose own constraints need not be tried again. */
export function compileBody(compiler: Compiler, rule: Rule, type: string, parent: string | undefined): Body {
	let byType = compiler.bodies.get(rule);
	if (!byType) {
		byType = new Map();
		compiler.bodies.set(rule, byType);
	}
	const known = byType.get(type);
	if (known) return known;
	const { element } = rule;
	const inBase = [compiler.constraintsOf(type), ...(parent === undefined ? [] : [compiler.constraintsOf(parent)])];
	const own = (element.constraints ?? []).filter((one) => !inBase.some((keys) => keys.has(signatureOf(one))));
	const body: Body = {
		rule,
		type,
		invariants: compileAll(compiler.registry, type, own),
		binding: element.binding,
		typeRule: telling(element.types.find(({ code }) => code === type)),
		groups: [],
	};
	byType.set(type, body);
	for (const child of contentOf(rule).children.values()) {
		const group = compileGroup(compiler, child, type);
		if (group) body.groups.push(group);
	}
	return body;
}

const telling = (type: TypeRule | undefined): TypeRule | undefined =>
	type && (type.profiles.length > 0 || type.targetProfiles.length > 0 || type.aggregation || type.versioning)
		? type
		: undefined;

function compileGroup(compiler: Compiler, rule: Rule, type: string): Group | undefined {
	const children = childrenOf(compiler.registry, type, rule.name);
	const [first] = children;
	if (!first) return undefined;
	const { min, max } = rule.element;
	const bodies = new Map<string, Body>();
	for (const child of children) {
		const body = compileBody(compiler, rule, child.type, type);
		if (saysSomething(body, child, compiler)) bodies.set(child.type, body);
	}
	const group: Group = {
		rule,
		name: rule.name,
		children,
		min: min > first.min ? min : 0,
		max: max < first.max ? max : Number.POSITIVE_INFINITY,
		allowed: narrowed(rule, children),
		slicing: compileSlicing(compiler, rule, type, children),
		body: bodyOf(bodies, children),
	};
	const says =
		group.min > 0 || group.max < Number.POSITIVE_INFINITY || group.allowed || group.slicing || bodies.size > 0;
	return says ? group : undefined;
}

const isOpenType = (type: string): boolean => type === "Resource" || type === "DomainResource";

function compileSlicing(
	compiler: Compiler,
	rule: Rule,
	owner: string,
	children: readonly Child[],
): SlicingPlan | undefined {
	const { slicing } = rule.element;
	if (!slicing || (rule.slices.length === 0 && slicing.rules !== "closed")) return undefined;
	const slices = rule.slices.map((slice) => {
		const bodies = new Map<string, Body>();
		for (const child of children) {
			const body = compileBody(compiler, slice, child.type, owner);
			if (saysSomething(body, child, compiler)) bodies.set(child.type, body);
		}
		return {
			rule: slice,
			name: slice.element.sliceName ?? "",
			matches: compileMatcher(compiler, slice, slicing.discriminators),
			body: bodyOf(bodies, children),
			inner: compileSlicing(compiler, slice, owner, children),
		};
	});
	return { slicing, slices };
}

/** A place for any resource is compiled once: what stands there has a type of its own. */
const bodyOf =
	(bodies: ReadonlyMap<string, Body>, [first]: readonly Child[]) =>
	(type: string): Body | undefined =>
		bodies.get(type) ?? (first && isOpenType(first.type) ? bodies.get(first.type) : undefined);

function narrowed({ element }: Rule, children: readonly Child[]): ReadonlySet<string> | undefined {
	const codes = new Set(element.types.map(({ code }) => code));
	if (codes.size === 0 || children.every(({ type }) => codes.has(type))) return undefined;
	return children.some(({ type }) => type.includes(".")) ? undefined : codes;
}

function saysSomething(body: Body, child: Child, { definitions }: Compiler): boolean {
	const { element } = body.rule;
	if (body.groups.length > 0 || body.invariants.length > 0 || element.contentReference !== undefined) return true;
	if (element.fixed !== undefined || element.pattern !== undefined || element.maxLength !== undefined) return true;
	if (element.minValue || element.maxValue) return true;
	return saysOfType(body, definitions) || saysOfCodes(body, child, definitions);
}

/** Targets that are R4's own types, as R4 has them, say nothing new. */
const saysOfType = ({ typeRule, rule }: Body, definitions: Definitions): boolean =>
	typeRule !== undefined && !isAsInBase(rule, definitions, (base) => isSameTargets(base, rule));

function isSameTargets(base: Rule, rule: Rule): boolean {
	const text = ({ element }: Rule): string =>
		JSON.stringify(
			element.types.map(({ code, profiles, targetProfiles }) => [code, profiles, [...targetProfiles].sort()]),
		);
	return text(base) === text(rule);
}

const saysOfCodes = ({ binding, rule }: Body, _child: Child, definitions: Definitions): boolean =>
	binding?.valueSet !== undefined &&
	(binding.strength === "required" || binding.strength === "extensible" || binding.maxValueSet !== undefined) &&
	!isAsInBase(
		rule,
		definitions,
		({ element }) => element.binding?.valueSet === binding.valueSet && element.binding?.strength === binding.strength,
	);

/** Compares with the same path of the type's own definition; a path inside a data type has none there. */
function isAsInBase(rule: Rule, definitions: Definitions, same: (base: Rule) => boolean): boolean {
	const profile = definitions.profile(CORE + rule.profile.type);
	if (!profile) return false;
	let base: Rule | undefined = ruleTree(profile);
	for (const name of rule.element.path.split(".").slice(1)) base = base?.children.get(name);
	return base !== undefined && same(base);
}

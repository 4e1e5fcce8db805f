import type { Binding, Definitions, Profile, TypeRule } from "../../definitions/index.ts";
import { type Child, childrenOf } from "../children.ts";
import { CORE, compileAll } from "../meaning.ts";
import { type Body, type Compiler, type Group, type SlicingPlan, signatureOf } from "./compiler.ts";
import { compileMatcher, signOf } from "./discriminator.ts";
import { knownProfile } from "./find.ts";
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
		typeRule: telling(element.types.find(({ code }) => code === type || isOpenType(code))),
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
	const bodies = compileBodies(compiler, rule, children, type);
	const group: Group = {
		rule,
		name: rule.name,
		children,
		min: min > first.min ? min : 0,
		max: max < first.max ? max : Number.POSITIVE_INFINITY,
		allowed: narrowed(rule, children),
		slicing: compileSlicing(compiler, rule, type, children),
		body: bodies.of,
	};
	const says =
		group.min > 0 || group.max < Number.POSITIVE_INFINITY || group.allowed || group.slicing || !bodies.isEmpty;
	return says ? group : undefined;
}

type Bodies = { readonly isEmpty: boolean; readonly of: (type: string) => Body | undefined };

/** What a rule says of values by their type; at a place for any resource, by the type of what stands there. */
function compileBodies(compiler: Compiler, rule: Rule, children: readonly Child[], owner: string): Bodies {
	const compile = (type: string): Body | undefined => {
		const body = compileBody(compiler, rule, type, owner);
		return saysSomething(body, compiler) ? body : undefined;
	};
	if (children.some(({ type }) => isOpenType(type))) {
		const { types } = rule.element;
		const isEmpty = rule.children.size === 0 && types.every(({ profiles }) => profiles.length === 0);
		return { isEmpty, of: isEmpty ? () => undefined : compile };
	}
	const bodies = new Map<string, Body>();
	for (const { type } of children) {
		const body = compile(type);
		if (body) bodies.set(type, body);
	}
	return { isEmpty: bodies.size === 0, of: (type) => bodies.get(type) };
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
	const slices = rule.slices.map((slice) => ({
		rule: slice,
		name: slice.element.sliceName ?? "",
		matches: compileMatcher(compiler, slice, slicing.discriminators),
		sign: () => signOf(compiler, slice, slicing.discriminators),
		body: compileBodies(compiler, slice, children, owner).of,
		inner: compileSlicing(compiler, slice, owner, children),
	}));
	return { slicing, slices };
}

function narrowed({ element }: Rule, children: readonly Child[]): ReadonlySet<string> | undefined {
	const codes = new Set(element.types.map(({ code }) => code));
	if (codes.size === 0 || children.every(({ type }) => codes.has(type))) return undefined;
	return children.some(({ type }) => type.includes(".")) ? undefined : codes;
}

function saysSomething(body: Body, { definitions }: Compiler): boolean {
	const { element } = body.rule;
	if (body.groups.length > 0 || body.invariants.length > 0 || element.contentReference !== undefined) return true;
	if (element.fixed !== undefined || element.pattern !== undefined || element.maxLength !== undefined) return true;
	if (element.minValue || element.maxValue) return true;
	return saysOfType(body, definitions) || saysOfCodes(body, definitions);
}

/** Targets that are R4's own types, as R4 has them, say nothing new. */
const saysOfType = ({ typeRule, rule }: Body, definitions: Definitions): boolean =>
	typeRule !== undefined && !isAsInBase(rule, definitions, (base) => isSameTargets(base, rule));

function isSameTargets(base: Rule, rule: Rule): boolean {
	const text = ({ element }: Rule): string =>
		JSON.stringify(
			element.types.map(({ code, profiles, targetProfiles, aggregation, versioning }) => [
				code,
				profiles,
				[...targetProfiles].sort(),
				aggregation,
				versioning,
			]),
		);
	return text(base) === text(rule);
}

const saysOfCodes = ({ binding, rule }: Body, definitions: Definitions): boolean =>
	binding !== undefined &&
	(binding.strength === "required" || binding.strength === "extensible" || binding.maxValueSet !== undefined) &&
	!isAsInBase(rule, definitions, ({ element }) => isSameBinding(element.binding, binding));

const isSameBinding = (base: Binding | undefined, binding: Binding): boolean =>
	base?.valueSet === binding.valueSet &&
	base?.strength === binding.strength &&
	base?.maxValueSet === binding.maxValueSet;

/** Compares with the same path of the type's own definition; a path inside a data type has none there. */
function isAsInBase(rule: Rule, definitions: Definitions, same: (base: Rule) => boolean): boolean {
	const profile = knownProfile(definitions, CORE + rule.profile.type);
	if (!profile) return false;
	let base: Rule | undefined = ruleTree(profile);
	for (const name of rule.element.path.split(".").slice(1)) base = base?.children.get(name);
	return base !== undefined && same(base);
}

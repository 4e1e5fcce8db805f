import { isObject, type Json } from "../../kernel/index.ts";
import { checkBinding, shownCodings } from "../bindings.ts";
import { at, type Found, valuesOf } from "../children.ts";
import { codingsOf } from "../codings-of.ts";
import type { Node } from "../fhirpath/index.ts";
import { tryInvariants } from "../invariants.ts";
import type { RunWalk } from "../run.ts";
import { fault } from "../walk.ts";
import { compareToBound } from "./bounds.ts";
import { checkSlicing } from "./check-slicing.ts";
import { checkTypeRule } from "./check-type.ts";
import type { Body, Group } from "./compiler.ts";
import { holds, isSame } from "./equality.ts";
import { profileName } from "./find.ts";

/** Looks at one value by what a profile says of it; the walk stands at the value. */
export function checkBody(walk: RunWalk, body: Body, node: Node): void {
	checkValue(walk, body, node);
	if (body.typeRule) checkTypeRule(walk, body.typeRule, node);
	const { advice } = walk.run.options;
	if (body.binding && node.value !== undefined) checkBinding(walk, body.binding, body.type, node.value as Json);
	if (body.invariants.length > 0) tryInvariants(walk, body.invariants, node, walk.scope, advice);
	if (!isObject(node.value)) return;
	for (const group of body.groups) checkGroup(walk, group, node);
}

function checkValue(walk: RunWalk, { rule, type }: Body, node: Node): void {
	const value = node.value as Json | undefined;
	const { fixed, pattern, minValue, maxValue, maxLength } = rule.element;
	if (fixed !== undefined && !isSame(fixed, value))
		fault(walk, "fixed", `must be exactly ${shownJson(fixed)}${insteadOf(type, value)}`);
	if (pattern !== undefined && !holds(pattern, value))
		fault(walk, "pattern", `must ${isObject(pattern) ? "have" : "be"} ${shownJson(pattern)}${insteadOf(type, value)}`);
	if (minValue && (compareToBound(value, minValue) ?? 0) < 0)
		fault(walk, "min-value", `must be at least ${shownJson(minValue.value)}`);
	if (maxValue && (compareToBound(value, maxValue) ?? 0) > 0)
		fault(walk, "max-value", `must be at most ${shownJson(maxValue.value)}`);
	if (maxLength !== undefined && typeof value === "string" && [...value].length > maxLength)
		fault(walk, "max-length", `must have at most ${maxLength} characters, not ${[...value].length}`);
}

/** The codes found; other values are a client's own, and are not repeated. */
function insteadOf(type: string, value: Json | undefined): string {
	const codes = type === "code" || isObject(value) ? codingsOf(type, value) : undefined;
	return codes ? `: it has ${shownCodings(codes)}` : "";
}

/** What a profile asks for is no client's data, and may be shown in full. */
const shownJson = (value: Json): string => (typeof value === "string" ? `"${value}"` : JSON.stringify(value));

function checkGroup(walk: RunWalk, group: Group, owner: Node): void {
	if (!isObject(owner.value)) return;
	const values = valuesOf(owner.value, group.children);
	const name = group.name.replace("[x]", "");
	if (values.length < group.min) fault(walk, "profile-min", missing(group, values.length), name);
	if (values.length > group.max) fault(walk, "profile-max", tooMany(group, values.length), name);
	for (const found of values) checkOne(walk, group, found);
	if (group.slicing) checkSlicing(walk, group.slicing, name, values, checkBody);
}

function checkOne(walk: RunWalk, group: Group, found: Found): void {
	at(walk, found, () => {
		const { type } = found.node;
		if (group.allowed && !group.allowed.has(type)) {
			fault(
				walk,
				"profile-value-type",
				`must be ${[...group.allowed].join(" or ")} by ${profileOf(group)}, not ${type}`,
			);
		}
		const body = group.body(type);
		if (body) checkBody(walk, body, found.node);
	});
}

function missing(group: Group, count: number): string {
	const by = profileOf(group);
	return count === 0 && group.min === 1
		? `is missing: ${by} requires it`
		: `must have at least ${group.min} ${group.min === 1 ? "value" : "values"} by ${by}, not ${count}`;
}

const tooMany = (group: Group, count: number): string =>
	group.max === 0
		? `must be absent by ${profileOf(group)}: remove it`
		: `must have at most ${group.max} ${group.max === 1 ? "value" : "values"} by ${profileOf(group)}, not ${count}`;

const profileOf = ({ rule }: Group): string => `the profile ${profileName(rule.profile)}`;

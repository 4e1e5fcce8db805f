import type { Definitions } from "../../definitions/index.ts";
import { knownProfile } from "./find.ts";
import { type Rule, ruleTree } from "./rule-tree.ts";

/**
 * The rules that a discriminator's path leads to below a slice: through its elements, through the profiles of a type,
 * and by `resolve()` to the profiles of a target. https://hl7.org/fhir/R4/profiling.html#discriminator
 */
export function navigate(definitions: Definitions, slice: Rule, path: string): readonly Rule[] {
	let rules: readonly Rule[] = [slice];
	for (const step of stepsOf(path)) rules = rules.flatMap((rule) => stepFrom(definitions, rule, step));
	return rules;
}

/** `a.extension('http://x.y').value` → `a`, `extension('http://x.y')`, `value`. */
const stepsOf = (path: string): readonly string[] => path.match(/[A-Za-z$_]+(?:\[x\])?(?:\([^)]*\))?/g) ?? [];

function stepFrom(definitions: Definitions, rule: Rule, step: string): readonly Rule[] {
	const [, name = "", argument] = /^([^(]+)(?:\((.*)\))?$/.exec(step) ?? [];
	if (name === "$this") return [rule];
	if (name === "resolve") return targetsOf(definitions, rule);
	if (name === "extension" && argument !== undefined) return extensionOf(definitions, rule, unquote(argument));
	if ((name === "ofType" || name === "as") && argument !== undefined) return ofType(rule, argument);
	return childOf(definitions, rule, name);
}

const unquote = (text: string): string => text.replace(/^['"]|['"]$/g, "");

const targetsOf = (definitions: Definitions, { element }: Rule): readonly Rule[] =>
	element.types.flatMap(({ targetProfiles }) => targetProfiles).flatMap((canonical) => rootOf(definitions, canonical));

function rootOf(definitions: Definitions, canonical: string): readonly Rule[] {
	const profile = knownProfile(definitions, canonical);
	return profile ? [ruleTree(profile)] : [];
}

function extensionOf(definitions: Definitions, rule: Rule, url: string): readonly Rule[] {
	const slices = rule.children.get("extension")?.slices ?? [];
	return slices.flatMap((slice) => {
		const canonicals = slice.element.types.flatMap(({ profiles }) => profiles);
		const isIt =
			slice.children.get("url")?.element.fixed === url || canonicals.some((one) => one.split("|")[0] === url);
		if (!isIt) return [];
		return slice.children.size > 0 ? [slice] : canonicals.flatMap((canonical) => rootOf(definitions, canonical));
	});
}

function ofType(rule: Rule, type: string): readonly Rule[] {
	const name = type.replace(/^FHIR\./, "");
	const slices = rule.slices.filter(({ element }) => element.types.every(({ code }) => code === name));
	return slices.length > 0 ? slices : [rule];
}

function childOf(definitions: Definitions, rule: Rule, name: string): readonly Rule[] {
	const found = [rule, ...neededSlices(rule)].flatMap(
		({ children }) => children.get(name) ?? children.get(`${name}[x]`) ?? [],
	);
	if (found.length > 0) return found;
	return rule.element.types
		.flatMap(({ profiles }) => profiles)
		.flatMap((canonical) => rootOf(definitions, canonical))
		.flatMap((root) => childOf(definitions, root, name));
}

/** The types that a value at a rule may be of: those it lists, or those of its profiles' targets behind a `resolve()`. */
export function typesAt(definitions: Definitions, rule: Rule): readonly string[] {
	const { types, path } = rule.element;
	if (types.length === 0) return [path.includes(".") ? path : rule.profile.type];
	return types.flatMap(({ code, profiles }) => {
		const narrower = profiles.flatMap((canonical) => knownProfile(definitions, canonical)?.type ?? []);
		return narrower.length > 0 ? narrower : [code];
	});
}

/** Of the rules where a path ends, those that fix something; a slice that must be there repeats what holds for all. */
export function tellingOf(rules: readonly Rule[]): readonly Rule[] {
	const telling = rules
		.flatMap((rule) => {
			const slices = neededSlices(rule);
			return slices.length > 0 ? slices : [rule];
		})
		.filter(isTelling);
	return telling.length > 0 ? telling : rules;
}

/** The slices of an element that must be there and fix something, as `code.coding` has in the published blood pressure. */
const neededSlices = ({ element, slices }: Rule): readonly Rule[] =>
	element.sliceName === undefined ? slices.filter((slice) => slice.element.min > 0 && isTelling(slice)) : [];

/** Whether a rule, or one below it, fixes a value. */
export function isTelling(rule: Rule): boolean {
	const { fixed, pattern } = rule.element;
	if (fixed !== undefined || pattern !== undefined) return true;
	const below = [...rule.children.values(), ...rule.slices.filter(({ element }) => element.min > 0)];
	return below.some(isTelling);
}

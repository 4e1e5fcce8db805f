import { isObject, type Json } from "../kernel/index.ts";
import { defined, type ElementChange } from "./element-change.ts";
import type { Binding, Constraint, ElementRule, Slicing, TypeRule } from "./profile.ts";

/** What a profile may not do to what it is derived from; the text names fault and mend. */
export class NarrowingFault extends Error {}

/** Whether a type is another or is derived from it: `Age` is a `Quantity`. */
export type IsKindOf = (type: string, base: string) => boolean;

/** What makes one slice of the repetitions or types of an element, where a profile does not say it. */
export const BY_URL: Slicing = { rules: "open", ordered: false, discriminators: [{ type: "value", path: "url" }] };
export const BY_TYPE: Slicing = { rules: "open", ordered: false, discriminators: [{ type: "type", path: "$this" }] };

/** An element that stands in no base. Optional and repeating where it does not say. */
export const wholeRule = (change: ElementChange): ElementRule =>
	withoutDefaults({
		...change,
		min: change.min ?? 0,
		max: change.max ?? Number.POSITIVE_INFINITY,
		types: change.types ?? [],
		slicing: change.slicing && { ...NO_SLICING, ...change.slicing },
	});

const NO_SLICING: Slicing = { rules: "open", ordered: false, discriminators: [] };

const isExtension = (path: string): boolean => /\.(?:modifierE|e)xtension$/.test(path);

/** Extensions are sliced by url everywhere, so it is said only where slices are. */
const withoutDefaults = (rule: { [Key in keyof ElementRule]: ElementRule[Key] | undefined }): ElementRule =>
	defined({
		...rule,
		slicing: isExtension(rule.path ?? "") && isOpenByUrl(rule.slicing) ? undefined : rule.slicing,
	}) as ElementRule;

const isOpenByUrl = (slicing: Slicing | undefined): boolean =>
	slicing?.rules === "open" &&
	!slicing.ordered &&
	slicing.discriminators.length === 1 &&
	slicing.discriminators[0]?.path === "url" &&
	slicing.discriminators[0]?.type === "value";

/**
 * What an element says after a profile has changed it: what is given replaces, constraints add up.
 * https://hl7.org/fhir/R4/profiling.html#limitations
 * @throws NarrowingFault when the change allows what the base forbids.
 */
export function narrow(base: ElementRule, change: ElementChange, isKindOf: IsKindOf): ElementRule {
	const isRoot = !base.path.includes(".");
	const min = change.min ?? base.min;
	const max = change.max ?? base.max;
	if (!isRoot) checkCardinality(base, min, max);
	const types = change.types === undefined || isRoot ? base.types : narrowTypes(base, change.types, isKindOf);
	checkValues(base, change);
	if (change.maxLength !== undefined && base.maxLength !== undefined && change.maxLength > base.maxLength) {
		throw new NarrowingFault(`maxLength ${change.maxLength} is above ${base.maxLength} of the base: lower it`);
	}
	return withoutDefaults({
		...base,
		...change,
		min,
		max,
		types,
		contentReference: types.length > 0 ? undefined : base.contentReference,
		slicing: change.slicing === undefined ? base.slicing : narrowSlicing(base.slicing, change.slicing),
		binding: change.binding === undefined ? base.binding : narrowBinding(base.binding, change.binding),
		constraints: accumulate(base.constraints, change.constraints),
		mustSupport: base.mustSupport ?? change.mustSupport,
		isModifier: base.isModifier ?? change.isModifier,
	});
}

const times = (count: number): string => (count === Number.POSITIVE_INFINITY ? "*" : String(count));

function checkCardinality(base: ElementRule, min: number, max: number): void {
	const given = `${min}..${times(max)}`;
	if (min < base.min || max > base.max) {
		const bounds = `${base.min}..${times(base.max)}`;
		throw new NarrowingFault(`cardinality ${given} is wider than ${bounds} of the base: stay within it`);
	}
	if (min > max) throw new NarrowingFault(`cardinality ${given} cannot be met: make min at most max`);
}

function checkValues(base: ElementRule, { fixed, pattern }: ElementChange): void {
	if (base.fixed !== undefined && fixed !== undefined && !(holds(fixed, base.fixed) && holds(base.fixed, fixed))) {
		throw new NarrowingFault("the fixed value differs from that of the base: repeat it or leave it out");
	}
	const given = fixed ?? pattern;
	if (base.pattern !== undefined && given !== undefined && !holds(given, base.pattern)) {
		const name = fixed === undefined ? "pattern" : "fixed value";
		throw new NarrowingFault(`the ${name} lacks a part of the pattern of the base: repeat it and add to it`);
	}
}

/** Whether all that a pattern has is in a value. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_ */
function holds(value: Json | undefined, pattern: Json | undefined): boolean {
	if (Array.isArray(pattern)) {
		return Array.isArray(value) && pattern.every((part) => value.some((one) => holds(one, part)));
	}
	if (isObject(pattern)) {
		return isObject(value) && Object.entries(pattern).every(([key, part]) => holds(value[key], part));
	}
	// Numbers are kept as they were written.
	return JSON.stringify(value) === JSON.stringify(pattern);
}

/** A type that is repeated without its profiles keeps those of the base. */
function narrowTypes(base: ElementRule, given: readonly TypeRule[], isKindOf: IsKindOf): TypeRule[] {
	return given.map((type) => {
		const same = base.types.find(({ code }) => code === type.code);
		if (same !== undefined) {
			return {
				...same,
				...type,
				profiles: type.profiles.length > 0 ? type.profiles : same.profiles,
				targetProfiles: type.targetProfiles.length > 0 ? type.targetProfiles : same.targetProfiles,
			};
		}
		const isNarrower = base.types.some(({ code }) => isKindOf(type.code, code));
		if (base.types.length === 0 || isNarrower) return type;
		const allowed = base.types.map(({ code }) => code).join(", ");
		throw new NarrowingFault(`the type ${type.code} is none of the base (${allowed}): choose among these`);
	});
}

function narrowSlicing(base: Slicing | undefined, given: Partial<Slicing>): Slicing {
	const slicing = { ...NO_SLICING, ...base, ...given };
	if (base !== undefined && base.rules === "closed" && slicing.rules !== "closed") {
		throw new NarrowingFault(`the slicing is ${slicing.rules}, that of the base closed: leave rules out`);
	}
	if (base?.ordered && !slicing.ordered) {
		throw new NarrowingFault("the slicing is not ordered, that of the base is: leave ordered out");
	}
	return slicing;
}

const STRENGTHS = ["example", "preferred", "extensible", "required"];

function narrowBinding(base: Binding | undefined, given: Binding): Binding {
	if (base !== undefined && STRENGTHS.indexOf(given.strength) < STRENGTHS.indexOf(base.strength)) {
		throw new NarrowingFault(`the binding is ${given.strength}, that of the base ${base.strength}: do not weaken it`);
	}
	return defined({
		...given,
		valueSet: given.valueSet ?? base?.valueSet,
		maxValueSet: given.maxValueSet ?? base?.maxValueSet,
	} as Binding);
}

/** Those of the base stay; one of the same key is the same. */
function accumulate(
	base: readonly Constraint[] | undefined,
	given: readonly Constraint[] | undefined,
): readonly Constraint[] | undefined {
	if (base === undefined || given === undefined) return given ?? base;
	const known = new Set(base.map(({ key }) => key));
	return [...base, ...given.filter(({ key }) => !known.has(key))];
}

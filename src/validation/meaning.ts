import type { Binding, Constraint, Definitions, ElementRule, Registry } from "../definitions/index.ts";
import { compileTest, type Test } from "./fhirpath/index.ts";

/** An invariant ready to be tried. */
export type Invariant = { readonly constraint: Constraint; readonly test: Test };

/** What base R4 says of an element beyond its structure. */
export type ElementMeaning = {
	readonly invariants: readonly Invariant[];
	/** Where codes are bound, and the structure check does not see to it. */
	readonly binding: Binding | undefined;
	/** Resource types that a reference may point to; absent: any. */
	readonly targets: readonly string[] | undefined;
};

export type TypeMeaning = {
	/** Tried on every value of the type. */
	readonly invariants: readonly Invariant[];
	/** By JSON property; only those of which something is said. */
	readonly elements: ReadonlyMap<string, ElementMeaning>;
};

export interface Meanings {
	/** Of a resource type, data type or nested element (`Patient.contact`); made when first asked for. */
	of(type: string): TypeMeaning;
}

/** Held by code of our own, quicker and with the place: the same rules under the same keys. */
const HELD = new Set(["ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "txt-1", "txt-2", "ref-1", "bdl-7"]);

export const CORE = "http://hl7.org/fhir/StructureDefinition/";

/** The meanings of R4's own types, from its own definitions: nothing that is added later changes them. */
export function meaningsOf(registry: Registry, standard: Definitions): Meanings {
	const made = new Map<string, TypeMeaning>();
	return {
		of(type) {
			let meaning = made.get(type);
			if (!meaning) {
				meaning = makeMeaning(registry, standard, type);
				made.set(type, meaning);
			}
			return meaning;
		},
	};
}

function makeMeaning(registry: Registry, standard: Definitions, type: string): TypeMeaning {
	const elements = standard.profile(CORE + type.split(".")[0])?.elements ?? [];
	const own = elements.find(({ path }) => path === type);
	const rules = new Map(elements.filter((element) => isBelow(element, type)).map((rule) => [lastName(rule), rule]));
	const meanings = new Map<string, ElementMeaning>();
	for (const [key, model] of registry.type(type)?.elements ?? []) {
		const rule = rules.get(model.choice === undefined ? key : `${model.choice}[x]`);
		if (!rule) continue;
		const constraints = [...(rule.constraints ?? []), ...narrowing(standard, rule, model.type)];
		const invariants = isNested(registry, model.type) ? [] : compileAll(registry, model.type, constraints);
		const binding = isBound(model.type, rule.binding, registry) ? rule.binding : undefined;
		const targets = model.type === "Reference" ? model.targets : undefined;
		if (invariants.length > 0 || binding || targets) meanings.set(key, { invariants, binding, targets });
	}
	return { invariants: compileAll(registry, type, own?.constraints), elements: meanings };
}

/** What the profile of a type adds where R4 itself asks for one: a SimpleQuantity is a Quantity without comparator. */
function narrowing(standard: Definitions, rule: ElementRule, type: string): readonly Constraint[] {
	const profiles = rule.types.find(({ code }) => code === type)?.profiles ?? [];
	if (profiles.length === 0) return [];
	const plain = new Set(standard.profile(CORE + type)?.elements[0]?.constraints?.map(({ key }) => key));
	const added = profiles.flatMap((canonical) => standard.profile(canonical)?.elements[0]?.constraints ?? []);
	return added.filter(({ key }) => !plain.has(key));
}

const isBelow = ({ path }: ElementRule, type: string): boolean =>
	path.startsWith(`${type}.`) && !path.includes(".", type.length + 1);

const lastName = ({ path }: ElementRule): string => path.slice(path.lastIndexOf(".") + 1);

/** Its invariants are tried as those of its own type. */
const isNested = (registry: Registry, type: string): boolean => registry.type(type)?.kind === "backbone";

const CODED = new Set(["code", "Coding", "CodeableConcept", "Quantity", "string", "uri", "canonical"]);

/** Plain codes of listed sets are held by the structure check. */
function isBound(type: string, binding: Binding | undefined, registry: Registry): boolean {
	if (!binding || !CODED.has(type)) return false;
	const { strength, valueSet, maxValueSet } = binding;
	if (maxValueSet !== undefined) return true;
	if (valueSet === undefined || (strength !== "required" && strength !== "extensible")) return false;
	return type !== "code" || registry.codes(valueSet.split("|")[0] ?? "") === undefined;
}

/** Compiles the constraints that have an expression and are not held otherwise. */
export const compileAll = (
	registry: Registry,
	type: string,
	constraints: readonly Constraint[] = [],
): readonly Invariant[] =>
	constraints
		.filter(({ key, expression }) => expression !== undefined && !HELD.has(key))
		.map((constraint) => ({ constraint, test: compileTest(registry, type, constraint.expression ?? "true") }));

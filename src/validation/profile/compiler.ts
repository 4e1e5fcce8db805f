import type { Binding, Definitions, Registry, Slicing, TypeRule } from "../../definitions/index.ts";
import type { Child } from "../children.ts";
import type { Node, Scope } from "../fhirpath/index.ts";
import { CORE, type Invariant } from "../meaning.ts";
import type { RunWalk } from "../run.ts";
import { knownProfile } from "./find.ts";
import type { Rule } from "./rule-tree.ts";

/** What a profile says of one value of a known type, beyond what R4 says of it anyway. */
export type Body = {
	readonly rule: Rule;
	readonly type: string;
	readonly invariants: readonly Invariant[];
	readonly binding: Binding | undefined;
	/** Where profiles of the value or of its target are asked for. */
	readonly typeRule: TypeRule | undefined;
	readonly groups: Group[];
};

/** What a profile says of an element of a value: how many, of which types, in which slices, and of each one. */
export type Group = {
	readonly rule: Rule;
	readonly name: string;
	readonly children: readonly Child[];
	/** Only where they are narrower than R4's: else 0 and Infinity. */
	readonly min: number;
	readonly max: number;
	/** Only where R4 allows more types. */
	readonly allowed: ReadonlySet<string> | undefined;
	readonly slicing: SlicingPlan | undefined;
	/** `undefined` for a type of which the profile says nothing. */
	body(type: string): Body | undefined;
};

/** How the values of an element are told apart, and what each slice is. */
export type SlicingPlan = { readonly slicing: Slicing; readonly slices: readonly Slice[] };

export type Slice = {
	readonly rule: Rule;
	readonly name: string;
	readonly matches: Matcher;
	/** The values that tell it, as `"http://loinc.org"`, for messages; empty where it is told by something else. */
	sign(): string;
	/** What the profile says of a value of the slice, by its type. */
	body(type: string): Body | undefined;
	/** A slice that is sliced again. */
	readonly inner: SlicingPlan | undefined;
};

/** Whether a value belongs to a slice. */
export type Matcher = (walk: RunWalk, node: Node, scope: Scope) => boolean;

/** What compiling looks things up in. */
export type Compiler = {
	readonly registry: Registry;
	readonly definitions: Definitions;
	/** Keys and expressions of the constraints that R4 itself states for a type and its elements. */
	constraintsOf(type: string): ReadonlySet<string>;
	readonly bodies: Map<Rule, Map<string, Body>>;
};

const compilers = new WeakMap<Definitions, Compiler>();

/** The compiler of a place's definitions: what it has made stays as long as they do. */
export function compilerOf(registry: Registry, definitions: Definitions): Compiler {
	const known = compilers.get(definitions);
	if (known) return known;
	const constraints = new Map<string, ReadonlySet<string>>();
	const compiler: Compiler = {
		registry,
		definitions,
		bodies: new Map(),
		constraintsOf(type) {
			const root = type.split(".")[0] ?? type;
			let keys = constraints.get(root);
			if (!keys) {
				const elements = knownProfile(definitions, CORE + root)?.elements ?? [];
				keys = new Set(elements.flatMap((element) => (element.constraints ?? []).map(signatureOf)));
				constraints.set(root, keys);
			}
			return keys;
		},
	};
	compilers.set(definitions, compiler);
	return compiler;
}

/** A constraint is R4's own where both its key and its expression are. */
export const signatureOf = ({ key, expression = "" }: { key: string; expression?: string }): string =>
	`${key} ${expression}`;

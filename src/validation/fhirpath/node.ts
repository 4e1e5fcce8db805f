import type { Registry } from "../../definitions/index.ts";
import type { JsonObject } from "../../kernel/index.ts";

/**
 * A value on its way through an expression: parsed JSON, the `_x` twin of a primitive, and its type: a FHIR type name
 * (`Observation`, `Observation.component`, `code`) or a type of the language itself (`System.Boolean`).
 */
export type Node = { readonly value: unknown; readonly twin?: JsonObject; readonly type: string };

/** What an expression can see beside its focus. */
export type Scope = {
	readonly registry: Registry;
	/** %resource: the resource that directly contains the focus. */
	readonly resource: Node;
	/** %rootResource: the container of a contained resource, else the same as `resource`. */
	readonly rootResource: Node;
	/** %context: where the evaluation began; the focus where absent. */
	readonly context?: Node;
	/** Shared by all evaluations over one resource, so that many costly invariants end too. */
	readonly budget?: Budget;
	/** What resolve() finds (in the Bundle, in contained); `undefined` where it is not at hand. */
	resolve(reference: string, from: Node): JsonObject | undefined;
	/** `undefined` where it cannot be told; so for the next two. */
	conformsTo?(node: Node, profile: string): boolean | undefined;
	memberOf?(node: Node, valueSet: string): boolean | undefined;
	/** Whether the first code subsumes the second. */
	subsumes?(general: Node, special: Node): boolean | undefined;
};

/** How many steps (nodes looked at) are left. */
export type Budget = { left: number };

/** Makes a node; all have one shape, which keeps property access quick. */
export const node = (value: unknown, type: string, twin?: JsonObject): Node => ({ value, twin, type });

export const TRUE = node(true, "System.Boolean");
export const FALSE = node(false, "System.Boolean");
export const EMPTY: readonly Node[] = Object.freeze([]);
const YES: readonly Node[] = Object.freeze([TRUE]);
const NO: readonly Node[] = Object.freeze([FALSE]);

/** A three-valued truth as a collection. */
export const truthNodes = (truth: boolean | undefined): readonly Node[] =>
	truth === undefined ? EMPTY : truth ? YES : NO;

export const textNode = (text: string): Node => node(text, "System.String");
export const integerNode = (value: number): Node => node(value, "System.Integer");

/** The focus of an expression on an empty collection. */
export const NOTHING: Node = node(undefined, "");

import { isObject, type Json } from "../kernel/index.ts";
import type { Scope } from "./fhirpath/index.ts";
import { fault, type Walk } from "./walk.ts";

const LITERAL = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/**
 * The resource type that a Reference points to, as far as it can be told without a database: of the target at hand, of
 * the literal, or as it says itself. https://hl7.org/fhir/R4/references.html#Reference
 */
export function targetType(
	reference: Json | undefined,
	scope: Scope,
	isType: (name: string) => boolean,
): string | undefined {
	if (!isObject(reference)) return undefined;
	const literal = reference.reference;
	if (typeof literal === "string") {
		const target = scope.resolve(literal, { value: reference, type: "Reference" })?.resourceType;
		if (typeof target === "string") return target;
		const named = LITERAL.exec(literal)?.[1];
		if (named !== undefined && isType(named)) return named;
	}
	return typeof reference.type === "string" && isType(reference.type) ? reference.type : undefined;
}

/** Says so where a reference points to a type it must not point to. */
export function checkTargetType(
	walk: Walk,
	reference: Json | undefined,
	allowed: readonly string[],
	scope: Scope,
	isType: (name: string) => boolean,
): void {
	const type = targetType(reference, scope, isType);
	if (type === undefined || allowed.includes(type) || allowed.includes("Resource")) return;
	fault(walk, "reference-type", `must refer to ${oneOf(allowed)}, not to ${type}`);
}

const MOST_NAMED = 8;

/** `A`, `one of A, B`, the first few of many. */
export function oneOf(names: readonly string[]): string {
	if (names.length === 1) return names[0] ?? "";
	const few = names.slice(0, MOST_NAMED).join(", ");
	return `one of ${few}${names.length > MOST_NAMED ? ", …" : ""}`;
}

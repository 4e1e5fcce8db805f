import { isObject } from "../../kernel/index.ts";
import { compareNumbers, type NumberValue, numberKey } from "./decimal.ts";
import { type Env, spend, untellable } from "./env.ts";
import { compareMoments, type Moment, momentKey, readMoment } from "./moment.ts";
import type { Node } from "./node.ts";
import { isNumber } from "./number-value.ts";
import { compareQuantities, type Quantity, readQuantity } from "./quantity.ts";

const MOMENTS = new Set(["date", "dateTime", "instant", "time", "System.Date", "System.DateTime", "System.Time"]);
const QUANTITIES = new Set(["Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity", "MoneyQuantity"]);

/** A node as the language compares it. */
type Comparable =
	| { readonly kind: "text"; readonly value: string }
	| { readonly kind: "boolean"; readonly value: boolean }
	| { readonly kind: "number"; readonly value: NumberValue }
	| { readonly kind: "moment"; readonly value: Moment }
	| { readonly kind: "quantity"; readonly value: Quantity }
	| { readonly kind: "object" | "none"; readonly value: undefined };

export const isMoment = (node: Node): boolean => MOMENTS.has(node.type);
export const isQuantity = (node: Node): boolean => node.type === "System.Quantity" || QUANTITIES.has(node.type);

function comparable(node: Node): Comparable {
	const { value } = node;
	if (typeof value === "string") {
		const moment = MOMENTS.has(node.type) ? readMoment(value) : undefined;
		return moment ? { kind: "moment", value: moment } : { kind: "text", value };
	}
	if (typeof value === "boolean") return { kind: "boolean", value };
	if (isNumber(value)) return { kind: "number", value };
	const quantity = isQuantity(node) ? readQuantity(value) : undefined;
	if (quantity) return { kind: "quantity", value: quantity };
	return { kind: value === undefined || value === null ? "none" : "object", value: undefined };
}

const isSystem = (node: Node): boolean => node.type.startsWith("System.");

/** Whether two nodes are equal; `undefined` where it depends on what is not known. http://hl7.org/fhirpath/N1/#equals */
export function equalNodes(a: Node, b: Node, env: Env): boolean | undefined {
	if (a.twin === undefined && b.twin === undefined) {
		if (typeof a.value === "string" && typeof b.value === "string" && !isMoment(a) && !isMoment(b)) {
			return a.value === b.value;
		}
	} else if (!isSystem(a) && !isSystem(b) && !equalJson(a.twin, b.twin, env)) return false;
	const left = comparable(a);
	const right = comparable(b);
	if (left.kind === "quantity" || right.kind === "quantity") return equalQuantities(a, left, b, right, env);
	if (left.kind !== right.kind) return false;
	switch (left.kind) {
		case "number":
			return compareNumbers(left.value, right.value as NumberValue) === 0;
		case "moment": {
			const order = compareMoments(left.value, right.value as Moment);
			return order === undefined ? (left.value.kind === (right.value as Moment).kind ? undefined : false) : order === 0;
		}
		case "object":
			return equalJson(a.value, b.value, env);
		default:
			return left.value === right.value;
	}
}

function equalQuantities(a: Node, left: Comparable, b: Node, right: Comparable, env: Env): boolean | undefined {
	if (!isSystem(a) && !isSystem(b)) return equalJson(a.value, b.value, env);
	const x = asQuantity(left);
	const y = asQuantity(right);
	if (!x || !y) return false;
	const order = compareQuantities(x, y);
	return order === undefined ? undefined : order === 0;
}

/** Whether two JSON values are equal, keys in any order. */
function equalJson(a: unknown, b: unknown, env: Env): boolean {
	if (a === b) return true;
	if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0;
	if (Array.isArray(a)) {
		if (!Array.isArray(b) || a.length !== b.length) return false;
		spend(env, 1 + a.length);
		return a.every((item, i) => equalJson(item, b[i], env));
	}
	if (!isObject(a) || !isObject(b)) return false;
	spend(env, 1);
	for (const key in a) if (!equalJson(a[key], b[key], env)) return false;
	for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
	return true;
}

/** The key of a JSON value, paid for by its length. */
function spentKey(value: unknown, env: Env): string {
	const key = jsonKey(value);
	spend(env, key.length >> 5);
	return key;
}

/** A plain number is a quantity without unit. */
const asQuantity = (value: Comparable): Quantity | undefined =>
	value.kind === "quantity" ? value.value : value.kind === "number" ? { value: value.value, code: "1" } : undefined;

/**
 * Below, equal or above zero; `undefined` where it depends on what is not known.
 * @throws Untellable for what has no order, or not with one another. http://hl7.org/fhirpath/N1/#comparison
 */
export function compareNodes(a: Node, b: Node): number | undefined {
	const left = comparable(a);
	const right = comparable(b);
	if (left.kind === "none" || right.kind === "none") return undefined;
	if (left.kind === "number" && right.kind === "number") return compareNumbers(left.value, right.value);
	if (left.kind === "quantity" || right.kind === "quantity") {
		const x = asQuantity(left);
		const y = asQuantity(right);
		if (x && y) return compareQuantities(x, y);
	}
	if (left.kind === "moment" && right.kind === "moment") return compareMoments(left.value, right.value);
	if (left.kind === "text" && right.kind === "text") {
		return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
	}
	throw untellable();
}

/** One text for all nodes that are equal. */
export function keyOf(node: Node, env: Env): string {
	const twin = node.twin === undefined ? "" : `\u0000${spentKey(node.twin, env)}`;
	const value = comparable(node);
	switch (value.kind) {
		case "text":
			return `"${value.value}${twin}`;
		case "number":
			return numberKey(value.value) + twin;
		case "moment":
			return momentKey(value.value) + twin;
		default:
			return spentKey(node.value, env) + twin;
	}
}

/** One text for all JSON values that are equal: keys in order, numbers in one form. */
function jsonKey(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value);
	if (isNumber(value)) return numberKey(value);
	if (Array.isArray(value)) return `[${value.map(jsonKey).join(",")}]`;
	if (!isObject(value)) return String(value);
	const keys = Object.keys(value)
		.filter((key) => value[key] !== undefined)
		.sort();
	return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonKey(value[key])}`).join(",")}}`;
}

/** Whether two nodes are the same but for case, blanks, order and precision. http://hl7.org/fhirpath/N1/#equivalent */
export function equivalentNodes(a: Node, b: Node, env: Env): boolean {
	const left = comparable(a);
	const right = comparable(b);
	if (left.kind === "quantity" || right.kind === "quantity") {
		const x = asQuantity(left);
		const y = asQuantity(right);
		return x !== undefined && y !== undefined && compareQuantities(x, y) === 0;
	}
	if (left.kind !== right.kind) return false;
	if (left.kind === "object") return equivalentJson(a.value, b.value, env);
	if (left.kind === "moment") return compareMoments(left.value, right.value as Moment) === 0;
	return equivalentJson(left.value, right.value, env);
}

function equivalentJson(a: unknown, b: unknown, env: Env): boolean {
	spend(env, 1);
	if (typeof a === "string" && typeof b === "string") return foldText(a) === foldText(b);
	if (isNumber(a) && isNumber(b)) return equivalentNumbers(a, b);
	if (Array.isArray(a) && Array.isArray(b))
		return a.length === b.length && isPermutation(a, b, (x, y) => equivalentJson(x, y, env));
	if (!isObject(a) || !isObject(b)) return a === b;
	const keys = Object.keys(a);
	return keys.length === Object.keys(b).length && keys.every((key) => equivalentJson(a[key], b[key], env));
}

const foldText = (text: string): string => text.toLowerCase().replace(/\s/g, " ");

/** Equal when rounded to the less precise of the two. */
function equivalentNumbers(a: NumberValue, b: NumberValue): boolean {
	const places = Math.min(placesOf(a), placesOf(b));
	return Number(numberKey(a)).toFixed(places) === Number(numberKey(b)).toFixed(places);
}

const MOST_PLACES = 100;
const placesOf = (value: NumberValue): number => Math.min(MOST_PLACES, (numberKey(value).split(".")[1] ?? "").length);

/** More need more time than they are worth. */
const MOST_PERMUTED = 2000;

/** Whether each item of `a` has one of its own in `b`; both are equally long. */
export function isPermutation<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
	if (a.length > MOST_PERMUTED) throw untellable();
	const rest = [...b];
	for (const item of a) {
		const found = rest.findIndex((other) => same(item, other));
		if (found === -1) return false;
		rest.splice(found, 1);
	}
	return true;
}

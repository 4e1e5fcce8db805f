import {
	existsIn,
	getIn,
	immutableJSONPatch,
	isJSONPatchOperation,
	type JSONPatchOperation,
	parseJSONPointer,
} from "immutable-json-patch";
import { isObject, type Json, numberText, Problem } from "../../kernel/index.ts";

const OPERATIONS: ReadonlySet<string> = new Set(["add", "remove", "replace", "move", "copy", "test"]);

/**
 * Applies a JSON Patch (RFC 6902) and leaves every value it does not touch as it is.
 * @throws Problem `unprocessable` for a failed test or a path that is not there, `value` for what is no JSON Patch.
 */
export function jsonPatch(document: Json, patch: Json): Json {
	if (!Array.isArray(patch) || !patch.every((one) => isJSONPatchOperation(one) && OPERATIONS.has(one.op))) {
		throw new Problem(
			"value",
			`A JSON Patch must be an array of operations, each with "path" and an "op" of ${[...OPERATIONS].join(", ")}.`,
		);
	}
	return patch.reduce<Json>(
		(tree, operation, n) => applyOne(tree, operation as unknown as JSONPatchOperation, n),
		document,
	);
}

function applyOne(tree: Json, operation: JSONPatchOperation, n: number): Json {
	const { op, path } = operation;
	const place = `Operation ${n} of the patch (${op} ${path})`;
	try {
		requirePlaces(tree, operation);
		if (op === "test") {
			if (isEqual(getIn(tree, parseJSONPointer(path)) as Json, operation.value as Json)) return tree;
			throw new Error("the value there is another one");
		}
		return immutableJSONPatch(tree, [operation]) as Json;
	} catch (error) {
		throw new Problem("unprocessable", `${place} cannot be applied: ${reason(error)}. Nothing was changed.`);
	}
}

const reason = (error: unknown): string => {
	const { message } = error as Error;
	return KNOWN_REASONS.includes(message) ? message : "its path, from or value does not fit the resource";
};

const NO_PATH = "its path is not there";
const KNOWN_REASONS = [NO_PATH, "the value there is another one", "its value is missing"];

/** The library lets some operations on missing places pass; RFC 6902 does not. */
function requirePlaces(tree: Json, operation: JSONPatchOperation): void {
	const path = parseJSONPointer(operation.path);
	if ([...path].some((step) => step === "__proto__" || step === "constructor")) throw new Error(NO_PATH);
	if (
		(operation.op === "add" || operation.op === "replace" || operation.op === "test") &&
		operation.value === undefined
	) {
		throw new Error("its value is missing");
	}
	const from = operation.op === "move" || operation.op === "copy" ? parseJSONPointer(operation.from) : undefined;
	if (from && !existsIn(tree, from)) throw new Error(NO_PATH);
	const needed = operation.op === "add" || from ? path.slice(0, -1) : path;
	if (!existsIn(tree, needed)) throw new Error(NO_PATH);
	const parent = getIn(tree, path.slice(0, -1));
	if (Array.isArray(parent) && path.length > 0) requireIndex(parent.length, path.at(-1) as string, operation.op);
}

function requireIndex(length: number, step: string, op: string): void {
	const most = op === "add" || op === "move" || op === "copy" ? length : length - 1;
	if (step === "-" ? most < length : !/^(0|[1-9]\d*)$/.test(step) || Number(step) > most) throw new Error(NO_PATH);
}

/** Equality as RFC 6902 section 4.6 has it: numbers by value, objects without order. */
function isEqual(a: Json | undefined, b: Json | undefined): boolean {
	const [x, y] = [numberText(a), numberText(b)];
	if (x !== undefined || y !== undefined)
		return x !== undefined && y !== undefined && decimalValue(x) === decimalValue(y);
	if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]));
	if (!isObject(a)) return a === b;
	const keys = Object.keys(a);
	return isObject(b) && keys.length === Object.keys(b).length && keys.every((key) => isEqual(a[key], b[key]));
}

/** A decimal without its way of writing: `1.50` and `15e-1` are both `15e-1`. */
function decimalValue(text: string): string {
	const [, sign, whole = "", fraction = "", exponent = "0"] =
		/^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
	const digits = (whole + fraction).replace(/^0+/, "");
	const significant = digits.replace(/0+$/, "");
	if (significant === "") return "0";
	return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

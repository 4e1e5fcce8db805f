import { faultPosition } from "./json-fault.ts";
import { Problem } from "./problem.ts";
import type { Json, RawNumber } from "./resource.ts";

/** Whether `value` is a number kept as text. */
export const isRawNumber = (value: unknown): value is RawNumber =>
	typeof value === "object" && value !== null && JSON.isRawJSON(value);

/** The text of a JSON number as it was written, or `undefined` when `value` is no number. */
export const numberText = (value: unknown): string | undefined =>
	typeof value === "number" ? String(value) : isRawNumber(value) ? value.rawJSON : undefined;

/**
 * Parses JSON so that `JSON.stringify` gives every number back as it was written, and refuses duplicate keys.
 * @throws Problem `structure` with the line and column, or the path of the duplicate key, or when nested too deep.
 * https://hl7.org/fhir/R4/json.html
 */
export function parseJson(text: string): Json {
	const scan = scanJson(text);
	const tree = parseTree(text, scan.lossy);
	if (countKeys(tree) !== scan.keys) throw duplicateKey(text);
	return tree;
}

function parseTree(text: string, lossy: boolean): Json {
	try {
		return (lossy ? JSON.parse(text, keepNumber) : JSON.parse(text)) as Json;
	} catch {
		throw new Problem("structure", `The body is not JSON: ${syntaxText(text)}. Send one well-formed JSON value.`);
	}
}

/** Only where the fault is: V8's message quotes the input around it, which may be clinical content. */
function syntaxText(text: string): string {
	if (text.length === 0) return "it is empty";
	const position = faultPosition(text);
	if (position === text.length) return "it ends too early";
	const before = text.slice(0, position).split("\n");
	return `syntax error at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function keepNumber(_key: string, value: unknown, context?: { source: string }): unknown {
	if (typeof value !== "number" || context === undefined) return value;
	return String(value) === context.source ? value : JSON.rawJSON(context.source);
}

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
/** Arrays and objects inside one another; what walks the tree by recursion relies on it. */
const MOST_NESTED = 500;

/** One pass over the text: how many keys it writes, and whether a number in it would change by way of a double. */
function scanJson(text: string): { keys: number; lossy: boolean } {
	let keys = 0;
	let lossy = false;
	let nested = 0;
	for (let i = 0; i < text.length; i++) {
		const c = text.charCodeAt(i);
		if (c === QUOTE) i = endOfString(text, i);
		else if (c === COLON) keys++;
		else if (c === 123 || c === 91) {
			if (++nested > MOST_NESTED) {
				throw new Problem("structure", `The body nests more than ${MOST_NESTED} arrays and objects. Flatten it.`);
			}
		} else if (c === 125 || c === 93) nested--;
		else if (!lossy && ((c >= 48 && c <= 57) || c === 45)) {
			const end = endOfNumber(text, i);
			const token = text.slice(i, end);
			lossy = String(Number(token)) !== token;
			i = end - 1;
		}
	}
	return { keys, lossy };
}

function endOfString(text: string, start: number): number {
	let end = text.indexOf('"', start + 1);
	while (end !== -1) {
		let slashes = 0;
		while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
		if (slashes % 2 === 0) return end;
		end = text.indexOf('"', end + 1);
	}
	return text.length;
}

function endOfNumber(text: string, start: number): number {
	let end = start + 1;
	while (end < text.length && isNumberPart(text.charCodeAt(end))) end++;
	return end;
}

const isNumberPart = (c: number): boolean =>
	(c >= 48 && c <= 57) || c === 46 || c === 43 || c === 45 || c === 69 || c === 101;

function countKeys(tree: Json): number {
	if (typeof tree !== "object" || tree === null || isRawNumber(tree)) return 0;
	let keys = 0;
	if (Array.isArray(tree)) {
		for (const item of tree) keys += countKeys(item);
		return keys;
	}
	for (const key in tree) if (key !== "__proto__") keys += 1 + countKeys(tree[key] as Json);
	return keys;
}

/** Walks the text once more, now keeping the keys of every open object, to say where the duplicate stands. */
function duplicateKey(text: string): Problem {
	type Level = { seen: Set<string> | undefined; step: string | number };
	const stack: Level[] = [];
	for (let i = 0; i < text.length; i++) {
		const char = text[i];
		const level = stack.at(-1);
		if (char === "{") stack.push({ seen: new Set(), step: "" });
		else if (char === "[") stack.push({ seen: undefined, step: 0 });
		else if (char === "}" || char === "]") stack.pop();
		else if (char === "," && level && typeof level.step === "number") level.step++;
		else if (char === '"') {
			const end = endOfString(text, i);
			if (level?.seen && /^\s*:/.test(text.slice(end + 1, end + 64))) {
				const key: string = JSON.parse(text.slice(i, end + 1));
				const path = pathOf([...stack.slice(0, -1).map((l) => l.step), key]);
				if (level.seen.has(key)) {
					return new Problem("structure", {
						text: `The key "${key}" stands twice in one JSON object at ${path}. Keep one of the two.`,
						expression: path,
					});
				}
				level.seen.add(key);
				level.step = key;
			}
			i = end;
		}
	}
	return new Problem("structure", 'The body holds a key that JSON cannot carry safely ("__proto__"). Remove it.');
}

/** Steps of a JSON path as text: `["name", 0, "given"]` → `name[0].given`. */
export function pathOf(steps: readonly (string | number)[]): string {
	let path = "";
	for (const step of steps) path += typeof step === "number" ? `[${step}]` : path === "" ? step : `.${step}`;
	return path;
}

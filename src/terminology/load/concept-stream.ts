import { jsonParser } from "stream-json/core/parser.js";
import type { JsonObject, Problem } from "../../kernel/index.ts";
import type { PackageFile } from "./package.ts";
import { fileFault } from "./sink.ts";
import { type OnBytes, textOf } from "./text.ts";

/** A concept of a CodeSystem without those below it, and their codes. */
export type StreamedConcept = { readonly concept: JsonObject; readonly children: readonly unknown[] };

type Frame = {
	readonly value: JsonObject | unknown[];
	key: string;
	/** An object of `concept`, or an array of them. */
	readonly concept: boolean;
	readonly children: unknown[];
};
type Token = { readonly name: string; readonly value?: unknown };

/**
 * The concepts of a CodeSystem in JSON one by one, inner ones before outer ones, however deep and however many; at last
 * the resource without them.
 * @throws Problem 422 when the file is no JSON.
 */
export async function* streamConcepts(
	file: PackageFile,
	onBytes: OnBytes,
): AsyncGenerator<StreamedConcept, JsonObject> {
	const tokensOf = jsonParser({ streamValues: false });
	const stack: Frame[] = [];
	let root: JsonObject | undefined;
	for await (const text of textOf(file, onBytes)) {
		for (const token of parsed(file, () => tokensOf(text))) {
			const done = take(stack, token);
			if (done === undefined) continue;
			if (stack.length === 0) root = done.value as JsonObject;
			else yield { concept: done.value as JsonObject, children: done.children };
		}
	}
	if (stack.length > 0) throw notJson(file, "it ends too early");
	if (root === undefined || Array.isArray(root)) {
		throw fileFault(file.name, undefined, "holds no JSON object. Take a CodeSystem resource in JSON.");
	}
	return root;
}

/** The tokens of one piece of text. */
function parsed(file: PackageFile, parse: () => unknown): readonly Token[] {
	try {
		const many = parse();
		return typeof many === "object" && many !== null && "values" in many ? (many.values as readonly Token[]) : [];
	} catch (error) {
		throw notJson(file, error instanceof Error ? error.message : String(error));
	}
}

const notJson = (file: PackageFile, why: string): Problem =>
	fileFault(file.name, undefined, `is not JSON (${why}). Download it again or correct it.`);

/** Takes one token; gives the frame that it completes, when that is a concept or the whole. */
function take(stack: Frame[], { name, value }: Token): Frame | undefined {
	const top = stack.at(-1);
	if (name === "keyValue" && top) top.key = String(value);
	else if (name === "startObject") stack.push(frame({}, top !== undefined && Array.isArray(top.value) && top.concept));
	else if (name === "startArray") stack.push(frame([], top?.key === "concept" && (stack.length === 1 || top.concept)));
	else if (name === "endObject" || name === "endArray") return close(stack);
	else if (name.endsWith("Value")) put(top, value);
	return undefined;
}

const frame = (value: Frame["value"], concept: boolean): Frame => ({ value, key: "", concept, children: [] });

function close(stack: Frame[]): Frame | undefined {
	const done = stack.pop() as Frame;
	const top = stack.at(-1);
	if (top === undefined) return done;
	if (!done.concept) put(top, done.value);
	else if (Array.isArray(done.value)) top.children.push(...done.children);
	else {
		top.children.push((done.value as JsonObject).code);
		return done;
	}
	return undefined;
}

function put(top: Frame | undefined, value: unknown): void {
	if (top === undefined) return;
	if (Array.isArray(top.value)) top.value.push(value);
	else (top.value as Record<string, unknown>)[top.key] = value;
}

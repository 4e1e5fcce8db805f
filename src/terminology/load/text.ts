import { Problem } from "../../kernel/index.ts";
import type { PackageFile } from "./package.ts";
import { fileFault } from "./sink.ts";

/** Told how many bytes more have been read. */
export type OnBytes = (bytes: number) => void;

/**
 * The text of a file in pieces as they are read, without a byte order mark.
 * @throws Problem 422 when it is not UTF-8 or ends in the middle of a zip's data.
 */
export async function* textOf(file: PackageFile, onBytes: OnBytes): AsyncGenerator<string> {
	const decoder = new TextDecoder("utf-8", { fatal: true });
	const stream = await file.open();
	try {
		for await (const chunk of stream) {
			onBytes((chunk as Buffer).length);
			yield decode(decoder, file, chunk as Buffer);
		}
	} catch (error) {
		if (error instanceof Problem) throw error;
		const why = error instanceof Error ? error.message : String(error);
		throw fileFault(file.name, undefined, `cannot be read to its end (${why}). Copy or download it again.`);
	} finally {
		stream.destroy();
	}
	const rest = decode(decoder, file);
	if (rest !== "") yield rest;
}

function decode(decoder: InstanceType<typeof TextDecoder>, file: PackageFile, chunk?: Buffer): string {
	try {
		return decoder.decode(chunk, { stream: chunk !== undefined });
	} catch {
		throw fileFault(file.name, undefined, "is not UTF-8. Save it as UTF-8; Excel calls that “CSV UTF-8”.");
	}
}

/** Some lines of a file that follow one another; the first has the number `first`, counted from 1. */
export type Lines = { readonly first: number; readonly lines: readonly string[] };

/** The lines of a file, many at a time, without their ends; an empty last line is none. */
export async function* linesOf(file: PackageFile, onBytes: OnBytes): AsyncGenerator<Lines> {
	let rest = "";
	let first = 1;
	for await (const text of textOf(file, onBytes)) {
		const lines = (rest + text).split("\n");
		rest = lines.pop() as string;
		if (lines.length > 0) yield { first, lines: lines.map(withoutReturn) };
		first += lines.length;
	}
	if (rest !== "") yield { first, lines: [withoutReturn(rest)] };
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

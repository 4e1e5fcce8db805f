import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { JsonObject } from "../kernel/index.ts";
import { UsageFault } from "./command.ts";
import { type Cutting, cutFile, entryText, type Parcel, type Piece } from "./parcel.ts";

/** A file to load. `first`: hospitals and practitioners, to which the bundles of patients refer. */
export type InputFile = { readonly path: string; readonly bytes: number; readonly first: boolean };

/** Something that could not be read, so that it was never sent. */
export type Unreadable = { readonly file: string; readonly place: number; readonly message: string };

const INPUT = /\.(?:json|ndjson|jsonl)$/i;
const LINES = /\.(?:ndjson|jsonl)$/i;
const JOURNAL = /\.phc-load\.ndjson$/;
const FIRST = /^(?:(?:hospital|practitioner)Information|clinic\.)/;
const MOST_BATCH_BYTES = 8 * 1024 * 1024;

/**
 * The files of a path, a folder with all below it, in the order of their names.
 * @throws UsageFault when there is none.
 */
export function inputFiles(path: string): InputFile[] {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) throw new UsageFault(`${path} does not exist`);
	if (!stat.isDirectory()) return [{ path, bytes: stat.size, first: FIRST.test(basename(path)) }];
	const found = readdirSync(path, { recursive: true, encoding: "utf8" })
		.filter((name) => INPUT.test(name) && !JOURNAL.test(name))
		.sort()
		.map((name) => ({
			path: join(path, name),
			bytes: statSync(join(path, name)).size,
			first: FIRST.test(basename(name)),
		}));
	if (found.length === 0) throw new UsageFault(`${path} holds no .json, .ndjson or .jsonl file`);
	return found;
}

/** The parcels of a file. NDJSON is read line by line; a JSON file is read whole. `skip` says what needs not be sent. */
export async function* parcelsOf(
	file: string,
	cutting: Cutting,
	skip: (place: number) => boolean,
	onUnreadable: (fault: Unreadable) => void,
): AsyncGenerator<Parcel> {
	if (skip(0)) return;
	if (LINES.test(file)) {
		yield* parcelsOfLines(file, cutting, skip, onUnreadable);
		return;
	}
	try {
		for (const parcel of cutFile(file, readFileSync(file, "utf8"), cutting)) {
			const rest = withoutSkipped(parcel, skip);
			if (rest !== undefined) yield rest;
		}
	} catch (error) {
		onUnreadable({ file, place: 0, message: messageOf(error) });
	}
}

function withoutSkipped(parcel: Parcel, skip: (place: number) => boolean): Parcel | undefined {
	if (!("pieces" in parcel)) return parcel;
	const pieces = parcel.pieces.filter(({ place }) => !skip(place));
	return pieces.length === 0 ? undefined : { ...parcel, pieces, resources: pieces.length };
}

async function* parcelsOfLines(
	file: string,
	cutting: Cutting,
	skip: (place: number) => boolean,
	onUnreadable: (fault: Unreadable) => void,
): AsyncGenerator<Parcel> {
	let pieces: Piece[] = [];
	let bytes = 0;
	let place = 0;
	const full = (): Parcel => {
		const parcel: Parcel = { file, unit: "line", bytes, pieces, type: "batch", resources: pieces.length };
		pieces = [];
		bytes = 0;
		return parcel;
	};
	for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
		place++;
		if (line.trim() === "" || skip(place)) continue;
		bytes += Buffer.byteLength(line) + 1;
		try {
			pieces.push({ place, text: lineEntry(line) });
		} catch (error) {
			onUnreadable({ file, place, message: messageOf(error) });
		}
		if (pieces.length >= cutting.batch || bytes >= MOST_BATCH_BYTES) yield full();
	}
	if (pieces.length > 0) yield full();
}

/** The line goes into the entry as it stands; it is parsed only to learn type and id. */
function lineEntry(line: string): string {
	let resource: JsonObject;
	try {
		resource = JSON.parse(line) as JsonObject;
	} catch {
		throw new Error("The line is not JSON");
	}
	if (typeof resource?.resourceType !== "string") throw new Error("The line is not a FHIR resource");
	return entryText(resource, line);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

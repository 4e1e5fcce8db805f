import { isObject, type JsonObject, parseJson } from "../kernel/index.ts";

/** One resource of a parcel: the entry as JSON text, and the line or entry of the file it came from (from 1). */
export type Piece = { readonly place: number; readonly text: string };

/**
 * What one request carries. `whole` is sent as its text stands; `pieces` are put together as a Bundle, so that refused
 * pieces are known one by one and those the server had no time for can be sent again alone.
 */
export type Parcel = {
	/** As the user knows it: a path. */
	readonly file: string;
	/** What `place` counts. */
	readonly unit: "line" | "entry";
	/** Bytes of input, for the progress bar. */
	readonly bytes: number;
	readonly resources: number;
} & (
	| { readonly whole: string; readonly method: "POST" | "PUT"; readonly path: string; readonly place: number }
	| { readonly pieces: readonly Piece[]; readonly type: "batch" | "transaction" }
);

/** How the content of a file is cut. */
export type Cutting = {
	/** Entries in one batch at most. */
	readonly batch: number;
	/** Document Bundles stay one resource instead of being taken apart. */
	readonly keepDocuments: boolean;
};

/** Bundles the server answers by doing what their entries ask. */
const REQUESTS = new Set(["transaction", "batch", "history"]);

/**
 * Cuts the content of a JSON file into parcels.
 * @throws Problem when the text is no JSON; Error when it is no resource.
 */
export function* cutFile(file: string, text: string, cutting: Cutting): Generator<Parcel> {
	const tree = parseJson(text);
	if (!isObject(tree) || typeof tree.resourceType !== "string") throw new Error("It is not a FHIR resource");
	const bytes = Buffer.byteLength(text);
	const base = { file, unit: "entry" as const, bytes, place: 0 };
	const type = tree.resourceType === "Bundle" ? tree.type : undefined;
	const entries = Array.isArray(tree.entry) ? tree.entry.filter(isObject) : [];
	if (typeof type === "string" && REQUESTS.has(type)) {
		yield { ...base, whole: text, method: "POST", path: "", resources: entries.length };
	} else if (type === undefined || (type === "document" && cutting.keepDocuments)) {
		yield { ...base, whole: text, ...requestOf(tree), resources: 1 };
	} else {
		yield* cutEntries({ file, unit: "entry", bytes }, entries, cutting.batch);
	}
}

/** The FHIR verb that stores a resource: under its own id if it has one. */
export function requestOf(resource: JsonObject): { method: "POST" | "PUT"; path: string } {
	const { resourceType, id } = resource;
	return typeof id === "string"
		? { method: "PUT", path: `${resourceType}/${id}` }
		: { method: "POST", path: String(resourceType) };
}

/** An entry that stores `text`, the JSON of a resource. */
export function entryText(resource: JsonObject, text: string, fullUrl?: string): string {
	const { method, path } = requestOf(resource);
	const name = fullUrl === undefined ? "" : `"fullUrl":${JSON.stringify(fullUrl)},`;
	return `{${name}"resource":${text},"request":{"method":"${method}","url":${JSON.stringify(path)}}}`;
}

/**
 * A Bundle of resources (collection, document, searchset …) as a batch. When its resources know each other by
 * `urn:` only a transaction can join them, so then it is one, undivided.
 */
function* cutEntries(
	base: { file: string; unit: "entry"; bytes: number },
	entries: readonly JsonObject[],
	size: number,
): Generator<Parcel> {
	const joined = entries.some(({ fullUrl }) => typeof fullUrl === "string" && fullUrl.startsWith("urn:"));
	const pieces: Piece[] = [];
	for (const [index, { resource, fullUrl, search }] of entries.entries()) {
		if (!isObject(resource) || (isObject(search) && search.mode === "outcome")) continue;
		const name = joined && typeof fullUrl === "string" ? fullUrl : undefined;
		pieces.push({ place: index + 1, text: entryText(resource, JSON.stringify(resource), name) });
	}
	const step = joined ? Math.max(1, pieces.length) : size;
	for (let start = 0; start < pieces.length; start += step) {
		const part = pieces.slice(start, start + step);
		yield {
			...base,
			bytes: Math.round((base.bytes * part.length) / pieces.length),
			pieces: part,
			type: joined ? "transaction" : "batch",
			resources: part.length,
		};
	}
}

/** The Bundle that carries these pieces. */
export const bundleText = (type: string, pieces: readonly Piece[]): string =>
	`{"resourceType":"Bundle","type":"${type}","entry":[${pieces.map(({ text }) => text).join(",")}]}`;

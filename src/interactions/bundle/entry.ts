import {
	type Body,
	type Conditions,
	isObject,
	type Json,
	type JsonObject,
	type Method,
	Problem,
	type Resource,
} from "../../kernel/index.ts";

/** An entry of a batch or transaction, as sent. */
export type BundleEntry = {
	/** Its place in the Bundle. */
	readonly n: number;
	readonly method: Method;
	/** Path under the base, without the query. */
	readonly path: string;
	readonly query: string;
	readonly conditions: Conditions;
	readonly resource: Resource | undefined;
	readonly fullUrl: string | undefined;
};

const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Reads the entries of a Bundle to be acted on.
 * @throws Problem that names the entry. https://hl7.org/fhir/R4/http.html#transaction
 */
export function readEntries(bundle: Resource, base: string, prefer: string | undefined): BundleEntry[] {
	const list = bundle.entry ?? [];
	if (!Array.isArray(list))
		throw new Problem("structure", { text: "Bundle.entry must be an array.", expression: "Bundle.entry" });
	return list.map((entry, n) => atEntry(n, () => readEntry(entry, n, base, prefer)));
}

/** Runs `work` so that its Problem names the entry. */
export function atEntry<T>(n: number, work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw placed(error, n);
	}
}

/** The same for work that takes time. */
export async function atEntryAsync<T>(n: number, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw placed(error, n);
	}
}

/** What an entry carries, as a request of its own would. */
export const bodyOf = ({ resource }: BundleEntry): Body | undefined =>
	resource && { kind: "json", tree: resource, mediaType: "application/fhir+json" };

/** A Problem that another run of the transaction may not meet keeps its class, so that it is run again. */
const placed = (error: unknown, n: number): unknown =>
	error instanceof Problem && error.constructor === Problem ? asPart(error).at(`Bundle.entry[${n}]`) : error;

/** `Patient.gender` is `resource.gender` where the resource is part of an entry. */
function asPart({ kind, issues, detail }: Problem): Problem {
	const inner = issues.map(({ expression, ...issue }) => ({
		...issue,
		...(expression !== undefined && { expression: expression.replace(/^(?:[A-Z]\w*|resourceType$)/, "resource") }),
	}));
	return new Problem(kind, inner, detail);
}

function readEntry(entry: Json, n: number, base: string, prefer: string | undefined): BundleEntry {
	if (!isObject(entry) || !isObject(entry.request)) {
		throw new Problem("required", {
			text: "It has no request. Add request.method and request.url.",
			expression: "request",
		});
	}
	const { method, url } = entry.request;
	if (typeof method !== "string" || !METHODS.includes(method)) {
		throw new Problem("value", {
			text: `Its request.method must be one of ${METHODS.join(", ")}.`,
			expression: "request.method",
		});
	}
	if (typeof url !== "string" || url === "") {
		throw new Problem("required", {
			text: "It has no request.url. Write it relative to the base, as Patient/1.",
			expression: "request.url",
		});
	}
	const { path, query } = splitUrl(url, base);
	return {
		n,
		method: method as Method,
		path,
		query,
		conditions: { ...conditionsOf(entry.request), prefer },
		resource: isObject(entry.resource) ? (entry.resource as Resource) : undefined,
		fullUrl: typeof entry.fullUrl === "string" ? entry.fullUrl : undefined,
	};
}

function splitUrl(url: string, base: string): { path: string; query: string } {
	const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url.replace(/^\//, "");
	if (/^[a-z][a-z0-9+.-]*:/i.test(relative)) {
		throw new Problem("value", {
			text: "Its request.url lies outside this server's base. Write it relative, as Patient/1.",
			expression: "request.url",
		});
	}
	const mark = relative.indexOf("?");
	return mark === -1
		? { path: relative, query: "" }
		: { path: relative.slice(0, mark), query: relative.slice(mark + 1) };
}

function conditionsOf(request: JsonObject): Conditions {
	const text = (name: string): string | undefined => {
		const value = request[name];
		return typeof value === "string" ? value : undefined;
	};
	return {
		ifMatch: text("ifMatch"),
		ifNoneMatch: text("ifNoneMatch"),
		ifNoneExist: text("ifNoneExist"),
		ifModifiedSince: text("ifModifiedSince"),
	};
}

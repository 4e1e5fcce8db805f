import type { Json } from "./resource.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a request carries: a parsed JSON tree (with the media type it came as, and the bytes it came in), or raw bytes for Binary. */
export type Body =
	| { readonly kind: "json"; readonly tree: Json; readonly mediaType: string; readonly size?: number }
	| {
			readonly kind: "bytes";
			readonly bytes: Buffer;
			readonly mediaType: string;
			/** The resource that governs access to a Binary, as a reference. */
			readonly securityContext?: string;
	  };

/** The headers a FHIR interaction reads, under the names Bundle.entry.request uses. https://hl7.org/fhir/R4/http.html#summary */
export type Conditions = {
	readonly ifMatch?: string;
	readonly ifNoneMatch?: string;
	readonly ifNoneExist?: string;
	readonly ifModifiedSince?: string;
	readonly prefer?: string;
};

/**
 * A FHIR request without HTTP: the same for a route and for a Bundle entry.
 * `path` is relative to the base (`Patient/1`), `query` the raw text after `?`.
 */
export type FhirRequest = {
	readonly method: Method;
	readonly path: string;
	readonly query: string;
	readonly conditions: Conditions;
	readonly body?: Body;
	/** The media type asked for by Accept; `undefined` means FHIR JSON. */
	readonly accept?: string;
};

/** A FHIR answer without HTTP. `body` is finished JSON text, or bytes with their own media type. */
export type FhirResponse = {
	readonly status: number;
	readonly etag?: string;
	readonly lastModified?: Date;
	/** Absolute URL of the version made. */
	readonly location?: string;
	/** Absolute URL where work that goes on can be asked about, how far it is in words, and in how many seconds to ask. */
	readonly contentLocation?: string;
	readonly progress?: string;
	readonly retryAfter?: number;
	readonly body?: string | { readonly bytes: Buffer; readonly mediaType: string };
};

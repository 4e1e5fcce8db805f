import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import {
	type Body,
	type Context,
	type FhirRequest,
	type FhirResponse,
	type Method,
	Problem,
	parseJson,
} from "../kernel/index.ts";
import { type Admission, type AdmissionOptions, admit, splitPath } from "./admission.ts";
import { bodyType, isPretty, negotiate, rawAccept } from "./negotiation.ts";

export type FhirOptions = AdmissionOptions & {
	/** Answers a FHIR request; every rule of FHIR lies behind it. */
	dispatch(context: Context, request: FhirRequest): Promise<FhirResponse>;
	/** Bytes: the largest Bundle posted to a base, and the largest body elsewhere. */
	readonly maxBundleBytes: number;
	readonly maxResourceBytes: number;
};

declare module "fastify" {
	interface FastifyRequest {
		/** Who asks which clinic; set before a body is read. */
		fhir?: Admission;
	}
}

const METHODS: Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const BASES = ["/t/:slug/fhir", "/fhir"];

/** The FHIR REST API of every clinic. It turns HTTP into FhirRequest and FhirResponse into HTTP, and nothing else. */
export const fhir = fp(
	async (app: FastifyInstance, options: FhirOptions) => {
		await app.register(async (scope) => {
			scope.removeAllContentTypeParsers();
			scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
			scope.addHook("onRequest", async (request) => {
				request.fhir = await admit(options, request);
			});
			const handler = (request: FastifyRequest, reply: FastifyReply) => answer(options, request, reply);
			for (const base of BASES) {
				for (const url of [base, `${base}/`])
					scope.route({ method: METHODS, url, handler, bodyLimit: options.maxBundleBytes });
				scope.route({ method: METHODS, url: `${base}/*`, handler, bodyLimit: options.maxResourceBytes });
			}
		});
	},
	{ name: "fhir", dependencies: ["shell"] },
);

async function answer(options: FhirOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
	const { context, path } = request.fhir as Admission;
	const parameters = request.query as Record<string, string | string[]>;
	const format = last(parameters._format);
	const isBinary = path.startsWith("Binary/") && (request.method === "GET" || request.method === "HEAD");
	const accept = isBinary ? rawAccept(request.headers.accept, format) : undefined;
	const type = accept === undefined ? negotiate(request.headers.accept, format) : undefined;
	const response = await options.dispatch(context, {
		method: request.method as Method,
		path,
		query: splitPath(request.url).query,
		conditions: conditionsOf(request),
		body: bodyOf(request, path),
		...(accept !== undefined && { accept }),
	});
	return send(reply, response, type ?? negotiate(undefined), isPretty(last(parameters._pretty)));
}

const last = (value: string | string[] | undefined): string | undefined =>
	Array.isArray(value) ? value.at(-1) : value;

function conditionsOf({ headers }: FastifyRequest): FhirRequest["conditions"] {
	const ifNoneExist = headers["if-none-exist"];
	const prefer = headers.prefer;
	return {
		ifMatch: headers["if-match"],
		ifNoneMatch: headers["if-none-match"],
		ifModifiedSince: headers["if-modified-since"],
		ifNoneExist: Array.isArray(ifNoneExist) ? ifNoneExist.join("&") : ifNoneExist,
		prefer: Array.isArray(prefer) ? prefer.join(",") : prefer,
	};
}

/** The body by what it is for: parameters of a search, bytes of a Binary, a patch, or a resource. */
function bodyOf(request: FastifyRequest, path: string): Body | undefined {
	const bytes = request.body as Buffer | undefined;
	const { method, headers } = request;
	if (method === "GET" || method === "HEAD" || method === "DELETE") return undefined;
	const contentType = headers["content-type"];
	if (isOperation(path) && (bytes === undefined || bytes.length === 0)) return undefined;
	if (path.endsWith("/_search")) {
		return bytes && { kind: "bytes", bytes, mediaType: bodyType(contentType, "form") };
	}
	if (/^Binary(\/|$)/.test(path) && method !== "PATCH" && !isFhirType(contentType)) {
		const securityContext = headers["x-security-context"];
		if (contentType === undefined) bodyType(contentType, "resource");
		return {
			kind: "bytes",
			bytes: bytes ?? Buffer.alloc(0),
			mediaType: contentType as string,
			...(typeof securityContext === "string" && { securityContext }),
		};
	}
	const mediaType = bodyType(contentType, method === "PATCH" ? "patch" : "resource");
	return { kind: "json", tree: parseJson(textOf(bytes)), mediaType, size: bytes?.length ?? 0 };
}

/** An operation without parameters has no body. */
const isOperation = (path: string): boolean => path.slice(path.lastIndexOf("/") + 1).startsWith("$");

const isFhirType = (contentType: string | undefined): boolean => /^application\/fhir\+json\b/.test(contentType ?? "");

const MARK = "\ufeff";

function textOf(bytes: Buffer | undefined): string {
	if (bytes === undefined || bytes.length === 0)
		throw new Problem("structure", "The body is empty. Send one resource as JSON.");
	if (!isUtf8(bytes)) throw new Problem("structure", "The body is not UTF-8. FHIR JSON is sent in UTF-8.");
	const text = bytes.toString("utf8");
	return text.startsWith(MARK) ? text.slice(1) : text;
}

/** Only the client itself may keep an answer, and asks by its ETag before it uses it again. */
const CACHE_CONTROL = "private, no-cache";

function send(reply: FastifyReply, response: FhirResponse, type: string, pretty: boolean): FastifyReply {
	const { status, etag, lastModified, location, contentLocation, progress, retryAfter, body } = response;
	reply.code(status).header("cache-control", CACHE_CONTROL);
	if (etag !== undefined) reply.header("etag", etag);
	if (lastModified !== undefined) reply.header("last-modified", lastModified.toUTCString());
	if (location !== undefined) reply.header("location", location);
	if (contentLocation !== undefined) reply.header("content-location", contentLocation);
	if (progress !== undefined) reply.header("x-progress", progress);
	if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
	if (body === undefined) return reply.send();
	if (typeof body !== "string") return reply.header("content-type", body.mediaType).send(body.bytes);
	return reply.header("content-type", type).send(pretty ? JSON.stringify(parseJson(body), null, 2) : body);
}

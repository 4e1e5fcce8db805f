import { constants } from "node:zlib";
import compress from "@fastify/compress";
import cors from "@fastify/cors";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import helmet, { type HelmetOptions } from "helmet";

export type LimitsOptions = {
	/** Milliseconds the event loop may lag, averaged over a second, before requests are answered 503. */
	readonly maxEventLoopDelay?: number;
};

/** Below one network packet compression only costs. Bytes. */
const WORTH_COMPRESSING = 2048;
/** Answers up to this size are compressed in place, which is faster than a stream; larger ones would hold up others. Bytes. */
const COMPRESS_INLINE = 64 * 1024;
const RETRY_SECONDS = 5;
const EVER_OPEN = new Set(["/healthz", "/readyz", "/metrics"]);

const SECURITY: HelmetOptions = {
	contentSecurityPolicy: {
		useDefaults: false,
		directives: { "default-src": ["'none'"], "frame-ancestors": ["'none'"] },
	},
	crossOriginResourcePolicy: { policy: "cross-origin" },
	xFrameOptions: { action: "deny" },
	// These speak to browsers that are gone, or to pages with documents and links, which an API has not.
	originAgentCluster: false,
	xDnsPrefetchControl: false,
	xDownloadOptions: false,
	xPermittedCrossDomainPolicies: false,
	xXssProtection: false,
};

/**
 * What guards every route: safe headers, cross-origin rules for browser clients, compression on request, and 503 with
 * Retry-After when the process cannot keep up. Each answer carries its request id.
 */
export const limits = fp(
	async (app: FastifyInstance, { maxEventLoopDelay = 5000 }: LimitsOptions) => {
		const headers = securityHeaders();
		app.addHook("onRequest", (request, reply, done) => {
			reply.headers(headers);
			reply.header("x-request-id", request.id);
			done();
		});
		await app.register(cors, {
			origin: "*",
			methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
			exposedHeaders: ["ETag", "Location", "Last-Modified", "Content-Location", "Retry-After", "x-request-id"],
			maxAge: 86_400,
		});
		await app.register(underPressure, {
			maxEventLoopDelay,
			retryAfter: RETRY_SECONDS,
			pressureHandler: (request, reply) => {
				if (EVER_OPEN.has(request.routeOptions.url ?? "")) return;
				reply.header("retry-after", RETRY_SECONDS);
				throw Object.assign(new Error("overloaded"), { code: "FST_UNDER_PRESSURE", statusCode: 503 });
			},
		});
		await app.register(compress, {
			encodings: ["gzip", "br"],
			requestEncodings: ["gzip", "br", "deflate", "identity"],
			threshold: WORTH_COMPRESSING,
			syncThreshold: COMPRESS_INLINE,
			customTypes: /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|xml|ndjson)\b)/,
			zlibOptions: { level: 4 },
			brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } },
		});
	},
	{ name: "limits" },
);

/** Helmet's headers as they stand for every answer: worked out once, as they do not depend on the request. */
function securityHeaders(): Record<string, string> {
	const headers: Record<string, string> = {};
	const answer = {
		setHeader: (name: string, value: string) => {
			headers[name.toLowerCase()] = value;
		},
		removeHeader: () => undefined,
	};
	helmet(SECURITY)({} as never, answer as never, () => undefined);
	return headers;
}

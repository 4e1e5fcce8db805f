import { STATUS_CODES } from "node:http";
import { type Issue, isUnreachable, type JsonObject, Problem, type ProblemKind } from "../kernel/index.ts";

/** A Problem for paths outside FHIR, as problem details; `kind` is the stable name of the fault. https://www.rfc-editor.org/rfc/rfc9457 */
export function toProblemDetails(problem: Problem, requestId: string): JsonObject {
	const { issues, kind, status } = problem;
	return {
		type: "about:blank",
		title: STATUS_CODES[status] ?? "Error",
		status,
		detail: problem.message,
		kind,
		requestId,
		...(issues.length > 1 || issues[0]?.expression ? { errors: issues.map(toDetailsError) } : {}),
	};
}

const toDetailsError = ({ text, expression }: Issue): JsonObject => ({
	detail: text,
	...(expression === undefined ? {} : { field: expression }),
});

/** What is known of the request when its failure is told. `bodyLimit` is in bytes. */
export type Failure = { readonly requestId: string; readonly bodyLimit: number };

/** Fastify's and its plugins' own errors: the kind of problem and its public text. */
const FRAMEWORK: Readonly<Record<string, readonly [ProblemKind, string]>> = {
	FST_ERR_CTP_INVALID_MEDIA_TYPE: [
		"unsupported-media-type",
		"The server does not read this Content-Type. Send application/fhir+json or application/json.",
	],
	FST_ERR_CTP_EMPTY_JSON_BODY: ["structure", "The body is empty. Send one well-formed JSON value."],
	FST_ERR_CTP_INVALID_JSON_BODY: ["structure", "The body is not JSON. Send one well-formed JSON value."],
	FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
		"invalid",
		"Content-Length is not the length of the body. Send the true length.",
	],
	FST_ERR_BAD_URL: ["invalid", "The URL holds a broken percent-encoding. Encode each special character as %XX."],
	FST_ERR_MAX_PARAM_LENGTH: ["invalid", "A part of the URL's path is too long. A FHIR id has at most 64 characters."],
	FST_UNDER_PRESSURE: ["unavailable", "The server is overloaded. Try again after the seconds that Retry-After names."],
	FST_CP_ERR_INVALID_CONTENT_ENCODING: [
		"unsupported-media-type",
		"The server does not read this Content-Encoding. Send the body as gzip, br, deflate or plain.",
	],
	FST_CP_ERR_INVALID_CONTENT: ["invalid", "The body is not what its Content-Encoding says. Compress it again."],
};

const BY_STATUS: Readonly<Record<number, readonly [ProblemKind, string]>> = {
	400: ["invalid", "The request is malformed. Check its headers and its body."],
	401: ["unauthenticated", "The request carries no valid access token. Sign in and send it as a bearer token."],
	403: ["forbidden", "The access token does not allow this request."],
	404: ["not-found", "There is nothing at this URL."],
	405: ["not-allowed", "This URL does not answer this method."],
	413: ["too-large", "The body is too large. Send less at once."],
	415: ["unsupported-media-type", "The server does not read this Content-Type. Send application/fhir+json."],
	429: ["throttled", "Too many requests. Try again after the seconds that Retry-After names."],
	503: ["unavailable", "The server cannot answer now. Try again after the seconds that Retry-After names."],
};

/**
 * Any error as a Problem. What neither the house nor Fastify threw on purpose is a database that is away, or else a
 * bug: a `fault` whose public text carries only the request id, never the error's own words.
 */
export function problemOf(error: unknown, failure: Failure): Problem {
	if (error instanceof Problem) return error;
	const { code, statusCode, validation } = (error ?? {}) as {
		code?: unknown;
		statusCode?: unknown;
		validation?: readonly SchemaFault[];
	};
	if (code === "FST_ERR_VALIDATION" && validation) return new Problem("invalid", validation.map(schemaIssue));
	if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
		return new Problem(
			"too-large",
			`The body is larger than ${sizeText(failure.bodyLimit)}, the limit. Send less at once.`,
		);
	}
	const known = FRAMEWORK[String(code)] ?? (typeof statusCode === "number" ? BY_STATUS[statusCode] : undefined);
	if (known) return new Problem(known[0], known[1]);
	if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) return new Problem(...BAD_REQUEST);
	if (isUnreachable(error)) return new Problem(...(BY_STATUS[503] as Public), (error as Error).message);
	return new Problem(
		"fault",
		`The server failed to answer. Report this with request id ${failure.requestId} to whoever runs it.`,
	);
}

type Public = readonly [ProblemKind, string];
const BAD_REQUEST = BY_STATUS[400] as Public;

type SchemaFault = { readonly instancePath?: string; readonly message?: string };

function schemaIssue({ instancePath, message }: SchemaFault): Issue {
	const place = (instancePath ?? "").split("/").filter(Boolean).join(".");
	const rule = message ?? "is not valid";
	return place ? { text: `${place} ${rule}.`, expression: place } : { text: `The body ${rule}.` };
}

/** Bytes for humans, in the units that the limits are set in. */
function sizeText(bytes: number): string {
	const mega = bytes / (1024 * 1024);
	return mega >= 1 ? `${Number(mega.toFixed(1))} MB` : `${Math.ceil(bytes / 1024)} kB`;
}

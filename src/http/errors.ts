import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { Problem, toOutcome } from "../kernel/index.ts";
import { logProblem } from "./logging.ts";
import { FHIR_JSON, negotiate } from "./negotiation.ts";
import { problemOf, toProblemDetails } from "./outcome.ts";

const FHIR_PATH = /^(?:\/t\/[^/?]*)?\/fhir(?:[/?]|$)/;
const RETRY_SECONDS = 5;

/** Whether a URL (path and query) stands under a FHIR base, where every failure is an OperationOutcome. */
export const isFhirPath = (url: string): boolean => FHIR_PATH.test(url);

/** Every failure of a request, and every unknown URL, as an OperationOutcome under a FHIR base, else as problem details. */
export const errors = fp(
	async (app: FastifyInstance) => {
		app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
		app.setNotFoundHandler((request, reply) => sendProblem(request, reply, unknownUrl(request)));
	},
	{ name: "errors" },
);

/** Sends what `error` means to the client and logs what only the operator may know. */
export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const bodyLimit = request.routeOptions.bodyLimit ?? 0;
	const problem = problemOf(error, { requestId: request.id, bodyLimit });
	logProblem(request.log, problem, error);
	return sendProblem(request, reply, problem);
}

/** Sends `problem` in the form of the path it happened on. The body is finished text, so no serializer runs. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
	const { status } = problem;
	reply.code(status);
	if (status === 401 && !reply.hasHeader("www-authenticate")) {
		reply.header("www-authenticate", request.headers.authorization ? 'Bearer error="invalid_token"' : "Bearer");
	}
	if ((status === 429 || status === 503) && !reply.hasHeader("retry-after")) reply.header("retry-after", RETRY_SECONDS);
	if (isFhirPath(request.url)) {
		return reply.header("content-type", outcomeType(request)).send(JSON.stringify(toOutcome(problem)));
	}
	const details = JSON.stringify(toProblemDetails(problem, request.id));
	return reply.header("content-type", "application/problem+json; charset=utf-8").send(details);
}

/** For Fastify's `frameworkErrors`: failures before any route is found, and so before any hook. */
export const sendFrameworkError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
	sendFailure(error, request, reply.header("x-request-id", request.id));
};

function unknownUrl(request: FastifyRequest): Problem {
	const path = request.url.split("?")[0];
	return new Problem(
		"not-found",
		`There is nothing at ${request.method} ${path}. Check the path against the documentation.`,
	);
}

/** The negotiated type, or FHIR JSON where the failure is that there is none. */
function outcomeType(request: FastifyRequest): string {
	try {
		const format = (request.query as Record<string, unknown> | undefined)?._format;
		return negotiate(request.headers.accept, typeof format === "string" ? format : undefined);
	} catch {
		return FHIR_JSON;
	}
}

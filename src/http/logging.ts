import type { IncomingMessage } from "node:http";
import {
	type FastifyBaseLogger,
	type FastifyReply,
	type FastifyRequest,
	type FastifyServerOptions,
	LogController,
} from "fastify";
import pino, { type DestinationStream } from "pino";
import { newId, type Problem } from "../kernel/index.ts";
import { hideSecrets, redact } from "./redaction.ts";

/** Who a request was for and what it ran, as a log line and a metric may name it: no id of a patient, no query. */
export type Trail = {
	readonly tenant?: string;
	readonly user?: string;
	/** A route from a bounded set, such as `/t/:slug/fhir/:type/:id`; by default the pattern of Fastify's route. */
	readonly route?: string;
};

/** Tells the trail of a request; asked once, after the answer is sent. */
export type Describe = (request: FastifyRequest) => Trail;

const REQUEST_ID = /^[A-Za-z0-9-]{1,64}$/;

/** The client's `x-request-id` where it is harmless to log and to send back, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
	const given = request.headers["x-request-id"];
	return typeof given === "string" && REQUEST_ID.test(given) ? given : newId();
}

/** The pattern of a request's route, never its URL. */
export const routeOf = (request: FastifyRequest, trail: Trail): string =>
	trail.route ?? request.routeOptions.url ?? "(none)";

/**
 * Fastify's options for logs: one line a request, written when it is answered; secrets, tokens and what looks like
 * clinical content are taken out of every line. `stream` is where lines go, standard output by default.
 */
export function loggingOptions(
	level: string,
	describe: Describe = () => ({}),
	stream?: DestinationStream,
): Pick<FastifyServerOptions, "logger" | "logController" | "genReqId" | "requestIdHeader"> {
	return {
		logger: {
			level,
			base: null,
			formatters: {
				level: (label) => ({ level: label }),
				log: (line) => (line instanceof AnswerLine ? line : redact(line)) as Record<string, unknown>,
			},
			hooks: {
				logMethod(args, method) {
					if (args.length === 1 && typeof args[0] !== "string") return method.apply(this, args);
					method.apply(this, args.map((arg) => (typeof arg === "string" ? hideSecrets(arg) : arg)) as typeof args);
				},
			},
			serializers: {
				err: describeError,
				error: describeError,
				req: () => ({}),
				res: () => ({ statusCode: undefined }),
			},
			stream: stream ?? standardOutput(),
		},
		logController: new RequestLog(describe),
		genReqId: requestIdOf,
		requestIdHeader: false,
	};
}

/** Lines are gathered for a moment, as a system call for each costs more than making it; a terminal shows them at once. */
const standardOutput = (): DestinationStream =>
	process.stdout.isTTY
		? pino.destination({ dest: 1, sync: true })
		: pino.destination({ dest: 1, sync: false, minLength: 8192, periodicFlush: 200 });

/** The line of an answered request. Nothing in it comes from the client, so it is written as it is. */
class AnswerLine {
	readonly tenant: string | undefined;
	readonly user: string | undefined;
	readonly route: string;
	readonly method: string;
	readonly status: number;
	readonly ms: number;

	constructor(request: FastifyRequest, reply: FastifyReply, trail: Trail) {
		this.tenant = trail.tenant;
		this.user = trail.user;
		this.route = routeOf(request, trail);
		this.method = request.method;
		this.status = reply.statusCode;
		this.ms = Math.round(reply.elapsedTime * 10) / 10;
	}
}

/** Fastify's own lines would hold URLs and so ids and queries: only the line of the answer is written. */
class RequestLog extends LogController {
	readonly #describe: Describe;

	constructor(describe: Describe) {
		super();
		this.#describe = describe;
	}

	override incomingRequest(): void {}
	override routeNotFound(): void {}
	override defaultErrorLog(): void {}

	override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
		const line = new AnswerLine(request, reply, this.#describe(request));
		if (error) request.log.warn({ ...line, err: error }, "answer broken off");
		else request.log.info(line);
	}
}

/** Logs what a failure means to the operator: a fault with its place in the code, other problems only if they say more. */
export function logProblem(log: FastifyBaseLogger, problem: Problem, cause: unknown): void {
	const { kind, detail } = problem;
	if (kind === "fault") log.error({ kind, detail, err: cause }, "request failed");
	else if (detail !== undefined) log.warn({ kind, detail }, "request refused");
}

type ErrorLine = { type: string; message: string; stack: string; code?: string; cause?: ErrorLine };

const CODE_ERRORS = ["TypeError", "ReferenceError", "RangeError"];

/**
 * An error without what it may quote: drivers and parsers put the values they choke on into messages. Errors of the
 * language itself name code, and keep their words.
 */
export function describeError(error: unknown): ErrorLine {
	if (!(error instanceof Error)) return { type: typeof error, message: "", stack: "" };
	const { name, message, code, stack, cause } = error as Error & { code?: unknown };
	return {
		type: name,
		code: typeof code === "string" ? code : undefined,
		message: CODE_ERRORS.includes(name) ? hideSecrets(message) : hideQuoted(message),
		stack: (stack ?? "")
			.split("\n")
			.filter((line) => /^\s+at /.test(line))
			.join("\n"),
		...(cause === undefined ? {} : { cause: describeError(cause) }),
	};
}

function hideQuoted(message: string): string {
	const hidden = message
		.slice(0, 1000)
		.replace(/'(?:[^']|'')*'?|"[^"]*"?/g, "…")
		.replace(/\d[\d-]{3,}/g, "…");
	return hideSecrets(hidden).slice(0, 200);
}

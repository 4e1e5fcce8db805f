import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Auth } from "../auth/index.ts";
import { Problem } from "../kernel/index.ts";
import { logProblem } from "./logging.ts";
import { problemOf } from "./outcome.ts";
import { strictValidator } from "./strict-validator.ts";

/** How often one client address may ask a minute. A clinic's people often share one. */
export type AuthOptions = {
	readonly auth: Auth;
	readonly loginsPerMinute?: number;
	readonly refreshesPerMinute?: number;
};

const BODY_LIMIT = 16 * 1024;
const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });
const object = (properties: object, required: string[]) => ({
	type: "object",
	properties,
	required,
	additionalProperties: false,
});
const LOGIN = object({ email: text(254), password: text(256), tenant: text(64) }, ["email", "password"]);
const REFRESH = object({ refresh_token: text(256) }, ["refresh_token"]);

/** Sign-in under `/auth`. Failures are OAuth errors. https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export const auth = fp(
	async (app: FastifyInstance, options: AuthOptions) => {
		await app.register(routes, { ...options, prefix: "/auth" });
	},
	{ name: "auth" },
);

async function routes(app: FastifyInstance, options: AuthOptions): Promise<void> {
	const { auth, loginsPerMinute = 120, refreshesPerMinute = 600 } = options;
	await app.register(rateLimit, { global: false, timeWindow: 60_000, errorResponseBuilder: throttled });
	app.setValidatorCompiler(strictValidator);
	app.setErrorHandler(sendOAuthError);
	app.addHook("onRequest", async (_request, reply) => {
		reply.header("cache-control", "no-store");
	});
	const about = (summary: string, body: object) => ({ summary, tags: ["sign-in"], security: [], body });
	app.post<{ Body: { email: string; password: string; tenant?: string } }>(
		"/login",
		{
			schema: about("Sign in", LOGIN),
			bodyLimit: BODY_LIMIT,
			config: { rateLimit: { max: loginsPerMinute } },
		},
		async ({ body, ip }) => auth.login({ ...body, origin: ip }),
	);
	app.post<{ Body: { refresh_token: string } }>(
		"/refresh",
		{
			schema: about("Take a refresh token for new tokens", REFRESH),
			bodyLimit: BODY_LIMIT,
			config: { rateLimit: { max: refreshesPerMinute } },
		},
		async ({ body }) => auth.refresh(body.refresh_token),
	);
	app.post<{ Body: { refresh_token: string } }>(
		"/logout",
		{ schema: about("End a sign-in", REFRESH), bodyLimit: BODY_LIMIT },
		async ({ body }, reply) => {
			await auth.logout(body.refresh_token);
			return reply.code(204).send();
		},
	);
	app.get(
		"/jwks",
		{ schema: { summary: "The public keys of access tokens", tags: ["sign-in"], security: [] } },
		async (_request, reply) => reply.header("cache-control", "public, max-age=300").send(auth.jwks()),
	);
}

const throttled = (_request: FastifyRequest, { ttl }: { ttl: number }): Problem =>
	new Problem("throttled", `Too many requests from this address: wait ${Math.ceil(ttl / 1000)} seconds.`);

function sendOAuthError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const problem = problemOf(error, { requestId: request.id, bodyLimit: request.routeOptions.bodyLimit ?? BODY_LIMIT });
	logProblem(request.log, problem, error);
	const { status } = problem;
	if (status === 401) reply.header("www-authenticate", "Bearer");
	if ((status === 429 || status === 503) && !reply.hasHeader("retry-after")) reply.header("retry-after", "5");
	const description = problem.issues.map(({ text }) => text).join(" ");
	return reply.code(status).send({ error: oauthCode(status), error_description: description });
}

function oauthCode(status: number): string {
	if (status === 401) return "invalid_grant";
	if (status === 429 || status === 503) return "temporarily_unavailable";
	return status >= 500 ? "server_error" : "invalid_request";
}

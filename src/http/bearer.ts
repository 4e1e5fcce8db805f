import type { FastifyRequest } from "fastify";

/** The access token of a request's Authorization header. https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export const bearerToken = (request: Pick<FastifyRequest, "headers">): string | undefined =>
	/^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];

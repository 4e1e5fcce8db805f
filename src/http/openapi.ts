import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import { isFhirPath } from "./errors.ts";

export type OpenapiOptions = { readonly version: string };

const DESCRIPTION = `Clinics, people and sign-in of a PHC Commons FHIR server.

The FHIR API under \`/t/{slug}/fhir\` is described by its CapabilityStatement at \`/t/{slug}/fhir/metadata\`, not here.
Failures are problem details (RFC 9457); failures of the OAuth endpoints are OAuth errors (RFC 6749).`;

/**
 * `/openapi.json`: the routes outside FHIR, from their schemas. Register it before them; a route with
 * `schema: { hide: true }` stays out. https://spec.openapis.org/oas/v3.1.0
 */
export const openapi = fp(
	async (app: FastifyInstance, { version }: OpenapiOptions) => {
		await app.register(swagger, {
			openapi: {
				openapi: "3.1.0",
				info: { title: "PHC Commons FHIR", version, description: DESCRIPTION, license: { name: "Apache-2.0" } },
				components: { securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
				security: [{ bearer: [] }],
			},
			transform: ({ schema, url }) => ({ url, schema: isFhirPath(url) ? { ...schema, hide: true } : schema }),
		});
		app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
	},
	{ name: "openapi" },
);

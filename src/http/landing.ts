import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";

export type LandingOptions = {
	readonly version: string;
	/** Base of absolute URLs, without a trailing slash; `undefined`: as the request names it. */
	readonly publicUrl?: string;
};

/** `/`: one static page that says what this server is and how to start. It runs no script and loads nothing. */
export const landing = fp(
	async (app: FastifyInstance, { version, publicUrl }: LandingOptions) => {
		const template = await readFile(new URL("landing.html", import.meta.url), "utf8");
		const style = template.slice(template.indexOf("<style>") + 7, template.indexOf("</style>"));
		const styleHash = createHash("sha256").update(style).digest("base64");
		const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
		app.get("/", { schema: { hide: true } }, async (request, reply) => {
			const origin = publicUrl ?? `${request.protocol}://${request.host}`;
			const page = template.replaceAll("{{origin}}", escapeHtml(origin)).replaceAll("{{version}}", escapeHtml(version));
			return reply
				.header("content-security-policy", policy)
				.header("cache-control", "no-cache")
				.type("text/html; charset=utf-8")
				.send(page);
		});
	},
	{ name: "landing" },
);

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

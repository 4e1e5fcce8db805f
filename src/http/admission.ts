import type { FastifyRequest } from "fastify";
import {
	type Caller,
	type Context,
	DEFAULT_LIMITS,
	DEFAULT_VALIDATION,
	Problem,
	type Tenant,
} from "../kernel/index.ts";
import type { Resolved } from "../tenancy/index.ts";
import { bearerToken } from "./bearer.ts";
import type { Trail } from "./logging.ts";

export type AdmissionOptions = {
	/** The caller that an access token stands for. Throws Problem `unauthenticated`, `expired` or `suspended`. */
	authenticate(token: string | undefined): Promise<Caller>;
	resolve(slug: string): Promise<Resolved | undefined>;
	readonly publicUrl: string | undefined;
};

/** A request that may go on: its context, and its path under the FHIR base. */
export type Admission = { readonly context: Context; readonly path: string };

/** Stands in where no clinic is asked: the CapabilityStatement is open and reads no clinic's data. */
const NOWHERE: Tenant = {
	id: "",
	slug: "",
	schema: "",
	timeZone: "Asia/Kolkata",
	limits: DEFAULT_LIMITS,
	validation: DEFAULT_VALIDATION,
};
const NOBODY: Caller = { userId: "", roles: [], scope: "" };
const OPEN = new Set(["metadata"]);

/**
 * Decides whether a request may ask this clinic, before its body is read.
 * @throws Problem `unauthenticated` without a valid token, `forbidden` when the token is for another clinic,
 * `suspended` or `unavailable` when the clinic is not open or lacks migrations.
 */
export async function admit(options: AdmissionOptions, request: FastifyRequest): Promise<Admission> {
	const { slug, path } = splitPath(request.url);
	const origin = options.publicUrl ?? `${request.protocol}://${request.host}`;
	const context = (tenant: Tenant, caller: Caller): Admission => ({
		context: { tenant, caller, base: `${origin}${basePath(tenant)}`, requestId: request.id },
		path,
	});
	if (OPEN.has(path) && (request.method === "GET" || request.method === "HEAD")) {
		return context(slug === undefined ? NOWHERE : (await clinicOf(options, slug)).tenant, NOBODY);
	}
	const caller = await options.authenticate(bearerToken(request));
	const named = caller.tenantSlug;
	requireAgreement(named, slug);
	requireAgreement(named, headerSlug(request));
	if (named === undefined)
		throw new Problem("forbidden", "This access token names no clinic. Sign in to a clinic to ask for its data.");
	const { tenant, status, behind } = await clinicOf(options, named);
	if (status !== "active" || tenant.id !== caller.tenantId) {
		throw new Problem("suspended", "This clinic is not active. Ask the platform's administrator.");
	}
	if (behind) {
		throw new Problem(
			"unavailable",
			"This clinic is not yet brought up to date with the server. Ask the platform's administrator to run: phc tenant migrate.",
		);
	}
	return context(tenant, caller);
}

/** One base a clinic, whichever way it is asked: at `/fhir` one URL would mean another resource in each clinic. */
const basePath = ({ slug }: Tenant): string => (slug === "" ? "/fhir" : `/t/${slug}/fhir`);

/** The clinic, path and query that a FHIR URL names; neither is decoded, but for the `$` of operations. */
export function splitPath(url: string): { slug: string | undefined; path: string; query: string } {
	const mark = url.indexOf("?");
	const whole = mark === -1 ? url : url.slice(0, mark);
	const query = mark === -1 ? "" : url.slice(mark + 1);
	const [, slug, path = ""] = /^(?:\/t\/([^/]+))?\/fhir(?:\/(.*))?$/.exec(whole) ?? [];
	const plain = path.includes("%24") ? path.replaceAll("%24", "$") : path;
	return { slug, path: plain.endsWith("/") ? plain.slice(0, -1) : plain, query };
}

async function clinicOf({ resolve }: AdmissionOptions, slug: string): Promise<Resolved> {
	const resolved = await resolve(slug);
	if (!resolved) throw new Problem("not-found", "There is no such clinic. Check the slug in the URL.");
	return resolved;
}

function headerSlug({ headers }: FastifyRequest): string | undefined {
	const slug = headers["x-tenant-slug"];
	return Array.isArray(slug) ? slug.join(",") : slug;
}

function requireAgreement(named: string | undefined, asked: string | undefined): void {
	if (asked === undefined || asked === named) return;
	throw new Problem("forbidden", "The access token is for another clinic than the one asked. Sign in to that clinic.");
}

const NAMES = new Set(["metadata", "_history", "_search"]);

/** The trail of a FHIR request for its log line: the clinic, the person, and the route without ids. */
export function trailOf(request: FastifyRequest): Trail {
	const admission = request.fhir;
	if (!admission) return {};
	const { context, path } = admission;
	const steps = path === "" ? [] : path.split("/").slice(0, 5);
	const route = steps
		.map((step, i) =>
			NAMES.has(step) ? step : step.startsWith("$") ? ":operation" : i === 0 ? ":type" : i === 1 ? ":id" : ":vid",
		)
		.join("/");
	return {
		...(context.tenant.slug !== "" && { tenant: context.tenant.slug }),
		...(context.caller.userId !== "" && { user: context.caller.userId }),
		route: `/t/:slug/fhir/${route}`,
	};
}

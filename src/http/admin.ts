import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Auth } from "../auth/index.ts";
import { Problem, VALIDATION_MODES, type ValidationChange, type ValidationSettings } from "../kernel/index.ts";
import {
	CLINIC_ROLES,
	type NewClinic,
	type NewPerson,
	type PersonChange,
	PLATFORM_ROLES,
	type Tenancy,
} from "../tenancy/index.ts";
import { bearerToken } from "./bearer.ts";
import { strictValidator } from "./strict-validator.ts";

export type AdminOptions = {
	readonly auth: Auth;
	readonly tenancy: Tenancy;
	/** Throws Problem `unprocessable` for profiles that are not here, or not for the type they are to be required of. */
	checkProfiles(slug: string, required: ValidationSettings["requiredProfiles"]): Promise<void>;
};

const BODY_LIMIT = 16 * 1024;
const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });
const closed = (properties: object, required: string[] = []) => ({
	type: "object",
	properties,
	required,
	minProperties: 1,
	additionalProperties: false,
});
const roles = (allowed: readonly string[]) => ({
	type: "array",
	minItems: 1,
	uniqueItems: true,
	items: { type: "string", enum: allowed },
});
const NEW_CLINIC = closed(
	{
		slug: text(64),
		name: text(200),
		hfrId: text(64),
		timeZone: text(64),
		adminEmail: text(254),
		adminPassword: text(256),
	},
	["slug", "name"],
);
const MOST_PROFILES = 20;
const CLINIC_CHANGE = closed({
	status: { type: "string", enum: ["active", "suspended"] },
	validation: closed({
		mode: { type: "string", enum: VALIDATION_MODES },
		requiredProfiles: {
			type: "object",
			additionalProperties: { type: "array", maxItems: MOST_PROFILES, uniqueItems: true, items: text(512) },
		},
		references: { type: "boolean" },
	}),
});
const newPerson = (allowed: readonly string[]) =>
	closed({ email: text(254), password: text(256), name: text(200), roles: roles(allowed) }, [
		"email",
		"password",
		"name",
		"roles",
	]);
const personChange = (allowed: readonly string[]) =>
	closed({ status: { type: "string", enum: ["active", "disabled"] }, roles: roles(allowed) });

declare module "fastify" {
	interface FastifyRequest {
		/** Whether a platform administrator asks. */
		isPlatform?: boolean;
	}
}

type Slug = { Params: { slug: string } };
type ClinicChange = Slug & { Body: { status?: "active" | "suspended"; validation?: ValidationChange } };
type Person = { Params: { slug: string; id: string }; Body: PersonChange };

/**
 * The Tenant Service under `/admin`: clinics and people. A platform administrator may all, a clinic's ADMIN manages the
 * people of that clinic. Failures are problem details, rendered by the plugin `errors`.
 */
export const admin = fp(
	async (app: FastifyInstance, options: AdminOptions) => {
		await app.register(routes, { ...options, prefix: "/admin" });
	},
	{ name: "admin" },
);

async function routes(app: FastifyInstance, options: AdminOptions): Promise<void> {
	const { auth, tenancy } = options;
	app.setValidatorCompiler(strictValidator);
	// Before the body is read: who may not come in gets no hint about what a body should hold.
	app.addHook("onRequest", async (request: FastifyRequest, reply) => {
		reply.header("cache-control", "no-store");
		const caller = await auth.authenticate(bearerToken(request));
		request.isPlatform = caller.tenantId === undefined && caller.roles.includes("PLATFORM_ADMIN");
		if (request.isPlatform) return;
		const slug = (request.params as { slug?: string }).slug;
		const isOwn = slug !== undefined && slug === caller.tenantSlug && caller.roles.includes("ADMIN");
		const mayChange = request.method === "PATCH" || request.routeOptions.url?.includes("/users");
		if (isOwn && (request.method === "GET" || mayChange)) return;
		throw new Problem("forbidden", NEEDS_PLATFORM);
	});
	clinicRoutes(app, options);
	peopleRoutes(app, tenancy);
	platformRoutes(app, tenancy);
}

const NEEDS_PLATFORM =
	"This needs a platform administrator, or the ADMIN of the clinic for its people and its validation.";

const about = (summary: string, body?: object) => ({
	schema: { summary, tags: ["administration"], ...(body ? { body } : {}) },
	bodyLimit: BODY_LIMIT,
});

function clinicRoutes(app: FastifyInstance, { tenancy, checkProfiles }: AdminOptions): void {
	app.get("/tenants", about("List clinics"), () => tenancy.list());
	app.post<{ Body: NewClinic }>("/tenants", about("Make a clinic", NEW_CLINIC), async ({ body }, reply) => {
		const clinic = await tenancy.provision(body);
		return reply.code(201).header("location", `/admin/tenants/${clinic.slug}`).send(clinic);
	});
	app.get<Slug>("/tenants/:slug", about("Read a clinic"), ({ params }) => tenancy.get(params.slug));
	app.patch<ClinicChange>(
		"/tenants/:slug",
		{ ...about("Suspend, reactivate or configure a clinic", CLINIC_CHANGE), preValidation: requireRightToChange },
		async ({ params: { slug }, body: { status, validation } }) => {
			if (validation?.requiredProfiles) await checkProfiles(slug, validation.requiredProfiles);
			if (status === "active") await tenancy.activate(slug);
			if (status === "suspended") await tenancy.suspend(slug);
			return validation ? tenancy.setValidation(slug, validation) : tenancy.get(slug);
		},
	);
}

/** Whether a clinic is open at all is the platform's to say. */
async function requireRightToChange({ isPlatform, body }: FastifyRequest): Promise<void> {
	const isRules = typeof body === "object" && body !== null && !("status" in body);
	if (!isPlatform && !isRules) throw new Problem("forbidden", NEEDS_PLATFORM);
}

function peopleRoutes(app: FastifyInstance, tenancy: Tenancy): void {
	app.get<Slug>("/tenants/:slug/users", about("List a clinic's people"), ({ params }) =>
		tenancy.listPeople(params.slug),
	);
	app.post<Slug & { Body: NewPerson }>(
		"/tenants/:slug/users",
		about("Add a person to a clinic", newPerson(CLINIC_ROLES)),
		async ({ params, body }, reply) => {
			const person = await tenancy.addPerson(params.slug, body);
			return reply.code(201).header("location", `/admin/tenants/${params.slug}/users/${person.id}`).send(person);
		},
	);
	app.patch<Person>(
		"/tenants/:slug/users/:id",
		about("Change a person's roles or status in a clinic", personChange(CLINIC_ROLES)),
		({ params, body }) => tenancy.changePerson(params.slug, params.id, body),
	);
}

function platformRoutes(app: FastifyInstance, tenancy: Tenancy): void {
	app.get("/users", about("List the people of the platform"), () => tenancy.listPeople());
	app.post<{ Body: NewPerson }>(
		"/users",
		about("Add a person to the platform", newPerson(PLATFORM_ROLES)),
		async ({ body }, reply) => {
			const person = await tenancy.addPerson(undefined, body);
			return reply.code(201).header("location", `/admin/users/${person.id}`).send(person);
		},
	);
	app.patch<Person>(
		"/users/:id",
		about("Change a person's roles or status on the platform", personChange(PLATFORM_ROLES)),
		({ params, body }) => tenancy.changePerson(undefined, params.id, body),
	);
}

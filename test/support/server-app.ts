import type { InjectOptions, LightMyRequestResponse } from "fastify";
import type { Test } from "tap";
import { type App, createApp } from "../../src/app.ts";
import { type Config, readConfig } from "../../src/config.ts";
import type { Role } from "../../src/kernel/index.ts";
import { testDatabase } from "./database.ts";

export const PASSWORD = "correct horse battery";
export const HOST = "phc.test";
export const ISSUER = `http://${HOST}`;

/** Roles that every clinic of a test server has a person of: `nurse@first.example` is the NURSE of `first`. */
export const CLINIC_ROLES = ["ADMIN", "DOCTOR", "NURSE", "PHARMACIST", "AUDITOR", "INTEGRATION"] as const;
export type ClinicRole = (typeof CLINIC_ROLES)[number];

export type Reply = LightMyRequestResponse;
/** `body` is sent as FHIR JSON unless it is text or bytes or a content type is given. */
export type Sent = { readonly body?: unknown; readonly headers?: Record<string, string> };

/** Sends one request to the server under test. `path` begins at the root; `token` may be left out. */
export type Call = (method: string, path: string, token?: string, sent?: Sent) => Promise<Reply>;

export type ServerApp = {
	readonly app: App;
	readonly config: Config;
	readonly call: Call;
	/** Every log line so far. */
	readonly lines: string[];
	/** An access token of the person who has this role in the clinic. */
	tokenOf(slug: string, role: ClinicRole): Promise<string>;
	/** A token of the platform administrator `root@platform.example`, or of the auditor of all clinics. */
	platformToken(role?: "PLATFORM_ADMIN" | "AUDITOR"): Promise<string>;
};

/** The whole server on a database of its own, with these clinics and one person for each of these roles in each. */
export async function serverApp(
	t: Test,
	{
		clinics = ["first", "second"],
		roles = ["DOCTOR", "ADMIN"],
		administrator = true,
		...settings
	}: Partial<Config> & { clinics?: readonly string[]; roles?: readonly ClinicRole[]; administrator?: boolean } = {},
): Promise<ServerApp> {
	const { url } = await testDatabase(t);
	const lines: string[] = [];
	const logStream = { write: (line: string) => void lines.push(line) };
	const config: Config = { ...readConfig({}), dataDir: t.testdir(), publicUrl: ISSUER, poolSize: 4, ...settings };
	const app = await createApp(config, { databaseUrl: url, logStream });
	t.teardown(() => app.close());
	const { tenancy } = app;
	if (administrator)
		await tenancy.ensurePlatformAdmin({ adminEmail: "root@platform.example", adminPassword: PASSWORD });
	for (const slug of clinics) await tenancy.provision({ slug, name: `Clinic ${slug}` });
	await Promise.all(clinics.flatMap((slug) => roles.map((role) => addPerson(app, slug, role))));
	return {
		app,
		config,
		lines,
		call: callerOf(app),
		tokenOf: (slug, role) => app.auth.issue(emailOf(slug, role), slug),
		platformToken: async (role = "PLATFORM_ADMIN") => {
			if (role === "PLATFORM_ADMIN") return app.auth.issue("root@platform.example");
			const person = { email: "auditor@platform.example", password: PASSWORD, name: "Auditor", roles: [role] };
			await tenancy.addPerson(undefined, person);
			return app.auth.issue(person.email);
		},
	};
}

export const emailOf = (slug: string, role: Role): string => `${role.toLowerCase()}@${slug}.example`;

const addPerson = ({ tenancy }: App, slug: string, role: ClinicRole) =>
	tenancy.addPerson(slug, { email: emailOf(slug, role), password: PASSWORD, name: role, roles: [role] });

const callerOf =
	({ http }: App): Call =>
	(method, path, token, { body, headers = {} } = {}) => {
		const isRaw = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
		return http.inject({
			method: method as InjectOptions["method"],
			url: path,
			headers: {
				host: HOST,
				...(body !== undefined && { "content-type": "application/fhir+json" }),
				...(token !== undefined && { authorization: `Bearer ${token}` }),
				...headers,
			},
			...(body !== undefined && { payload: isRaw ? body : JSON.stringify(body) }),
		});
	};

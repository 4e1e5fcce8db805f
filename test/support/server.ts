import Fastify, { type FastifyInstance, type LightMyRequestResponse } from "fastify";
import type { Test } from "tap";
import { createAuth, openKeyRing } from "../../src/auth/index.ts";
import { admin } from "../../src/http/admin.ts";
import { auth as authRoutes } from "../../src/http/auth.ts";
import { errors } from "../../src/http/errors.ts";
import { tokenCodec } from "../../src/http/token-codec.ts";
import { createTenancy, openDatabase } from "../../src/tenancy/index.ts";
import { NoteEntity, noteMigrations } from "./clinic-model.ts";
import { testDatabase } from "./database.ts";

export const PASSWORD = "correct horse battery";

/** Sign-in and administration on a database of their own, with a platform administrator `root@platform.example`. */
export async function testServer(t: Test, options: { loginsPerMinute?: number } = {}) {
	const { url } = await testDatabase(t);
	const database = await openDatabase({
		url,
		poolSize: 2,
		tenantEntities: [NoteEntity],
		tenantMigrations: noteMigrations,
	});
	const tenancy = createTenancy(database);
	await tenancy.ensurePlatformAdmin({ adminEmail: "root@platform.example", adminPassword: PASSWORD });
	const app = Fastify();
	const keys = openKeyRing(t.testdir());
	const codec = await tokenCodec(app, keys);
	const auth = createAuth({ tenancy, keys, codec, issuer: "https://phc.example" });
	await app.register(errors);
	await app.register(authRoutes, { auth, ...options });
	await app.register(admin, { auth, tenancy, checkProfiles: async () => undefined });
	t.teardown(async () => {
		await app.close();
		await database.close();
	});
	return { app, auth, tenancy, database, keys, codec, ...clientOf(app) };
}

function clientOf(app: FastifyInstance) {
	type Method = "GET" | "POST" | "PATCH" | "DELETE";
	const call = (method: Method, url: string, token?: string, payload?: object): Promise<LightMyRequestResponse> =>
		app.inject({
			method,
			url,
			...(payload ? { payload } : {}),
			headers: token ? { authorization: `Bearer ${token}` } : {},
		});
	const login = (email: string, tenant?: string, password = PASSWORD) =>
		call("POST", "/auth/login", undefined, { email, password, ...(tenant ? { tenant } : {}) });
	const tokenOf = async (email: string, tenant?: string): Promise<string> =>
		(await login(email, tenant)).json().access_token;
	return { call, login, tokenOf };
}

import { createPublicKey, verify } from "node:crypto";
import t from "tap";
import { PASSWORD, testServer } from "../support/server.ts";

const server = await testServer(t);
const { call, login, tokenOf, tenancy } = server;
await tenancy.provision({ slug: "alpha", name: "Alpha", adminEmail: "admin@alpha.example", adminPassword: PASSWORD });
await tenancy.provision({ slug: "beta", name: "Beta", adminEmail: "admin@beta.example", adminPassword: PASSWORD });
const doctor = { email: "doctor@alpha.example", password: PASSWORD, name: "Dr A", roles: ["DOCTOR"] };
const { id: doctorId } = await tenancy.addPerson("alpha", doctor);

const refresh = (token: string) => call("POST", "/auth/refresh", undefined, { refresh_token: token });

t.test("signs in and gives a token that the published keys verify", async (t) => {
	const answer = await login("Doctor@Alpha.example", "alpha");
	t.equal(answer.statusCode, 200);
	t.equal(answer.headers["cache-control"], "no-store");
	const { access_token, refresh_token, ...rest } = answer.json();
	t.same(rest, { token_type: "Bearer", expires_in: 900, scope: "user/*.cruds" });
	t.type(refresh_token, "string");
	const [head = "", body = "", signature = ""] = access_token.split(".");
	const header = JSON.parse(Buffer.from(head, "base64url").toString());
	const { keys } = (await call("GET", "/auth/jwks")).json();
	const jwk = keys.find(({ kid }: { kid: string }) => kid === header.kid);
	t.notOk("d" in jwk, "no private part is published");
	const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" as const };
	t.ok(verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url")));
	const claims = JSON.parse(Buffer.from(body, "base64url").toString());
	t.match(claims, {
		sub: doctorId,
		userId: doctorId,
		roles: ["DOCTOR"],
		tenantSlug: "alpha",
		tenantId: (await tenancy.get("alpha")).id,
		scope: "user/*.cruds",
		fhirUser: `https://phc.example/t/alpha/fhir/Practitioner/${doctorId}`,
		iss: "https://phc.example",
		aud: "https://phc.example",
		jti: String,
	});
	t.equal(claims.exp - claims.iat, 900);
});

t.test("the clinic may be left out by who has only one, and by people of the platform", async (t) => {
	t.equal((await login("doctor@alpha.example")).statusCode, 200);
	const platform = await login("root@platform.example");
	t.equal(platform.statusCode, 200);
	t.equal((await server.auth.authenticate(platform.json().access_token)).tenantId, undefined);
});

t.test("every failed sign-in looks the same", async (t) => {
	const failures = await Promise.all([
		login("doctor@alpha.example", "alpha", "wrong password!"),
		login("nobody@alpha.example", "alpha"),
		login("doctor@alpha.example", "beta"),
		login("doctor@alpha.example", "nowhere"),
		login("root@platform.example", "alpha"),
	]);
	t.same([...new Set(failures.map(({ statusCode }) => statusCode))], [401]);
	t.equal(new Set(failures.map(({ body }) => body)).size, 1);
	t.match(failures[0]?.json(), { error: "invalid_grant", error_description: String });
});

t.test("says what is wrong with a request, without its values", async (t) => {
	const answer = await call("POST", "/auth/login", undefined, { email: "a@b.c", pass: "secret-value" });
	t.equal(answer.statusCode, 400);
	t.match(answer.json(), { error: "invalid_request", error_description: /password is missing.*pass is not known/s });
	t.notMatch(answer.body, /secret-value/);
});

t.test("a refresh token works once; used again it ends its family", async (t) => {
	const first = (await login("doctor@alpha.example")).json();
	const second = await refresh(first.refresh_token);
	t.equal(second.statusCode, 200);
	t.match(await server.auth.authenticate(second.json().access_token), { userId: doctorId, tenantSlug: "alpha" });
	const reused = await refresh(first.refresh_token);
	t.equal(reused.statusCode, 401);
	t.match(reused.json(), { error: "invalid_grant" });
	t.equal((await refresh(second.json().refresh_token)).statusCode, 401, "the family is ended");
	t.equal((await refresh("unknown")).statusCode, 401);
});

t.test("of many that use one refresh token at once at most one gets through", async (t) => {
	const { refresh_token } = (await login("doctor@alpha.example")).json();
	const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refresh_token)));
	t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1);
});

t.test("signing out ends the refresh token", async (t) => {
	const { refresh_token } = (await login("doctor@alpha.example")).json();
	t.equal((await call("POST", "/auth/logout", undefined, { refresh_token })).statusCode, 204);
	t.equal((await refresh(refresh_token)).statusCode, 401);
	t.equal((await call("POST", "/auth/logout", undefined, { refresh_token: "unknown" })).statusCode, 204);
});

t.test("the database knows no refresh token and no password", async (t) => {
	const { refresh_token } = (await login("doctor@alpha.example")).json();
	const rows = await server.database.management.em.execute(
		`select row_to_json(r)::text as text from phc.refresh_token r union all select row_to_json(u)::text from phc."user" u`,
	);
	const all = rows.map(({ text }) => text).join("\n");
	t.notMatch(all, refresh_token);
	t.notMatch(all, PASSWORD);
	t.match(all, /\$argon2id\$/);
});

t.test("requests are limited for each address", async (t) => {
	const limited = await testServer(t, { loginsPerMinute: 3 });
	const codes: number[] = [];
	for (let i = 0; i < 4; i++) codes.push((await limited.login("root@platform.example")).statusCode);
	t.same(codes, [200, 200, 200, 429]);
	const answer = await limited.login("root@platform.example");
	t.match(answer.json(), { error: "temporarily_unavailable" });
	t.ok(Number(answer.headers["retry-after"]) > 0);
});

t.test("guessing is slowed down alike for who exists and who does not", async (t) => {
	for (const email of ["admin@beta.example", "stranger@beta.example"]) {
		for (let i = 0; i < 5; i++) t.equal((await login(email, "beta", "wrong guess 123")).statusCode, 401);
		t.equal((await login(email, "beta", "wrong guess 123")).statusCode, 429, email);
	}
	t.equal((await login("admin@beta.example", "beta")).statusCode, 429, "the right password waits too");
	t.ok(await tokenOf("admin@alpha.example"), "others are not held up");
});

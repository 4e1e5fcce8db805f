import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { emailOf, ISSUER, PASSWORD } from "../support/server-app.ts";
import { dumpOf, markOf, patient, twoClinics } from "./two-clinics.ts";

const server = await twoClinics(t);
const { app, call, config, tokenOf } = server;
const GOOD = await tokenOf("first", "DOCTOR");

const [HEADER, CLAIMS] = GOOD.split(".")
	.slice(0, 2)
	.map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
const keys = join(config.dataDir, "keys");
const OUR_KEY = createPrivateKey(readFileSync(join(keys, readdirSync(keys)[0] as string)));
const THEIR_KEY = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const PUBLIC_PEM = app.auth.jwks().keys[0] as object;

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
function signed(header: object, claims: object, key: KeyObject = OUR_KEY): string {
	const text = `${encoded({ ...HEADER, ...header })}.${encoded({ ...CLAIMS, ...claims })}`;
	return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
const [head, body, signature] = GOOD.split(".") as [string, string, string];
const now = Math.floor(Date.now() / 1000);
const hmac = (secret: string): string => {
	const text = `${encoded({ ...HEADER, alg: "HS256" })}.${body}`;
	return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
};

const REFUSED: Record<string, string> = {
	"no token at all": "garbage",
	"three parts of nothing": "a.b.c",
	"a token without its signature": `${head}.${body}.`,
	"a signature of another token": `${head}.${body}.${signature.slice(0, -4)}AAAA`,
	"claims changed after signing": `${head}.${encoded({ ...CLAIMS, tenantSlug: "second" })}.${signature}`,
	"the algorithm none": `${encoded({ alg: "none", typ: "JWT" })}.${body}.`,
	"the algorithm none with our key's id": `${encoded({ ...HEADER, alg: "none" })}.${body}.`,
	"the algorithm None with a signature": `${encoded({ ...HEADER, alg: "None" })}.${body}.${signature}`,
	"an HMAC by our public key": hmac(JSON.stringify(PUBLIC_PEM)),
	"another server's key": signed({}, {}, THEIR_KEY),
	"another server's key and its id": signed({ kid: "theirs" }, {}, THEIR_KEY),
	"another server's key in its own header": signed(
		{ jwk: THEIR_KEY.export({ format: "jwk" }), kid: undefined },
		{},
		THEIR_KEY,
	),
	"no key id": signed({ kid: undefined }, {}),
	"a path for a key id": signed({ kid: "../../etc/passwd" }, {}),
	"an end that has passed": signed({}, { iat: now - 1000, exp: now - 1 }),
	"no end": signed({}, { exp: undefined }),
	"a beginning in the future": signed({}, { nbf: now + 600 }),
	"another issuer": signed({}, { iss: "https://other.example" }),
	"another audience": signed({}, { aud: "https://other.example" }),
	"nobody's user id": signed({}, { userId: "01890000-0000-7000-8000-000000000000" }),
	"no user id": signed({}, { userId: undefined }),
};

t.test("the forge of this test makes tokens that would be taken, were nothing wrong with them", async (t) => {
	t.equal((await call("GET", "/t/first/fhir/Patient/1", signed({}, {}))).statusCode, 200);
});

for (const [name, token] of Object.entries(REFUSED)) {
	t.test(`a token with ${name} is refused`, async (t) => {
		const before = await dumpOf(server, "first");
		const bundle = { resourceType: "Bundle", type: "transaction" };
		for (const [method, path, body] of [
			["GET", "/t/first/fhir/Patient/1"],
			["GET", "/fhir/Patient/1"],
			["PUT", "/t/first/fhir/Patient/1", patient("first", "1", { birthDate: "1999" })],
			["POST", "/t/first/fhir", bundle],
			["GET", "/admin/tenants"],
		] as const) {
			const reply = await call(method, path, token, { body });
			t.equal(reply.statusCode, 401, `${method} ${path}: ${reply.body}`);
			if (path.startsWith("/admin")) continue;
			t.match(reply.headers["www-authenticate"], /^Bearer/);
			t.match(reply.json(), { resourceType: "OperationOutcome", issue: [{ code: /^(login|expired)$/ }] });
			t.notMatch(reply.body, markOf("first"));
		}
		t.strictSame(await dumpOf(server, "first"), before);
	});
}

t.test("without a bearer token nothing is answered", async (t) => {
	const basic = `Basic ${Buffer.from(`${emailOf("first", "DOCTOR")}:${PASSWORD}`).toString("base64")}`;
	for (const authorization of [undefined, "", "Bearer", "Bearer ", basic]) {
		const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
		const reply = await call("GET", `/t/first/fhir/Patient/1?access_token=${GOOD}`, undefined, { headers });
		t.equal(reply.statusCode, 401);
		t.notMatch(reply.body, markOf("first"));
	}
});

t.test("a refresh token is no access token", async (t) => {
	const credentials = { email: emailOf("first", "DOCTOR"), password: PASSWORD, tenant: "first" };
	const login = await call("POST", "/auth/login", undefined, {
		body: credentials,
		headers: { "content-type": "application/json" },
	});
	t.equal((await call("GET", "/t/first/fhir/Patient/1", login.json().refresh_token)).statusCode, 401);
	t.equal((await call("GET", "/t/first/fhir/Patient/1", login.json().access_token)).statusCode, 200);
});

t.test("a foreign token is refused by its clinic's name and by its number", async (t) => {
	const crossed = signed({}, { tenantSlug: "second" });
	t.equal((await call("GET", "/t/second/fhir/Patient/1", crossed)).statusCode, 403, "the number decides");
	const { tenant } = (await app.tenancy.resolve("second")) ?? {};
	const moved = signed({}, { tenantId: tenant?.id, tenantSlug: "second" });
	t.equal((await call("GET", "/t/second/fhir/Patient/1", moved)).statusCode, 401, "who is no member is nobody there");
	t.equal(CLAIMS.iss, ISSUER);
});

t.test("a suspended clinic is closed at once, and its data still there when it opens again", async (t) => {
	const token = await tokenOf("second", "DOCTOR");
	const read = () => call("GET", "/t/second/fhir/Patient/1", token);
	t.equal((await read()).statusCode, 200);
	await app.tenancy.suspend("second");
	const closed = await read();
	t.equal(closed.statusCode, 403);
	t.match(closed.json(), { resourceType: "OperationOutcome", issue: [{ code: "suppressed" }] });
	t.equal((await call("GET", "/admin/tenants/second/users", await tokenOf("first", "ADMIN"))).statusCode, 403);
	t.equal((await call("GET", "/t/first/fhir/Patient/1", GOOD)).statusCode, 200, "the others go on");
	await app.tenancy.activate("second");
	t.equal((await read()).statusCode, 200);
});

t.test("a disabled person is refused at once", async (t) => {
	const token = await tokenOf("second", "DOCTOR");
	const people = await app.tenancy.listPeople("second");
	const { id } = people.find(({ roles }) => roles.includes("DOCTOR")) as { id: string };
	await app.tenancy.changePerson("second", id, { status: "disabled" });
	const reply = await call("GET", "/t/second/fhir/Patient/1", token);
	t.match(reply, { statusCode: 401 });
	t.equal(reply.json().resourceType, "OperationOutcome");
});

t.test("a token does not outlive its clinic, even when another takes the name", async (t) => {
	const token = await tokenOf("second", "ADMIN");
	await app.tenancy.drop("second");
	await app.tenancy.provision({ slug: "second", name: "Another clinic" });
	for (const path of ["/t/second/fhir/Patient", "/fhir/Patient"]) {
		const { statusCode } = await call("GET", path, token);
		t.ok([401, 403].includes(statusCode), `${path}: ${statusCode}`);
	}
});

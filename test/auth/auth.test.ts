import { generateKeyPairSync } from "node:crypto";
import Fastify from "fastify";
import t from "tap";
import { createAuth, openKeyRing, rotateKeys } from "../../src/auth/index.ts";
import { tokenCodec } from "../../src/http/token-codec.ts";
import { createTenancy, openDatabase } from "../../src/tenancy/index.ts";
import { NoteEntity, noteMigrations } from "../support/clinic-model.ts";
import { PASSWORD, testServer } from "../support/server.ts";

const { auth, tenancy, database, keys, codec } = await testServer(t);
const token = await auth.issue("root@platform.example");
const kindOf = (given: string | undefined, by = auth): Promise<string> =>
	by.authenticate(given).then(
		() => "served",
		({ kind }: { kind: string }) => kind,
	);
const claims = codec.verify(token, keys.signing(), { iss: auth.issuer, aud: auth.issuer });

t.test("a token of ours is served, again and again", async (t) => {
	t.same([await kindOf(token), await kindOf(token)], ["served", "served"]);
});

t.test("missing, malformed, tampered, foreign and expired tokens are refused", async (t) => {
	const [head = "", body = "", signature = ""] = token.split(".");
	const forged = Buffer.from(JSON.stringify({ ...claims, roles: ["ADMIN"] })).toString("base64url");
	const none = Buffer.from(JSON.stringify({ alg: "none", kid: keys.signing().kid })).toString("base64url");
	const hmac = Buffer.from(JSON.stringify({ alg: "HS256", kid: keys.signing().kid })).toString("base64url");
	for (const bad of [
		undefined,
		"",
		"x",
		"a.b.c",
		`${head}.${forged}.${signature}`,
		`${head}.${body}.`,
		`${none}.${body}.`,
	]) {
		t.equal(await kindOf(bad), "unauthenticated", String(bad));
	}
	t.equal(await kindOf(`${hmac}.${body}.${signature}`), "unauthenticated");
	const stranger = openKeyRing(t.testdir()).signing();
	t.equal(await kindOf(codec.sign(claims, stranger)), "unauthenticated", "a key of somebody else");
	const disguised = { ...stranger, kid: keys.signing().kid };
	t.equal(await kindOf(codec.sign(claims, disguised)), "unauthenticated", "under our key id");
	t.equal(await kindOf(codec.sign({ ...claims, iss: "https://other" }, keys.signing())), "unauthenticated");
	t.equal(await kindOf(codec.sign({ ...claims, aud: "https://other" }, keys.signing())), "unauthenticated");
	const past = Math.floor(Date.now() / 1000) - 1;
	t.equal(await kindOf(codec.sign({ ...claims, iat: past - 900, exp: past }, keys.signing())), "expired");
});

t.test("a token ends in time although it was served before", async (t) => {
	const exp = Math.floor(Date.now() / 1000) + 1;
	const brief = codec.sign({ ...claims, exp }, keys.signing());
	t.equal(await kindOf(brief), "served");
	await new Promise((resolve) => setTimeout(resolve, exp * 1000 - Date.now() + 20));
	t.equal(await kindOf(brief), "expired");
});

t.test("works with every kind of key, and through a rotation", async (t) => {
	const pems = [
		generateKeyPairSync("ec", { namedCurve: "P-384" }),
		generateKeyPairSync("rsa", { modulusLength: 2048 }),
		generateKeyPairSync("ed25519"),
	].map(({ privateKey }) => privateKey.export({ type: "pkcs8", format: "pem" }).toString());
	for (const pem of pems) {
		const ring = openKeyRing("unused", pem);
		const other = createAuth({ tenancy, keys: ring, codec: await tokenCodec(Fastify(), ring), issuer: auth.issuer });
		t.equal(await kindOf(await other.issue("root@platform.example"), other), "served", ring.signing().algorithm);
	}
	let time = 0;
	const dataDir = t.testdir();
	const ring = openKeyRing(dataDir, undefined, () => time);
	const rotated = createAuth({ tenancy, keys: ring, codec: await tokenCodec(Fastify(), ring), issuer: auth.issuer });
	const before = await rotated.issue("root@platform.example");
	rotateKeys(dataDir);
	time += 60_000;
	const after = await rotated.issue("root@platform.example");
	t.not(codec.keyId(before), codec.keyId(after));
	t.same([await kindOf(before, rotated), await kindOf(after, rotated)], ["served", "served"]);
	t.equal(rotated.jwks().keys.length, 2);
});

t.test("what another process changes is seen within the time that answers are kept", async (t) => {
	const url = String(database.management.config.get("clientUrl"));
	const elsewhere = await openDatabase({
		url,
		poolSize: 1,
		tenantEntities: [NoteEntity],
		tenantMigrations: noteMigrations,
	});
	t.teardown(() => elsewhere.close());
	await tenancy.provision({ slug: "far", name: "Far", adminEmail: "admin@far.example", adminPassword: PASSWORD });
	const far = await auth.issue("admin@far.example");
	t.equal(await kindOf(far), "served");
	await createTenancy(elsewhere).suspend("far");
	const realNow = Date.now;
	const realPerformance = performance.now.bind(performance);
	t.teardown(() => Object.assign(Date, { now: realNow }));
	Date.now = () => realNow() + 20_001;
	performance.now = () => realPerformance() + 20_001;
	t.teardown(() => Object.assign(performance, { now: realPerformance }));
	t.equal(await kindOf(far), "suspended");
});

t.test("no token is issued for who is not there", async (t) => {
	await t.rejects(auth.issue("nobody@platform.example"), /No active person/);
	await t.rejects(auth.issue("root@platform.example", "far"), /No active person/);
});

import { generateKeyPairSync } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { openKeyRing, rotateKeys } from "../../src/auth/index.ts";

t.test("a key is made once, for its owner only", async (t) => {
	const dataDir = t.testdir();
	const { kid } = openKeyRing(dataDir).signing();
	t.equal(openKeyRing(dataDir).signing().kid, kid);
	const [file = ""] = readdirSync(join(dataDir, "keys"));
	t.equal(statSync(join(dataDir, "keys", file)).mode & 0o777, 0o600);
	t.equal(statSync(join(dataDir, "keys")).mode & 0o777, 0o700);
});

t.test("after a rotation the newest signs and the last ones still verify, also in a ring that was open", async (t) => {
	const dataDir = t.testdir();
	let time = 0;
	const open = openKeyRing(dataDir, undefined, () => time);
	const first = open.signing().kid;
	const second = rotateKeys(dataDir);
	t.equal(open.signing().kid, first);
	t.ok(open.find(first));
	time += 10_000;
	t.equal(open.signing().kid, second);
	t.ok(open.find(first));
	for (let i = 0; i < 3; i++) rotateKeys(dataDir);
	t.equal(openKeyRing(dataDir).all().length, 3);
	t.equal(openKeyRing(dataDir).find(first), undefined);
});

t.test("a given key is used, and a useless one refused without being shown", async (t) => {
	const { privateKey } = generateKeyPairSync("ed25519");
	const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
	t.equal(openKeyRing(t.testdir(), pem).signing().algorithm, "EdDSA");
	t.throws(() => openKeyRing(t.testdir(), "secret nonsense"), /^(?!.*nonsense).*JWT_PRIVATE_KEY/s);
});

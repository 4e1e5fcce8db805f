import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Algorithm = "ES256" | "ES384" | "RS256" | "EdDSA";
/** A key pair that signs access tokens. `kid` is its thumbprint. https://www.rfc-editor.org/rfc/rfc7638 */
export type SigningKey = {
	readonly kid: string;
	readonly algorithm: Algorithm;
	readonly privatePem: string;
	readonly publicPem: string;
	readonly jwk: JsonWebKey;
};

/** The keys of a deployment, oldest first: the newest signs, all verify. */
export type KeyRing = {
	signing(): SigningKey;
	find(kid: string): SigningKey | undefined;
	all(): readonly SigningKey[];
};

/** Processes that share a data directory see each other's new keys after this long. */
const REREAD_MS = 10_000;
/** A token lives 15 minutes, so the last of a key is gone long before two rotations are. */
const KEYS_KEPT = 3;

/**
 * The keys under `<dataDir>/keys`, made on first use, or the one key given as PEM (EC P-256, EC P-384, RSA or Ed25519).
 * @throws Error when the given key is none of these.
 */
export function openKeyRing(dataDir: string, givenPem?: string, now: () => number = Date.now): KeyRing {
	if (givenPem !== undefined) return fixedRing(toKey(givenPem, "JWT_PRIVATE_KEY"));
	const folder = join(dataDir, "keys");
	let keys = readKeys(folder);
	if (keys.length === 0) {
		rotateKeys(dataDir);
		keys = readKeys(folder);
	}
	let readAt = now();
	const reread = (age: number): void => {
		if (now() - readAt < age) return;
		readAt = now();
		const found = readKeys(folder);
		if (found.length > 0) keys = found;
	};
	return {
		signing: () => {
			reread(REREAD_MS);
			return keys.at(-1) as SigningKey;
		},
		find: (kid) => {
			const found = keys.find((key) => key.kid === kid);
			if (found !== undefined) return found;
			reread(1000);
			return keys.find((key) => key.kid === kid);
		},
		all: () => {
			reread(REREAD_MS);
			return keys;
		},
	};
}

const fixedRing = (key: SigningKey): KeyRing => ({
	signing: () => key,
	find: (kid) => (kid === key.kid ? key : undefined),
	all: () => [key],
});

/** Makes a new signing key; tokens of the last ones stay valid. Returns its `kid`. */
export function rotateKeys(dataDir: string): string {
	const folder = join(dataDir, "keys");
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
	const { kid } = toKey(pem, "the new key");
	// Names sort by age, also of keys made within one millisecond.
	const newest = Number(keyFiles(folder).at(-1)?.split("-")[0] ?? 0);
	const name = `${Math.max(Date.now(), newest + 1)}-${kid}`;
	// Renamed when whole, so that no other process reads half a key.
	const draft = join(folder, `${name}.draft`);
	writeFileSync(draft, pem, { mode: 0o600, flag: "wx" });
	renameSync(draft, join(folder, `${name}.pem`));
	for (const old of keyFiles(folder).slice(0, -KEYS_KEPT)) rmSync(join(folder, old), { force: true });
	return kid;
}

const keyFiles = (folder: string): string[] =>
	readdirSync(folder)
		.filter((name) => name.endsWith(".pem"))
		.sort();

function readKeys(folder: string): SigningKey[] {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	return keyFiles(folder).map((name) => toKey(readFileSync(join(folder, name), "utf8"), join(folder, name)));
}

function toKey(pem: string, place: string): SigningKey {
	let jwk: JsonWebKey;
	let publicPem: string;
	try {
		const publicKey = createPublicKey(createPrivateKey(pem));
		jwk = publicKey.export({ format: "jwk" });
		publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
	} catch {
		throw new Error(`${place} is no private key: give one in PEM form, without a passphrase.`);
	}
	const algorithm = algorithmOf(jwk);
	if (algorithm === undefined) throw new Error(`${place} must be an EC P-256, EC P-384, RSA or Ed25519 key.`);
	const kid = thumbprint(jwk);
	return { kid, algorithm, privatePem: pem, publicPem, jwk: { ...jwk, kid, alg: algorithm, use: "sig" } };
}

function algorithmOf(jwk: JsonWebKey): Algorithm | undefined {
	if (jwk.kty === "RSA") return "RS256";
	const byCurve: Record<string, Algorithm> = { "P-256": "ES256", "P-384": "ES384", Ed25519: "EdDSA" };
	return byCurve[jwk.crv ?? ""];
}

function thumbprint({ kty, crv, x, y, e, n }: JsonWebKey): string {
	const members = kty === "RSA" ? { e, kty, n } : kty === "EC" ? { crv, kty, x, y } : { crv, kty, x };
	return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}

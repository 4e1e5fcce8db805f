import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const NONCE = 12;
const TAG = 16;

/** Seals a value so that nobody without the key can read or change it. `key` is 32 bytes. */
export function seal(key: Buffer, value: unknown): string {
	const nonce = randomBytes(NONCE);
	const cipher = createCipheriv("aes-256-gcm", key, nonce);
	const text = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url");
}

/** Opens what `seal` made; `undefined` for anything else. */
export function unseal(key: Buffer, sealed: string): unknown {
	const bytes = Buffer.from(sealed, "base64url");
	if (bytes.length <= NONCE + TAG) return undefined;
	const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE));
	decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
	try {
		return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString("utf8"));
	} catch {
		return undefined;
	}
}

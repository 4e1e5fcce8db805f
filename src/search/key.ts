import { hash } from "node:crypto";

const SEPARATOR = "\u001f";

/** The words of an equality index entry, joined: resource type, parameter, form, then the value's parts. */
export const keyText = (resourceType: string, parameter: string, form: string, ...parts: readonly string[]): string =>
	[resourceType, parameter, form, ...parts].join(SEPARATOR);

const CACHE_SIZE = 20_000;
const cache = new Map<string, string>();

/**
 * The index entry of a key text as a PostgreSQL bigint: the first 8 bytes of its MD5, big-endian and signed.
 * The same in SQL: `('x' || left(md5(text), 16))::bit(64)::bigint`. Codes and parameters recur, hence the cache.
 */
export function keyHash(text: string): string {
	const known = cache.get(text);
	if (known !== undefined) return known;
	const entry = BigInt.asIntN(64, BigInt(`0x${hash("md5", text, "hex").slice(0, 16)}`)).toString();
	if (cache.size >= CACHE_SIZE) cache.clear();
	cache.set(text, entry);
	return entry;
}

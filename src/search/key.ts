import { hash } from "node:crypto";

/** Joins the words of a key; it cannot occur in a FHIR string. */
export const SEPARATOR = "\u001f";

/** The form and value of an equality entry: `reference`, `Patient/1`. */
export const entryOf = (...words: readonly string[]): string => words.join(SEPARATOR);

/** The whole text of a key: resource type, path, then the entry. */
export const keyText = (resourceType: string, path: string, entry: string): string =>
	`${resourceType}${SEPARATOR}${path}${SEPARATOR}${entry}`;

const CACHE_SIZE = 20_000;
const cache = new Map<string, string>();

/**
 * The index entry of a key text as a PostgreSQL bigint: the first 8 bytes of its MD5, big-endian and signed.
 * The same in SQL: `sqlHash`. Codes and parameters recur, hence the cache.
 */
export function keyHash(text: string): string {
	const known = cache.get(text);
	if (known !== undefined) return known;
	const entry = BigInt.asIntN(64, BigInt(`0x${hash("md5", text, "hex").slice(0, 16)}`)).toString();
	if (cache.size >= CACHE_SIZE) cache.clear();
	cache.set(text, entry);
	return entry;
}

/** SQL for the index entry of the key whose text is the SQL expression `text`. */
export const sqlHash = (text: string): string => `('x' || left(md5(${text}), 16))::bit(64)::bigint`;

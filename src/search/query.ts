import { Problem } from "../kernel/index.ts";

/** One `name=value` of a query, decoded. */
export type Pair = readonly [name: string, value: string];

/**
 * Decodes the text after `?` (or a form body) into its pairs, in order.
 * @throws Problem `value` for a percent sequence that is no UTF-8, and for U+0000, which no FHIR string can hold.
 */
export function parseQuery(query: string): Pair[] {
	if (query === "") return [];
	return query
		.split("&")
		.filter((part) => part !== "")
		.map((part) => {
			if (part.includes("%00") || part.includes("\0")) throw new Problem("value", NO_NUL);
			const equals = part.indexOf("=");
			return equals === -1 ? [decode(part), ""] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
		});
}

const NO_NUL = "The query holds the character U+0000, which no FHIR value can hold. Leave it out.";

function decode(text: string): string {
	if (!/[%+]/.test(text)) return text;
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		throw new Problem("value", "The query holds a % that starts no UTF-8 sequence. Write a literal % as %25.");
	}
}

/** Writes pairs as a query, so that `parseQuery` gives them back. */
export const formatQuery = (pairs: readonly Pair[]): string =>
	pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");

/** Percent-encodes what a query must; the marks of the search grammar stay readable. */
const encode = (text: string): string =>
	encodeURIComponent(text).replace(/%(2C|3A|7C|2F|24)/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);

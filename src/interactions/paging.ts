import { Problem, type Tenant } from "../kernel/index.ts";
import type { Pair } from "../search/index.ts";

/** Entries of a page when the client does not say. */
export const DEFAULT_COUNT = 20;

/**
 * Reads `_count`; more than the clinic gives is lowered to what it gives.
 * @throws Problem `value` for a negative number or none. https://hl7.org/fhir/R4/search.html#count
 */
export function readCount(query: readonly Pair[], { limits }: Tenant): number {
	const text = query.findLast(([name]) => name === "_count")?.[1];
	if (text === undefined) return Math.min(DEFAULT_COUNT, limits.maxPageSize);
	if (!/^\d{1,9}$/.test(text)) {
		throw new Problem("value", {
			text: "The value of _count must be a whole number, 0 or more.",
			expression: "_count",
		});
	}
	return Math.min(Number(text), limits.maxPageSize);
}

/** Writes where the next page begins as an opaque text for a link. */
export const writeCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString("base64url");

/**
 * Reads such a text back and checks its shape.
 * @throws Problem `link-expired` for what this server did not write.
 */
export function readCursor<T>(query: readonly Pair[], isPlace: (value: unknown) => value is T): T | undefined {
	const text = query.findLast(([name]) => name === "_page")?.[1];
	if (text === undefined) return undefined;
	try {
		const place: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
		if (isPlace(place)) return place;
	} catch {
		// Not even JSON: refused below like any other text this server did not write.
	}
	throw new Problem(
		"link-expired",
		"This page link is not valid here. Start again from the first page and follow its links unchanged.",
	);
}

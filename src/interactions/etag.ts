import { Problem } from "../kernel/index.ts";

/** The weak ETag of a version. https://hl7.org/fhir/R4/http.html#versioning */
export const etag = (version: number): string => `W/"${version}"`;

const TAG = /^\s*(?:W\/)?"([^"]*)"\s*$/;

/**
 * Whether a version satisfies an If-Match or If-None-Match header; weak and strong tags and lists are equal.
 * @throws Problem `value` for a header that is no ETag.
 */
export function etagMatches(header: string, version: number | undefined): boolean {
	if (header.trim() === "*") return version !== undefined;
	const tags = header.split(",").map((part) => {
		const tag = TAG.exec(part)?.[1];
		if (tag === undefined)
			throw new Problem("value", `An ETag must be written W/"3", as in the ETag header of the read.`);
		return tag;
	});
	return version !== undefined && tags.includes(String(version));
}

/** @throws Problem `precondition-failed` when If-Match is given and names another version than the live one. */
export function requireMatch(ifMatch: string | undefined, version: number | undefined): void {
	if (ifMatch === undefined || etagMatches(ifMatch, version)) return;
	const now = version === undefined ? "the resource does not exist" : `the resource is at version ${version}`;
	throw new Problem(
		"precondition-failed",
		`If-Match names another version: ${now}. Read it again and repeat the change on it.`,
	);
}

const SECRET_KEY = /authorization|cookie|passw|secret|token|api-?key|private-?key|otp$/i;
/** What holds a request's content or its URL, and so may hold a patient. */
const CONTENT_KEY = /^(?:headers|body|payload|query|params|parameters|url|resource)$/i;
const HIDDEN = "[hidden]";
const DEEPEST = 6;

/** A bearer credential, a JSON web token, a user:password part of a URL, an ABHA number. */
const SECRET_TEXT =
	/\b(?:bearer|basic)\s+[\w.~+/=-]+|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|(?<=:\/\/)[^\s/@]+@|\b\d{2}-?\d{4}-?\d{4}-?\d{4}\b/gi;

/** Text without what looks like a credential or an ABHA number. */
export const hideSecrets = (text: string): string => text.replace(SECRET_TEXT, HIDDEN);

/**
 * A log line's object without secrets, at any depth: values of keys that name one or a
 * request's content are hidden, texts are cleaned.
 * Errors are left to their serializer.
 */
export function redact(value: unknown, depth = 0): unknown {
	if (typeof value === "string") return hideSecrets(value);
	if (typeof value !== "object" || value === null || value instanceof Error) return value;
	if (depth === DEEPEST) return HIDDEN;
	if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
	const clean: Record<string, unknown> = {};
	for (const [key, item] of Object.entries(value)) {
		clean[key] = SECRET_KEY.test(key) || CONTENT_KEY.test(key) ? HIDDEN : redact(item, depth + 1);
	}
	return clean;
}

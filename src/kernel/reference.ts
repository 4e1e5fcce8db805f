const LITERAL = /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/**
 * `Type/id` when `url` is a relative literal reference, or an absolute one under the clinic's own `base`; without the
 * version that it may name. https://hl7.org/fhir/R4/references.html#literal
 */
export function localReference(url: string, base: string): string | undefined {
	const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url;
	return LITERAL.exec(relative)?.[1];
}

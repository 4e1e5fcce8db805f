import { type FhirRequest, isObject } from "../kernel/index.ts";

/** Types whose resources say what the clinic's resources must be, once they are stored. */
export const DEFINITIONS: readonly string[] = ["CodeSystem", "ConceptMap", "StructureDefinition", "ValueSet"];

/** Types whose resources change how the whole clinic is served: only its administrators write them. */
export const CONFORMANCE: readonly string[] = [...DEFINITIONS, "SearchParameter"];

const NAMES = new RegExp(`\\b(?:${CONFORMANCE.join("|")})\\b`);

/** Whether a request may change what the clinic can be searched by, or what its resources must be. */
export function changesConformance({ method, path, body }: FhirRequest): boolean {
	if (method === "GET" || method === "HEAD") return false;
	if (path !== "") return isWriteOf(path);
	const entries = body?.kind === "json" && isObject(body.tree) ? body.tree.entry : undefined;
	if (!Array.isArray(entries)) return false;
	return entries.some((entry) => {
		if (!isObject(entry) || !isObject(entry.request)) return false;
		const { method: inner, url } = entry.request;
		return inner !== "GET" && inner !== "HEAD" && typeof url === "string" && isWriteOf(url);
	});
}

/** Whether a URL, with or without a query, names such a type and is no search and no operation. */
function isWriteOf(url: string): boolean {
	const [path = ""] = url.split("?");
	return NAMES.test(path) && !/\/(?:\$|_search)/.test(path);
}

/** An entry of a result Bundle. `resource` is stored text, taken as it stands. */
export type Entry = {
	readonly fullUrl?: string;
	readonly resource?: string;
	readonly search?: { readonly mode: "match" | "include" | "outcome" };
	readonly request?: { readonly method: string; readonly url: string };
	readonly response?: {
		readonly status: string;
		readonly location?: string;
		readonly etag?: string;
		readonly lastModified?: string;
		readonly outcome?: unknown;
	};
};

export type Link = { readonly relation: string; readonly url: string };

/**
 * Writes a Bundle around stored texts, without parsing them. `asOf` is the time its content is complete to, in milliseconds.
 * https://hl7.org/fhir/R4/bundle.html
 */
export function bundleText(
	type: string,
	entries: readonly Entry[],
	{ total, links = [], asOf = Date.now() }: { total?: number; links?: readonly Link[]; asOf?: number } = {},
): string {
	const head: string[] = [`"resourceType":"Bundle"`, `"type":"${type}"`];
	if (type === "searchset" || type === "history") head.push(`"meta":{"lastUpdated":"${new Date(asOf).toISOString()}"}`);
	if (total !== undefined) head.push(`"total":${total}`);
	if (links.length > 0) head.push(`"link":${JSON.stringify(links)}`);
	if (entries.length > 0) head.push(`"entry":[${entries.map(entryText).join(",")}]`);
	return `{${head.join(",")}}`;
}

function entryText({ fullUrl, resource, search, request, response }: Entry): string {
	const parts: string[] = [];
	if (fullUrl !== undefined) parts.push(`"fullUrl":${JSON.stringify(fullUrl)}`);
	if (resource !== undefined) parts.push(`"resource":${resource}`);
	if (search) parts.push(`"search":${JSON.stringify(search)}`);
	if (request) parts.push(`"request":${JSON.stringify(request)}`);
	if (response) parts.push(`"response":${JSON.stringify(response)}`);
	return `{${parts.join(",")}}`;
}

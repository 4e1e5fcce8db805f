import { type Context, type FhirRequest, type FhirResponse, type Issue, outcomeOf } from "../kernel/index.ts";
import type { Deletion, Stored } from "../store/index.ts";
import { etag } from "./etag.ts";

/** What a client wants back from a write. https://hl7.org/fhir/R4/http.html#return */
export type Return = "minimal" | "representation" | "OperationOutcome";

/** Reads `Prefer: return=…`; a representation when nothing is said. */
export function preferredReturn({ conditions }: Pick<FhirRequest, "conditions">): Return {
	const value = /(?:^|[,;\s])return\s*=\s*"?(minimal|representation|OperationOutcome)"?/.exec(
		conditions.prefer ?? "",
	)?.[1];
	return (value as Return | undefined) ?? "representation";
}

/** Whether unknown search parameters are errors: yes, unless `Prefer: handling=lenient`. */
export const isStrict = ({ conditions }: FhirRequest): boolean =>
	!/(?:^|[,;\s])handling\s*=\s*"?lenient"?/.test(conditions.prefer ?? "");

/** The answer to a read of a version. */
export const readResponse = ({ version, lastUpdated, text }: Stored): FhirResponse => ({
	status: 200,
	etag: etag(version),
	lastModified: lastUpdated,
	body: text,
});

/**
 * The answer to a write that left `stored` in place: 201 when it made the resource, else 200. `advice` is told where the
 * client asks for an OperationOutcome.
 */
export function writeResponse(
	context: Context,
	request: FhirRequest,
	stored: Stored,
	created: boolean,
	advice: readonly Issue[] = [],
): FhirResponse {
	const { type, id, version, lastUpdated } = stored;
	return {
		status: created ? 201 : 200,
		etag: etag(version),
		lastModified: lastUpdated,
		location: `${context.base}/${type}/${id}/_history/${version}`,
		body: writeBody(request, stored, created, advice),
	};
}

function writeBody(
	request: FhirRequest,
	{ type, id, version, text }: Stored,
	created: boolean,
	advice: readonly Issue[],
): string | undefined {
	switch (preferredReturn(request)) {
		case "minimal":
			return undefined;
		case "OperationOutcome":
			return informationText(`${type}/${id} is ${created ? "created" : "stored"} as version ${version}.`, advice);
		case "representation":
			return text;
	}
}

/** The answer to a delete; nothing to delete is a success too. https://hl7.org/fhir/R4/http.html#delete */
export function deleteResponse(request: FhirRequest, deletion: Deletion | undefined): FhirResponse {
	const body =
		preferredReturn(request) === "OperationOutcome"
			? informationText(deletion ? "The resource is deleted." : "There was nothing to delete.")
			: undefined;
	return {
		status: body === undefined ? 204 : 200,
		...(deletion && { etag: etag(deletion.version), lastModified: deletion.lastUpdated }),
		body,
	};
}

/** The text of an OperationOutcome with one issue. */
export const outcomeText = (severity: string, code: string, diagnostics: string): string =>
	JSON.stringify({ resourceType: "OperationOutcome", issue: [{ severity, code, diagnostics }] });

/** The text of an OperationOutcome that says what was done, and `advice` after it. */
const informationText = (text: string, advice: readonly Issue[] = []): string =>
	JSON.stringify(outcomeOf([{ text }, ...advice], { severity: "information", code: "informational" }));

import type { FhirRequest, FhirResponse, Resource } from "../kernel/index.ts";
import type { Stored } from "../store/index.ts";
import { etag } from "./etag.ts";

/** The Binary resource that raw bytes sent to `Binary` stand for. https://hl7.org/fhir/R4/binary.html#rest */
export function binaryOfBytes({ body }: FhirRequest): Resource | undefined {
	if (body?.kind !== "bytes") return undefined;
	const data = body.bytes.toString("base64");
	const { securityContext: reference } = body;
	return {
		resourceType: "Binary",
		contentType: body.mediaType,
		...(reference !== undefined && { securityContext: { reference } }),
		...(data !== "" && { data }),
	};
}

/** The raw bytes of a stored Binary, when the client asks for something else than FHIR. */
export function binaryResponse(request: FhirRequest, stored: Stored): FhirResponse | undefined {
	if (stored.type !== "Binary" || request.accept === undefined) return undefined;
	const { contentType, data } = JSON.parse(stored.text) as { contentType: string; data?: string };
	return {
		status: 200,
		etag: etag(stored.version),
		lastModified: stored.lastUpdated,
		body: { bytes: Buffer.from(data ?? "", "base64"), mediaType: contentType },
	};
}

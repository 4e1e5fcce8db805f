import { type FhirResponse, Problem } from "../kernel/index.ts";
import type { Stored } from "../store/index.ts";
import { binaryResponse } from "./binary.ts";
import type { Exchange, Interaction } from "./engine.ts";
import { etag, etagMatches } from "./etag.ts";
import { readResponse } from "./respond.ts";
import { subsetResponse } from "./subset.ts";

/** https://hl7.org/fhir/R4/http.html#read */
export const read: Interaction = {
	code: "read",
	level: "instance",
	method: "GET",
	path: ":type/:id",
	action: "read",
	async handle(exchange) {
		return present(exchange, await readStored(exchange));
	},
};

/** The live version of the resource in the URL. @throws Problem `not-found` or `deleted`. */
export async function readStored(exchange: Exchange): Promise<Stored> {
	const { session, params } = exchange;
	const stored = await session.read(params.type, params.id);
	if (!stored) throw await absence(exchange);
	return stored;
}

/** https://hl7.org/fhir/R4/http.html#vread */
export const vread: Interaction = {
	code: "vread",
	level: "instance",
	method: "GET",
	path: ":type/:id/_history/:vid",
	action: "read",
	async handle(exchange) {
		const { type, id, vid } = exchange.params;
		const version = /^[1-9]\d{0,8}$/.test(vid) ? Number(vid) : 0;
		const stored = version === 0 ? undefined : await exchange.session.vread(type, id, version);
		if (stored === undefined) throw new Problem("not-found", `${type}/${id} has no version ${vid}. See its _history.`);
		if (stored === "deleted")
			throw new Problem(
				"deleted",
				`Version ${vid} of ${type}/${id} is its deletion. Earlier versions can still be read.`,
			);
		return present(exchange, stored);
	},
};

function present(exchange: Exchange, stored: Stored): FhirResponse {
	const unchanged = notModified(exchange, stored);
	if (unchanged) return unchanged;
	const response = binaryResponse(exchange.request, stored) ?? readResponse(stored);
	return subsetResponse(exchange, stored.type, response);
}

/** 410 for what was deleted, 404 for what never was. */
async function absence({ session, params: { type, id } }: Exchange): Promise<Problem> {
	const deletion = session.isRestricted(type) ? undefined : await session.deletion(type, id);
	return deletion
		? new Problem("deleted", `${type}/${id} was deleted as version ${deletion.version}. Its history can still be read.`)
		: new Problem("not-found", `There is no ${type} with the id "${id}".`);
}

/** https://hl7.org/fhir/R4/http.html#cread; Last-Modified has whole seconds, so within one second only the ETag decides. */
function notModified(
	{ request: { conditions } }: Exchange,
	{ version, lastUpdated }: Stored,
): FhirResponse | undefined {
	const { ifNoneMatch, ifModifiedSince } = conditions;
	const unchanged =
		ifNoneMatch === undefined
			? ifModifiedSince !== undefined && lastUpdated.getTime() <= Date.parse(ifModifiedSince)
			: etagMatches(ifNoneMatch, version);
	return unchanged ? { status: 304, etag: etag(version), lastModified: lastUpdated } : undefined;
}

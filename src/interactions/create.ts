import { type FhirResponse, newId, Problem, type Resource } from "../kernel/index.ts";
import type { Session, Stored } from "../store/index.ts";
import { type Admitted, admit, admitTree } from "./admit.ts";
import { binaryOfBytes } from "./binary.ts";
import { conditionsOf, readCriteria } from "./conditional.ts";
import type { Exchange, Interaction } from "./engine.ts";
import { requireReferences } from "./reference-check.ts";
import { writeResponse } from "./respond.ts";

/** Create, and conditional create by If-None-Exist. https://hl7.org/fhir/R4/http.html#create */
export const create: Interaction = {
	code: "create",
	level: "type",
	method: "POST",
	path: ":type",
	action: "create",
	async handle(exchange) {
		const { context, request, session } = exchange;
		const admitted = await admitBody(exchange);
		const { ifNoneExist } = request.conditions;
		if (ifNoneExist !== undefined) return createUnlessThere(exchange, admitted, ifNoneExist);
		const stored = await createResource(session, admitted.resource, newId());
		return writeResponse(context, request, stored, true, admitted.advice);
	},
};

/** The resource that a create or update carries; bytes sent to Binary become one. */
export async function admitBody(exchange: Exchange): Promise<Admitted> {
	const { request, params, session } = exchange;
	const binary = params.type === "Binary" ? binaryOfBytes(request) : undefined;
	const admitted = await (binary ? admitTree(exchange, binary, "Binary", request) : admit(exchange, params.type));
	const { resource } = admitted;
	// A create gives another id than the body's.
	const id = request.method === "PUT" ? resource.id : undefined;
	await requireReferences(exchange, session, [{ resource, id }]);
	return admitted;
}

/** Writes a new resource under an id that the server chose. A client's own id plays no part. */
export async function createResource(session: Session, resource: Resource, id: string): Promise<Stored> {
	const stored = await session.create(resource, id, "POST");
	if (!stored) throw new Problem("conflict", "The new id is taken. Repeat the request.");
	return stored;
}

/** https://hl7.org/fhir/R4/http.html#ccreate: the lock makes parallel requests with the same condition take turns. */
async function createUnlessThere(
	exchange: Exchange,
	{ resource, advice }: Admitted,
	ifNoneExist: string,
): Promise<FhirResponse> {
	const { context, request, session, params } = exchange;
	const criteria = readCriteria(exchange, params.type, ifNoneExist);
	const [already = []] = await session.match([criteria], 2);
	if (already.length > 0) return existing(exchange, session, already);
	return session.transact(async (inner) => {
		await inner.lock(conditionsOf([criteria]));
		const [found = []] = await inner.match([criteria], 2);
		if (found.length > 0) return existing(exchange, inner, found);
		return writeResponse(context, request, await createResource(inner, resource, newId()), true, advice);
	});
}

async function existing(exchange: Exchange, session: Session, found: readonly string[]): Promise<FhirResponse> {
	const { context, request, params } = exchange;
	if (found.length > 1) {
		throw new Problem("multiple-matches", "If-None-Exist matches more than one resource. Narrow the condition.");
	}
	const stored = await session.read(params.type, found[0] as string);
	if (!stored)
		throw new Problem("conflict", "The resource that If-None-Exist matched was just deleted. Repeat the request.");
	return writeResponse(context, request, stored, false);
}

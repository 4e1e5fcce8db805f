import { type FhirResponse, isId, newId, Problem, type Resource } from "../kernel/index.ts";
import { Contention, draft, finish, type Session, type Stored } from "../store/index.ts";
import type { Admitted } from "./admit.ts";
import { atMostOne, conditionsOf, readCriteria } from "./conditional.ts";
import { admitBody, createResource } from "./create.ts";
import type { Exchange, Interaction } from "./engine.ts";
import { requireMatch } from "./etag.ts";
import { writeResponse } from "./respond.ts";

/** Update, and create under a client's id. https://hl7.org/fhir/R4/http.html#update */
export const update: Interaction = {
	code: "update",
	level: "instance",
	method: "PUT",
	path: ":type/:id",
	action: "update",
	async handle(exchange) {
		const { context, request, session, params } = exchange;
		const { resource, advice } = await admitBody(exchange);
		requireId(resource, params.id, request.body?.kind === "bytes");
		const { stored, created } = await updateResource(session, resource, params.id, request.conditions.ifMatch);
		return writeResponse(context, request, stored, created, advice);
	},
};

/** https://hl7.org/fhir/R4/http.html#cond-update */
export const conditionalUpdate: Interaction = {
	code: "update",
	level: "type",
	method: "PUT",
	path: ":type",
	action: "update",
	async handle(exchange) {
		const { session, params, request } = exchange;
		const admitted = await admitBody(exchange);
		const criteria = readCriteria(exchange, params.type, request.query);
		return session.transact(async (inner) => {
			await inner.lock(conditionsOf([criteria]));
			const [found = []] = await inner.match([criteria], 2);
			return updateMatched(exchange, inner, admitted, atMostOne(found));
		});
	},
};

async function updateMatched(
	{ context, request }: Exchange,
	session: Session,
	{ resource, advice }: Admitted,
	match: string | undefined,
): Promise<FhirResponse> {
	const id = conditionalIdentity(resource, match);
	if (id === undefined) {
		requireMatch(request.conditions.ifMatch, undefined);
		return writeResponse(context, request, await createResource(session, resource, newId()), true, advice);
	}
	const { stored, created } = await updateResource(session, resource, id, request.conditions.ifMatch);
	return writeResponse(context, request, stored, created, advice);
}

/** The id a conditional update writes to; `undefined` when the server chooses one. */
export function conditionalIdentity(resource: Resource, match: string | undefined): string | undefined {
	if (match !== undefined && resource.id !== undefined && resource.id !== match) {
		throw new Problem("invalid", {
			text: "The criteria match a resource with another id than the one in the body. Leave the id out or correct it.",
			expression: `${resource.resourceType}.id`,
		});
	}
	return match ?? resource.id;
}

/** @throws Problem unless the body carries the id of the URL. Raw bytes carry none. */
export function requireId(resource: Resource, id: string, raw = false): void {
	if (raw || resource.id === id) return;
	const text =
		resource.id === undefined
			? `The body of an update must carry the id of the URL: add "id": "${id}".`
			: `The body's id differs from the id in the URL, "${id}". Make the two agree.`;
	throw new Problem("invalid", { text, expression: `${resource.resourceType}.id` });
}

const OPTIMISTIC_TRIES = 3;

/**
 * Writes `resource` as the next version under `id`, or as the first one (or the next after a deletion).
 * Content equal to the live version makes no version. Two updates at once take turns; with If-Match one wins.
 */
export async function updateResource(
	session: Session,
	resource: Resource,
	id: string,
	ifMatch: string | undefined,
): Promise<{ stored: Stored; created: boolean }> {
	if (!isId(id))
		throw new Problem("value", "The id is not a FHIR id: use 1 to 64 of A–Z, a–z, 0–9, - and the full stop.");
	for (let tries = 0; tries < OPTIMISTIC_TRIES; tries++) {
		const done = await attempt(session, resource, id, ifMatch);
		if (done) return done;
	}
	return session.transact(async (inner) => {
		await inner.prepare([{ type: resource.resourceType, id }]);
		const done = await attempt(inner, resource, id, ifMatch);
		if (!done) throw new Contention("update lost to another write under a row lock");
		return done;
	});
}

async function attempt(
	session: Session,
	resource: Resource,
	id: string,
	ifMatch: string | undefined,
): Promise<{ stored: Stored; created: boolean } | undefined> {
	const type = resource.resourceType;
	const current = await session.read(type, id);
	requireMatch(ifMatch, current?.version);
	if (current) {
		if (isSame(current, resource)) return { stored: current, created: false };
		const stored = await session.update(resource, current, "PUT");
		return stored && { stored, created: false };
	}
	const deletion = await session.deletion(type, id);
	const stored = await session.create(resource, id, "PUT", (deletion?.version ?? 0) + 1);
	return stored && { stored, created: true };
}

/** Whether writing `resource` would give the very text that is stored. */
export const isSame = (current: Stored, resource: Resource): boolean =>
	finish(draft(resource, current.id, current.version), current.lastUpdated) === current.text;

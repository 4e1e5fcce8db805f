import { type FhirResponse, Problem } from "../kernel/index.ts";
import { Contention, type Session, type Stored } from "../store/index.ts";
import { atMostOne, conditionsOf, readCriteria } from "./conditional.ts";
import type { Engine, Exchange, Interaction } from "./engine.ts";
import { requireMatch } from "./etag.ts";
import { applyPatch } from "./patch/index.ts";
import { writeResponse } from "./respond.ts";
import { isSame } from "./update.ts";

/** https://hl7.org/fhir/R4/http.html#patch */
export const patch: Interaction = {
	code: "patch",
	level: "instance",
	method: "PATCH",
	path: ":type/:id",
	action: "update",
	handle: async (exchange) => patchAs(exchange, exchange.session, exchange.params.id),
};

/** Patch of the one resource that matches. */
export const conditionalPatch: Interaction = {
	code: "patch",
	level: "type",
	method: "PATCH",
	path: ":type",
	action: "update",
	async handle(exchange) {
		const { session, params, request } = exchange;
		const criteria = readCriteria(exchange, params.type, request.query);
		return session.transact(async (inner) => {
			await inner.lock(conditionsOf([criteria]));
			const [found = []] = await inner.match([criteria], 2);
			const id = atMostOne(found);
			if (id === undefined)
				throw new Problem("not-found", `No ${params.type} matches the criteria, so there is nothing to patch.`);
			return patchAs(exchange, inner, id);
		});
	},
};

async function patchAs(
	{ engine, context, request, params }: Exchange,
	session: Session,
	id: string,
): Promise<FhirResponse> {
	const { body, conditions } = request;
	const stored = await patchResource(engine, session, { type: params.type, id, body, ifMatch: conditions.ifMatch });
	return writeResponse(context, request, stored, false);
}

const OPTIMISTIC_TRIES = 3;

type Patching = {
	readonly type: string;
	readonly id: string;
	readonly body: Exchange["request"]["body"];
	readonly ifMatch: string | undefined;
};

/** Applies a patch to the live version; when another write comes between, to the version that it left. */
export async function patchResource(engine: Engine, session: Session, patching: Patching): Promise<Stored> {
	for (let tries = 0; tries < OPTIMISTIC_TRIES; tries++) {
		const stored = await attempt(engine, session, patching);
		if (stored) return stored;
	}
	return session.transact(async (inner) => {
		await inner.prepare([patching]);
		const stored = await attempt(engine, inner, patching);
		if (!stored) throw new Contention("patch lost to another write under a row lock");
		return stored;
	});
}

async function attempt(
	engine: Engine,
	session: Session,
	{ type, id, body, ifMatch }: Patching,
): Promise<Stored | undefined> {
	const current = await session.read(type, id);
	requireMatch(ifMatch, current?.version);
	if (!current) throw await gone(session, type, id);
	const resource = applyPatch(engine, current, body);
	return isSame(current, resource) ? current : session.update(resource, current, "PATCH");
}

async function gone(session: Session, type: string, id: string): Promise<Problem> {
	const deletion = session.isRestricted(type) ? undefined : await session.deletion(type, id);
	return deletion
		? new Problem("deleted", `${type}/${id} is deleted, so it cannot be patched. Store it again by PUT.`)
		: new Problem("not-found", `There is no ${type} with the id "${id}".`);
}

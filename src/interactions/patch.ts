import { type FhirRequest, type FhirResponse, Problem, type Resource } from "../kernel/index.ts";
import { Contention, type Session, type Stored } from "../store/index.ts";
import type { Admitted } from "./admit.ts";
import { atMostOne, conditionsOf, readCriteria } from "./conditional.ts";
import type { Exchange, Interaction } from "./engine.ts";
import { requireMatch } from "./etag.ts";
import type { Place } from "./examine.ts";
import { applyPatch } from "./patch/index.ts";
import { requireReferences } from "./reference-check.ts";
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

async function patchAs(exchange: Exchange, session: Session, id: string): Promise<FhirResponse> {
	const { context, request, params } = exchange;
	const check = (resource: Resource) => requireReferences(exchange, session, [{ resource, id }]);
	const { stored, advice } = await patchResource(exchange, session, { type: params.type, id, request, check });
	return writeResponse(context, request, stored, false, advice);
}

const OPTIMISTIC_TRIES = 3;

type Patching = {
	readonly type: string;
	readonly id: string;
	readonly request: Pick<FhirRequest, "body" | "conditions">;
	/** What must hold of the result beside what holds of every resource; throws where it does not. */
	check(resource: Resource): Promise<void>;
};

/** The version that a patch left, and what was found beside errors, where the client asks to be told. */
type Patched = Admitted & { readonly stored: Stored };

/** Applies a patch to the live version; when another write comes between, to the version that it left. */
export async function patchResource(place: Place, session: Session, patching: Patching): Promise<Patched> {
	for (let tries = 0; tries < OPTIMISTIC_TRIES; tries++) {
		const patched = await attempt(place, session, patching);
		if (patched) return patched;
	}
	return session.transact(async (inner) => {
		await inner.prepare([patching]);
		const patched = await attempt(place, inner, patching);
		if (!patched) throw new Contention("patch lost to another write under a row lock");
		return patched;
	});
}

async function attempt(
	place: Place,
	session: Session,
	{ type, id, request, check }: Patching,
): Promise<Patched | undefined> {
	const current = await session.read(type, id);
	requireMatch(request.conditions.ifMatch, current?.version);
	if (!current) throw await gone(session, type, id);
	const admitted = await applyPatch(place, current, request);
	await check(admitted.resource);
	if (isSame(current, admitted.resource)) return { ...admitted, stored: current };
	const stored = await session.update(admitted.resource, current, "PATCH");
	return stored && { ...admitted, stored };
}

async function gone(session: Session, type: string, id: string): Promise<Problem> {
	const deletion = session.isRestricted(type) ? undefined : await session.deletion(type, id);
	return deletion
		? new Problem("deleted", `${type}/${id} is deleted, so it cannot be patched. Store it again by PUT.`)
		: new Problem("not-found", `There is no ${type} with the id "${id}".`);
}

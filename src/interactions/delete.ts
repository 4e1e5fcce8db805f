import { Problem } from "../kernel/index.ts";
import type { Deletion, Session } from "../store/index.ts";
import { conditionsOf, readCriteria } from "./conditional.ts";
import type { Interaction } from "./engine.ts";
import { requireMatch } from "./etag.ts";
import { deleteResponse } from "./respond.ts";

/** https://hl7.org/fhir/R4/http.html#delete */
export const deleteInstance: Interaction = {
	code: "delete",
	level: "instance",
	method: "DELETE",
	path: ":type/:id",
	action: "delete",
	async handle({ session, params, request }) {
		return deleteResponse(request, await deleteResource(session, params.type, params.id, request.conditions.ifMatch));
	},
};

/** Most resources that one conditional delete may take away. */
export const DELETE_LIMIT = 1000;

/** Conditional delete of every match, all or none. https://hl7.org/fhir/R4/http.html#3.1.0.7.1 */
export const conditionalDelete: Interaction = {
	code: "delete",
	level: "type",
	method: "DELETE",
	path: ":type",
	action: "delete",
	async handle(exchange) {
		const { session, params, request } = exchange;
		const criteria = readCriteria(exchange, params.type, request.query);
		const deletions = await session.transact(async (inner) => {
			await inner.lock(conditionsOf([criteria]));
			const [ids = []] = await inner.match([criteria], DELETE_LIMIT + 1);
			requireFew(ids.length);
			await inner.prepare(ids.map((id) => ({ type: params.type, id })));
			const done: (Deletion | undefined)[] = [];
			for (const id of ids) done.push(await deleteResource(inner, params.type, id, request.conditions.ifMatch));
			return done;
		});
		return deleteResponse(request, deletions.length === 1 ? deletions[0] : undefined);
	},
};

/** @throws Problem `too-costly` over the limit of one conditional delete. */
export function requireFew(matches: number): void {
	if (matches > DELETE_LIMIT) {
		throw new Problem(
			"too-costly",
			`The criteria match more than ${DELETE_LIMIT} resources, the most that one conditional delete takes. Narrow them.`,
		);
	}
}

/** Deletes the live version, if there is one and If-Match allows it. */
export async function deleteResource(
	session: Session,
	type: string,
	id: string,
	ifMatch: string | undefined,
): Promise<Deletion | undefined> {
	if (ifMatch === undefined) return session.delete(type, id);
	const current = await session.read(type, id);
	requireMatch(ifMatch, current?.version);
	const deletion = await session.delete(type, id, current?.version);
	if (!deletion)
		throw new Problem("precondition-failed", "The resource was changed at the same moment. Read it again.");
	return deletion;
}

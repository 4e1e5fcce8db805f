import { type Context, type FhirRequest, type FhirResponse, Problem } from "../kernel/index.ts";
import { parseQuery } from "../search/index.ts";
import type { Session } from "../store/index.ts";
import { requireAccess } from "./access.ts";
import { clinicEngine, knownEngine, relearn } from "./clinic-engine.ts";
import { changesConformance } from "./conformance.ts";
import type { Engine, Interaction } from "./engine.ts";
import { followLateWrite } from "./late-write.ts";
import { route } from "./route.ts";

/** Answers any FHIR request in a session: the one way in for HTTP and for Bundle entries. */
export type Dispatch = (context: Context, request: FhirRequest, session?: Session) => Promise<FhirResponse>;

const sessionOf = (engine: Engine, context: Context): Session =>
	engine.store.session(context.tenant, context.base, {
		registry: engine.registry,
		restrict: engine.restrictionOf(context),
		oneSearch: true,
	});

/** Binds the engine and the list of interactions to one dispatcher. */
export function createDispatch(engine: Engine, interactions: readonly Interaction[]): Dispatch {
	const answer = async (
		context: Context,
		request: FhirRequest,
		session?: Session,
		known = knownEngine(engine, context.tenant),
	): Promise<FhirResponse> => {
		const began = Date.now();
		const { interaction, params } = route(interactions, engine.registry, request);
		if (interaction.action) requireAccess(context.caller, interaction.action, params.type);
		const own = known ?? (await clinicEngine(engine, context));
		const response = await interaction.handle({
			engine: own,
			context,
			session: session ?? sessionOf(own, context),
			request,
			params,
			query: parseQuery(request.query),
			served: interactions,
			// Within a transaction a look at the clinic would want a second connection, and might wait for it for ever.
			dispatch: (inner, innerSession) => answer(context, inner, innerSession, innerSession && own),
		});
		if (session === undefined) await followLateWrite(engine, own, context, request, began).catch(() => undefined);
		return response;
	};
	return async (context, request, session) => {
		if (!changesConformance(request)) return answer(context, request, session);
		// Once for a whole Bundle: what one of its entries defines counts when all are done. A refused write changed nothing.
		const response = await answer(context, request, session).catch(async (error: unknown) => {
			if (!(error instanceof Problem) || error.status >= 500) await relearn(engine, context);
			throw error;
		});
		await relearn(engine, context);
		return response;
	};
}

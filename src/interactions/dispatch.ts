import type { Context, FhirRequest, FhirResponse } from "../kernel/index.ts";
import { parseQuery } from "../search/index.ts";
import type { Session } from "../store/index.ts";
import { requireAccess } from "./access.ts";
import { clinicEngine, knownEngine, relearn } from "./clinic-engine.ts";
import { changesConformance } from "./conformance.ts";
import type { Engine, Exchange, Interaction } from "./engine.ts";
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
	const dispatch: Dispatch = async (context, request, session) => {
		const began = Date.now();
		const { interaction, params } = route(interactions, engine.registry, request);
		if (interaction.action) requireAccess(context.caller, interaction.action, params.type);
		const own = knownEngine(engine, context.tenant) ?? (await clinicEngine(engine, context));
		const exchange: Exchange = {
			engine: own,
			context,
			session: session ?? sessionOf(own, context),
			request,
			params,
			query: parseQuery(request.query),
			served: interactions,
			dispatch: (inner, innerSession) => dispatch(context, inner, innerSession),
		};
		if (!changesConformance(request)) {
			const response = await interaction.handle(exchange);
			if (session === undefined) await followLateWrite(engine, own, context, request, began).catch(() => undefined);
			return response;
		}
		try {
			return await interaction.handle(exchange);
		} finally {
			await relearn(engine, context);
		}
	};
	return dispatch;
}

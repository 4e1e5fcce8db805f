import { type Exchange, type Interaction, requireAccess } from "../interactions/index.ts";
import { type Caller, type Method, Problem } from "../kernel/index.ts";
import { readInput } from "./input.ts";
import type { Operation } from "./operation.ts";

const PATHS = { system: "", type: ":type/", instance: ":type/:id/" } as const;

/** The operations as the dispatcher serves them: one route for each level and method. */
export const routesOf = (operations: readonly Operation[]): Interaction[] =>
	operations.flatMap((operation) =>
		operation.levels.flatMap((level) => methodsOf(operation).map((method) => routeOf(operation, level, method))),
	);

function routeOf(operation: Operation, level: Interaction["level"], method: Method): Interaction {
	const { code, definition, documentation, types } = operation;
	return {
		code: `$${code}`,
		level,
		method,
		path: `${PATHS[level]}$${code}`,
		operation: { definition, documentation, ...(types && { types }) },
		async handle(exchange) {
			requireType(operation, exchange);
			requireRight(operation, exchange.context.caller, exchange.params.type);
			return operation.handle(exchange, readInput(operation, exchange));
		},
	};
}

/** https://hl7.org/fhir/R4/operations.html#request */
function methodsOf({ affectsState, parameters }: Operation): Method[] {
	const isPlain = parameters.every(({ use, min, type }) => use === "out" || min === 0 || /^[a-z]/.test(type));
	return affectsState || !isPlain ? ["POST"] : ["POST", "GET"];
}

function requireType({ code, types }: Operation, { params: { type } }: Exchange): void {
	if (type === "" || types === undefined || types.includes(type)) return;
	throw new Problem("not-found", `${type} has no operation $${code}. These have it: ${types.join(", ")}.`);
}

function requireRight({ code, access }: Operation, caller: Caller, type: string): void {
	if ("action" in access) {
		requireAccess(caller, access.action, type);
		return;
	}
	if (caller.roles.some((role) => access.roles.includes(role))) return;
	throw new Problem(
		"forbidden",
		`$${code} needs the role ${access.roles.join(" or ")}. Ask the clinic's administrator.`,
	);
}

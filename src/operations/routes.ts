import { type Exchange, type Interaction, requireAccess } from "../interactions/index.ts";
import { type Caller, type Method, Problem } from "../kernel/index.ts";
import { readInput } from "./input.ts";
import type { Operation } from "./operation.ts";

const PATHS = { system: "", type: ":type/", instance: ":type/:id/" } as const;

/**
 * The operations as the dispatcher serves them: one route for each level and method. Of several with one code the type
 * of the URL decides: ValueSet and CodeSystem each have their own $validate-code.
 */
export const routesOf = (operations: readonly Operation[]): Interaction[] =>
	operations.flatMap((one) =>
		one.levels.flatMap((level) => methodsOf(one).map((method) => routeOf(operations, one, level, method))),
	);

function routeOf(all: readonly Operation[], own: Operation, level: Interaction["level"], method: Method): Interaction {
	const { code, definition, documentation, types } = own;
	const parameters = own.parameters.flatMap(({ use, name }) => (use === "in" ? [name] : []));
	return {
		code: `$${code}`,
		level,
		method,
		path: `${PATHS[level]}$${code}`,
		operation: { definition, documentation, parameters, ...(types && { types }) },
		async handle(exchange) {
			const operation = all.find((one) => one.code === code && one.types?.includes(exchange.params.type)) ?? own;
			requireType(operation, all, exchange);
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

function requireType({ code, types }: Operation, all: readonly Operation[], { params: { type } }: Exchange): void {
	if (type === "" || types === undefined || types.includes(type)) return;
	const having = all.filter((one) => one.code === code).flatMap((one) => one.types ?? []);
	throw new Problem("not-found", `${type} has no operation $${code}. These have it: ${having.join(", ")}.`);
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

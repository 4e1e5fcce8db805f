import type { Interaction } from "../interactions/index.ts";
import { closure } from "./closure.ts";
import { expand } from "./expand.ts";
import { explain } from "./explain.ts";
import { jobRoutes } from "./job-status.ts";
import { lookup } from "./lookup.ts";
import type { Operation } from "./operation.ts";
import { reindex } from "./reindex.ts";
import { routesOf } from "./routes.ts";
import { subsumes } from "./subsumes.ts";
import { translate } from "./translate.ts";
import { validate } from "./validate.ts";
import { validateCodeInSet, validateCodeInSystem } from "./validate-code.ts";

export type { Input, Operation, OperationParameter } from "./operation.ts";

/** Every operation this server has. Routes and the CapabilityStatement are read from this list. */
export const operations: readonly Operation[] = [
	explain,
	reindex,
	validate,
	validateCodeInSet,
	validateCodeInSystem,
	lookup,
	subsumes,
	expand,
	translate,
	closure,
];

/** The same as the dispatcher serves them, beside the interactions, with the way to follow their jobs. */
export const operationRoutes: readonly Interaction[] = [...routesOf(operations), ...jobRoutes];

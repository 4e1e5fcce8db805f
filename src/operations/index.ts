import type { Interaction } from "../interactions/index.ts";
import { explain } from "./explain.ts";
import { jobRoutes } from "./job-status.ts";
import type { Operation } from "./operation.ts";
import { reindex } from "./reindex.ts";
import { routesOf } from "./routes.ts";
import { validate } from "./validate.ts";

export type { Input, Operation, OperationParameter } from "./operation.ts";

/** Every operation this server has. Routes and the CapabilityStatement are read from this list. */
export const operations: readonly Operation[] = [explain, reindex, validate];

/** The same as the dispatcher serves them, beside the interactions, with the way to follow their jobs. */
export const operationRoutes: readonly Interaction[] = [...routesOf(operations), ...jobRoutes];

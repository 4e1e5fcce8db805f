import type { Interaction } from "../interactions/index.ts";
import { explain } from "./explain.ts";
import type { Operation } from "./operation.ts";
import { routesOf } from "./routes.ts";

export type { Input, Operation, OperationParameter } from "./operation.ts";

/** Every operation this server has. Routes and the CapabilityStatement are read from this list. */
export const operations: readonly Operation[] = [explain];

/** The same as the dispatcher serves them, beside the interactions. */
export const operationRoutes: readonly Interaction[] = routesOf(operations);

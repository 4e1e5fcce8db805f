export { isFhirPath, sendProblem } from "./errors.ts";
export type { Describe, Trail } from "./logging.ts";
export type { AnswerType, BodyUse } from "./negotiation.ts";
export { accepts, bodyType, FHIR_JSON, GENERIC_JSON, isPretty, negotiate, rawAccept } from "./negotiation.ts";
export { problemOf, toProblemDetails } from "./outcome.ts";
export type { ServerOptions, ShellOptions } from "./shell.ts";
export { serverOptions, shell } from "./shell.ts";

export { expressionFault, missingName } from "./fhirpath/index.ts";
export { MESSAGES, type MessageKind } from "./messages.ts";
export { checkStructure } from "./structure.ts";
export type { CodeCheck, CodingCheck, Membership, ProfileMode, Validate, ValidateOptions } from "./validate.ts";
export { createValidator } from "./validator.ts";

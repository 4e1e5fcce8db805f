import type { Issue, Resource } from "../kernel/index.ts";

export { MESSAGES, type MessageKind } from "./messages.ts";
export { checkStructure } from "./structure.ts";
export { nearName } from "./suggest.ts";
export type { CodeCheck, Membership, ProfileMode, Validate, ValidateOptions } from "./validate.ts";

/** Looks at a parsed resource and tells everything that is amiss; an empty list lets it be stored. */
export type Validator = (resource: Resource) => Issue[];

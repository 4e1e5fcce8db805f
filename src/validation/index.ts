import type { Issue, Resource } from "../kernel/index.ts";

export { checkStructure } from "./structure.ts";

/** Looks at a parsed resource and tells everything that is amiss; an empty list lets it be stored. */
export type Validator = (resource: Resource) => Issue[];

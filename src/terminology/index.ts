export type { Coding } from "./expand.ts";
export { loadTerminology, type OwnTerminology, type Terminology } from "./terminology.ts";

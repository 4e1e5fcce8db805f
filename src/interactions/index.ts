import { bundle } from "./bundle/index.ts";
import { capabilities } from "./capabilities.ts";
import { create } from "./create.ts";
import { conditionalDelete, deleteInstance } from "./delete.ts";
import type { Interaction } from "./engine.ts";
import { historyInstance, historySystem, historyType } from "./history.ts";
import { conditionalPatch, patch } from "./patch.ts";
import { read, vread } from "./read.ts";
import { searchCompartment } from "./search/search-compartment.ts";
import { searchSystem, searchSystemByPost } from "./search/search-system.ts";
import { searchType, searchTypeByPost } from "./search/search-type.ts";
import { conditionalUpdate, update } from "./update.ts";

export { mayDo, ROLE_GRANTS, requireAccess, restrictionOf } from "./access.ts";
export { requireStorable, requireType } from "./admit.ts";
export { clinicEngine, parametersOf, relearn } from "./clinic-engine.ts";
export { codeCheckOf } from "./code-check.ts";
export type { Dispatch } from "./dispatch.ts";
export { createDispatch } from "./dispatch.ts";
export type { Action, Engine, Exchange, Interaction } from "./engine.ts";
export { examine, isError } from "./examine.ts";
export { SETTLE_MS } from "./late-write.ts";
export { profileHint } from "./near-profiles.ts";
export { readStored } from "./read.ts";
export { missingReferences } from "./reference-check.ts";
export { checkRequiredProfiles } from "./required-profiles.ts";
export type { ExplainedSearch } from "./search/explain.ts";
export { explainSearch } from "./search/explain.ts";

/** Every FHIR interaction this server has. Routes and the CapabilityStatement are read from this list and `operations`. */
export const interactions: readonly Interaction[] = [
	read,
	vread,
	searchType,
	create,
	update,
	patch,
	deleteInstance,
	historyInstance,
	historyType,
	conditionalUpdate,
	conditionalPatch,
	conditionalDelete,
	searchTypeByPost,
	bundle,
	historySystem,
	searchSystem,
	searchSystemByPost,
	searchCompartment,
	capabilities,
];

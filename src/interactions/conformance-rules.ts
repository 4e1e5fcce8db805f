import type { Resource } from "../kernel/index.ts";
import type { Engine } from "./engine.ts";
import { requireProfile } from "./profile-rules.ts";
import { requireSearchable } from "./search-parameter.ts";

/**
 * An active conformance resource is in force from the moment it is stored, so it must be one that can be.
 * @throws Problem with every fault.
 */
export function requireUsable(engine: Engine, resource: Resource): void {
	if (resource.status !== "active") return;
	if (resource.resourceType === "SearchParameter") requireSearchable(engine.registry, resource);
	if (resource.resourceType === "StructureDefinition") requireProfile(engine, resource);
}

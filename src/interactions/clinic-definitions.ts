import { type Definitions, definitionsOf, layer } from "../definitions/index.ts";
import type { ClinicDefinition } from "../store/index.ts";
import { codeCheckOf } from "./code-check.ts";
import type { Engine } from "./engine.ts";

/**
 * What resources of a clinic must be: its own definitions go before those of its packages, and these before the
 * common ones. What is made of definitions is kept with the object, so clinics without their own share one.
 */
export function clinicDefinitions(
	engine: Pick<Engine, "definitions" | "terminology" | "codes">,
	packages: Definitions | undefined,
	own: readonly ClinicDefinition[],
): Pick<Engine, "definitions" | "codes" | "ownTerminology"> {
	if (packages === undefined && own.length === 0) return engine;
	const inForce = own.map(({ resource }) => resource).filter(({ status }) => status !== "retired");
	const below = packages ?? engine.definitions;
	const definitions = inForce.length === 0 ? below : layer(definitionsOf(inForce), below);
	const ownTerminology = { definitions };
	return { definitions, ownTerminology, codes: codeCheckOf(engine.terminology, ownTerminology) };
}

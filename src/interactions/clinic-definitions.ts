import { type Definitions, definitionsOf, layer } from "../definitions/index.ts";
import type { ClinicDefinition } from "../store/index.ts";
import { codeCheckOf } from "./code-check.ts";
import type { Engine } from "./engine.ts";

/** What resources of a clinic must be: its own definitions go before those of its packages, and these before the common ones. */
export function clinicDefinitions(
	engine: Pick<Engine, "definitions" | "terminology" | "codes">,
	packages: Definitions | undefined,
	own: readonly ClinicDefinition[],
): Pick<Engine, "definitions" | "codes" | "ownTerminology"> {
	if (packages === undefined && own.length === 0) return engine;
	const inForce = own.map(({ resource }) => resource).filter(({ status }) => status !== "retired");
	const definitions = layer(definitionsOf(inForce), packages ?? engine.definitions);
	const ownTerminology = { definitions };
	return { definitions, ownTerminology, codes: codeCheckOf(engine.terminology, ownTerminology) };
}

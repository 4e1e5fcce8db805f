import type { Definitions } from "../definitions/index.ts";
import { type Issue, nearName, Problem, type Tenant, type ValidationSettings } from "../kernel/index.ts";
import { clinicDefinitions } from "./clinic-definitions.ts";
import { DEFINITIONS } from "./conformance.ts";
import type { Engine } from "./engine.ts";
import { profileHint } from "./near-profiles.ts";

type Knowing = Pick<Engine, "registry" | "store" | "definitions" | "packagesOf" | "terminology" | "codes">;
type Required = ValidationSettings["requiredProfiles"];

/**
 * Checks that profiles which a clinic is to require are here, and are for the types they are required of: a clinic that
 * required anything else could store nothing.
 * @throws Problem `unprocessable` that names each.
 */
export async function checkRequiredProfiles(engine: Knowing, tenant: Tenant, required: Required): Promise<void> {
	const [own, packages] = await Promise.all([
		engine.store.definitions(tenant, DEFINITIONS, []),
		engine.packagesOf(tenant.id),
	]);
	const { definitions } = clinicDefinitions(engine, packages, own);
	const issues = Object.entries(required).flatMap(([type, canonicals]) => {
		const expression = `validation.requiredProfiles.${type}`;
		if (!engine.registry.isResourceType(type)) return [unknownType(engine, type, expression)];
		return canonicals.flatMap((canonical, i) => {
			const text = faultOf(definitions, type, canonical);
			return text === undefined ? [] : [{ text, expression: `${expression}[${i}]` }];
		});
	});
	if (issues.length > 0) throw new Problem("unprocessable", issues);
}

function unknownType({ registry }: Knowing, type: string, expression: string): Issue {
	const near = nearName(type, registry.resourceTypes);
	return { text: `"${type}" is not a resource type of FHIR R4${near ? `: did you mean ${near}?` : "."}`, expression };
}

function faultOf(definitions: Definitions, type: string, canonical: string): string | undefined {
	try {
		const profile = definitions.profile(canonical);
		if (profile === undefined) {
			return `The profile ${canonical} is not here.${profileHint(canonical, definitions)} Add its package or its StructureDefinition first, or correct the canonical.`;
		}
		if (profile.type === type || profile.type === "Resource" || profile.type === "DomainResource") return undefined;
		return `The profile ${canonical} is for ${profile.type}, not for ${type}. Name one for ${type}.`;
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		return `The profile ${canonical} cannot be used: ${error.message}`;
	}
}

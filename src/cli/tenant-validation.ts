import { loadDefinitions, loadRegistry, packagedDefinitions } from "../definitions/index.ts";
import { checkRequiredProfiles, codeCheckOf } from "../interactions/index.ts";
import { VALIDATION_MODES, type ValidationChange } from "../kernel/index.ts";
import { createStore } from "../store/index.ts";
import type { Clinic, Database, Tenancy } from "../tenancy/index.ts";
import { loadTerminology } from "../terminology/index.ts";
import { UsageFault } from "./command.ts";

/** The options of `phc tenant set` as given. */
export type ValidationOptions = {
	readonly "validation-mode"?: string | undefined;
	readonly "require-profile"?: readonly string[] | undefined;
	readonly "check-references"?: boolean | undefined;
};

/** @throws UsageFault for options that say nothing, or not how. */
export function readValidationChange(options: ValidationOptions): ValidationChange {
	const { "validation-mode": given, "require-profile": profiles, "check-references": references } = options;
	const mode = VALIDATION_MODES.find((one) => one === given);
	if (given !== undefined && mode === undefined) {
		throw new UsageFault(`--validation-mode is one of ${VALIDATION_MODES.join(", ")}`);
	}
	if (given === undefined && profiles === undefined && references === undefined) {
		throw new UsageFault("Say what to set: --validation-mode, --require-profile, --check-references");
	}
	return {
		...(mode && { mode }),
		...(profiles && { requiredProfiles: readRequired(profiles) }),
		...(references !== undefined && { references }),
	};
}

function readRequired(given: readonly string[]): Record<string, string[]> {
	const required = new Map<string, string[]>();
	for (const one of given) {
		const mark = one.indexOf("=");
		if (mark < 1) throw new UsageFault("Write --require-profile Type=canonical, or Type= for none any more");
		const [type, canonical] = [one.slice(0, mark), one.slice(mark + 1)];
		const list = required.get(type) ?? [];
		required.set(type, canonical === "" ? list : [...list, canonical]);
	}
	return Object.fromEntries(required);
}

/**
 * Changes what a clinic asks of resources, once the profiles it names are known here.
 * @throws Problem `unprocessable` for those that are not; `not-found` or `conflict` for the clinic.
 */
export async function setValidation(
	database: Database,
	tenancy: Tenancy,
	slug: string,
	change: ValidationChange,
): Promise<Clinic> {
	const tenant = await tenancy.readyTenant(slug);
	if (change.requiredProfiles) {
		const [registry, definitions, terminology] = [loadRegistry(), loadDefinitions(), loadTerminology()];
		const store = createStore(database, registry);
		const codes = codeCheckOf(terminology);
		const packagesOf = packagedDefinitions(definitions, tenancy.definitionsFor);
		const engine = { registry, store, definitions, terminology, codes, packagesOf };
		await checkRequiredProfiles(engine, tenant, change.requiredProfiles);
	}
	return tenancy.setValidation(slug, change);
}

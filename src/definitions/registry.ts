import { readFileSync } from "node:fs";
import type { CompartmentName, Registry } from "./model.ts";
import type { PackedModel } from "./packed-model.ts";
import { searchParameters } from "./search-parameters.ts";
import { typeModels } from "./type-model.ts";

let cached: Registry | undefined;

/** What FHIR R4 (4.0.1) says, read once per process. */
export function loadRegistry(): Registry {
	cached ??= createRegistry(JSON.parse(readFileSync(new URL("./r4/model.json", import.meta.url), "utf8")));
	return cached;
}

/** A registry over a packed model; its parts are unpacked when first asked for. */
export function createRegistry(model: PackedModel): Registry {
	const resourceTypes = Object.entries(model.types)
		.filter(([, type]) => type.kind === "resource" && !type.abstract)
		.map(([name]) => name);
	const isResource = new Set(resourceTypes);
	const compartments = new Map(
		Object.entries(model.compartments).map(([name, members]) => [name, new Map(Object.entries(members))]),
	);
	const codeSets = new Map<string, ReadonlySet<string>>();
	return {
		resourceTypes,
		isResourceType: (name) => isResource.has(name),
		type: typeModels(model),
		searchParameters: searchParameters(model, resourceTypes),
		compartment: (name: CompartmentName) => compartments.get(name) ?? new Map(),
		codes: (valueSet) => {
			const known = codeSets.get(valueSet);
			const codes = known ?? model.valueSets[valueSet]?.codes;
			if (known || !codes) return known;
			const set = new Set(codes);
			codeSets.set(valueSet, set);
			return set;
		},
	};
}

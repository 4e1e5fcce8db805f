import { type Issue, Problem, type Resource } from "../kernel/index.ts";
import { definitionsOf, type Layer, layer } from "./definitions.ts";

/** Definitions of packages, the same object while they are the same: a clinic's, and those for all below. */
export type Packages = { readonly resources: readonly Resource[]; readonly shared: Pick<Packages, "resources"> };

/**
 * A lookup of what a clinic has by its packages: its own over those for all, over `base`. The answer is the same object
 * while nothing changed, and what is for all is read and unfolded once for all clinics; `undefined` is plainly `base`.
 */
export function packagedDefinitions(
	base: Layer,
	packagesOf: (tenantId: string) => Promise<Packages>,
): (tenantId: string) => Promise<Layer | undefined> {
	const shared = new WeakMap<object, Layer>();
	const made = new WeakMap<object, Layer>();
	return async (tenantId) => {
		const packages = await packagesOf(tenantId);
		const below = layerOver(packages.shared.resources, base, packages.shared, shared);
		const all = layerOver(packages.resources, below, packages, made);
		return all === base ? undefined : all;
	};
}

function layerOver(resources: readonly Resource[], under: Layer, key: object, known: WeakMap<object, Layer>): Layer {
	if (resources.length === 0) return under;
	const found = known.get(key) ?? layer(definitionsOf(resources), under);
	known.set(key, found);
	return found;
}

/** What is wrong with the profiles among `resources`, put over `under`: none of them if it is empty. */
export function faultsOf(resources: readonly Resource[], under: Layer): Issue[] {
	const over = layer(definitionsOf(resources), under);
	const issues = resources
		.filter(({ resourceType }) => resourceType === "StructureDefinition")
		.flatMap(({ url, version }) => {
			try {
				over.profile(typeof version === "string" ? `${url}|${version}` : String(url));
				return [];
			} catch (error) {
				if (error instanceof Problem) return error.issues;
				throw error;
			}
		});
	return [...new Map(issues.map((issue) => [issue.text, issue])).values()];
}

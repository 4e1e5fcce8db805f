import type { Registry } from "../definitions/index.ts";
import { Problem, type Resource } from "../kernel/index.ts";
import { readSearchParameter } from "../search/index.ts";

/**
 * An active SearchParameter is searched by as soon as it is indexed, so it must be one that can be. Drafts and retired
 * ones are only kept.
 * @throws Problem `unprocessable` with every fault, `duplicate` when another parameter has its code.
 */
export function requireSearchable(registry: Registry, resource: Resource): void {
	if (resource.status !== "active") return;
	const { issues, definitions } = readSearchParameter(registry, resource);
	if (issues.length > 0) throw new Problem("unprocessable", issues);
	for (const [type, { code, url }] of definitions) {
		const other = registry.searchParameters(type).get(code);
		if (other === undefined || (other.isOwn && (other.url === url || other.id === resource.id))) continue;
		const owner = other.isOwn ? `another of this clinic's (${other.url})` : "the standard's";
		throw new Problem("duplicate", {
			text: `${type} has a search parameter "${code}" already, ${owner}. Choose another code.`,
			expression: "SearchParameter.code",
		});
	}
}

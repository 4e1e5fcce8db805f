import type { SearchParameter } from "../../../src/definitions/index.ts";
import type { Resource } from "../../../src/kernel/index.ts";
import { splitAt } from "./escape.ts";
import { select, selectIn } from "./select.ts";
import type { Matcher, World } from "./world.ts";

/**
 * `a$b`: one element satisfies every component. `matcherOf` gives the matcher of a component's type.
 * https://hl7.org/fhir/R4/search.html#composite
 */
export function compositeMatches(
	world: World,
	resource: Resource,
	parameter: SearchParameter,
	part: string,
	matcherOf: (parameter: SearchParameter) => Matcher,
): boolean {
	const parts = splitAt(part, "$");
	const components = (parameter.components ?? []).map(({ definition, expression }) => {
		const defined = [...world.registry.searchParameters(resource.resourceType).values()].find(
			({ url }) => url === definition,
		);
		if (!defined) throw new Error(`${parameter.code} has an unknown component ${definition}`);
		return { defined, expression };
	});
	if (parts.length !== components.length) throw new Error(`${parameter.code} has ${components.length} components`);
	return select(world.registry, parameter, resource).some((element) =>
		components.every(({ defined, expression }, index) =>
			selectIn(world.registry, expression, element).some((value) =>
				matcherOf(defined)({ world, parameter: defined, part: parts[index] as string }, value),
			),
		),
	);
}

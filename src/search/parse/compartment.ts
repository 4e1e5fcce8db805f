import type { CompartmentName, Registry } from "../../definitions/index.ts";
import { Problem } from "../../kernel/index.ts";
import { entryOf } from "../key.ts";
import { searchTable } from "../parameters.ts";
import { type Node, or } from "../tree.ts";

const COMPARTMENTS: readonly string[] = ["Patient", "Encounter", "RelatedPerson", "Practitioner", "Device"];

/** The compartments that resources of a type can belong to. */
export const compartmentsOf = (registry: Registry, resourceType: string): readonly string[] =>
	COMPARTMENTS.filter((compartment) => isInCompartment(registry, compartment, resourceType));

/** Whether resources of a type can belong to a compartment. */
export const isInCompartment = (registry: Registry, compartment: string, resourceType: string): boolean =>
	compartment === resourceType ||
	(COMPARTMENTS.includes(compartment) && registry.compartment(compartment as CompartmentName).has(resourceType));

/**
 * Membership of one compartment: a parameter that its definition names refers to the compartment's resource.
 * @throws Problem `not-found` for what is no compartment, `value` for a type outside it; never "all".
 * https://hl7.org/fhir/R4/compartmentdefinition.html
 */
export function compartmentNode(registry: Registry, resourceType: string, compartment: string, id: string): Node {
	if (!COMPARTMENTS.includes(compartment)) {
		throw new Problem(
			"not-found",
			`There is no ${compartment.slice(0, 64)} compartment. Compartments: ${COMPARTMENTS.join(", ")}.`,
		);
	}
	const self: Node[] = compartment === resourceType ? [{ kind: "id", ids: [id] }] : [];
	const codes = registry.compartment(compartment as CompartmentName).get(resourceType) ?? [];
	const links = codes
		.flatMap((code) => pathsOf(registry, resourceType, code))
		.map((path): Node => ({ kind: "key", path, entry: entryOf("reference", `${compartment}/${id}`), selective: true }));
	if (self.length + links.length > 0) return or([...self, ...links]);
	throw new Problem(
		"not-found",
		`${resourceType} does not belong to the ${compartment} compartment. Search it directly.`,
	);
}

function pathsOf(registry: Registry, resourceType: string, code: string): string[] {
	const parameter = searchTable(registry, resourceType).parameters.get(code);
	return parameter?.kind === "plain" ? parameter.paths.map(({ name }) => name) : [];
}

import { Problem } from "../../kernel/index.ts";
import { type Component, type Composite, type Parameter, searchTable } from "../parameters.ts";
import { and, type Node, or } from "../tree.ts";
import { readComparison } from "./comparison.ts";
import { type FilterTest, type FilterTree, nodeOf } from "./filter-expression.ts";
import type { SearchScope } from "./scope.ts";

type CompositeParameter = Extract<Parameter, { kind: "composite" }>;

/** Names that only `_filter` has for what a composite joins. https://hl7.org/fhir/R4/search_filter.html#params */
const NAMES: Record<string, Record<string, string>> = {
	Group: { characteristic: "characteristic-value" },
	DocumentReference: { relatesTo: "relationship" },
};

/** The composite whose instances `name[…].name` looks at in resources of a type. */
export function instancesOf({ registry }: SearchScope, resourceType: string, name: string): Parameter | undefined {
	const own = NAMES[resourceType];
	const code = own && Object.hasOwn(own, name) ? own[name] : name;
	const parameter = searchTable(registry, resourceType).parameters.get(code as string);
	return parameter?.kind === "composite" ? parameter : undefined;
}

/**
 * `relatesTo[code eq replaces].target re DocumentReference/1`: one instance passes both the filter and the test. Inside,
 * names are those of the composite's components, or of their elements.
 */
export function readInstance(
	scope: SearchScope,
	parameter: CompositeParameter,
	filter: FilterTree,
	test: FilterTest,
): Node {
	return or(
		parameter.alternatives.map((alternative) => {
			const read = (one: FilterTest): Node => readTest(scope, parameter, alternative, one);
			return within(parameter, alternative, [nodeOf(filter, read), read(test)]);
		}),
	);
}

function readTest(
	scope: SearchScope,
	{ definition }: CompositeParameter,
	{ components }: Composite,
	{ path, operator, value }: FilterTest,
): Node {
	const names = components.map((one, i) => [one.definition.code, elementOf(definition.components?.[i]?.expression)]);
	const [step, ...more] = path;
	const component = components[names.findIndex((own) => own.includes(step?.name))] as Component | undefined;
	if (!component || more.length > 0 || step?.filter) {
		throw new Problem("value", {
			text: `In the brackets of "${definition.code}" in _filter, and after them, stands one of: ${[...new Set(names.flat())].filter(Boolean).join(", ")}.`,
			expression: "_filter",
		});
	}
	return readComparison(scope, operator, { kind: "plain", ...component }, value);
}

/** `value.as(Quantity)` → `value`. */
const elementOf = (expression = ""): string | undefined => /^[A-Za-z]+/.exec(expression)?.[0];

/** Tests of the repeating element hold within one instance of it, those of the resource beside it. */
function within({ definition }: CompositeParameter, { group }: Composite, nodes: readonly Node[]): Node {
	if (group === undefined) return and(nodes);
	const parts = nodes.flatMap((node) => conjuncts(node));
	const inside = parts.filter((node) => placesOf(node).every((place) => place.startsWith(`${group}.`)));
	const outside = parts.filter((node) => !inside.includes(node));
	if (outside.some((node) => placesOf(node).some((place) => place.startsWith(`${group}.`)))) {
		throw new Problem("value", {
			text: `In the brackets of "${definition.code}" in _filter, what lies in ${group} and what does not can be joined by and alone.`,
			expression: "_filter",
		});
	}
	return and([{ kind: "group", path: group, nodes: inside }, ...outside]);
}

const conjuncts = (node: Node): readonly Node[] => (node.kind === "and" ? node.nodes.flatMap(conjuncts) : [node]);

function placesOf(node: Node): string[] {
	switch (node.kind) {
		case "and":
		case "or":
			return node.nodes.flatMap(placesOf);
		case "not":
			return placesOf(node.node);
		default:
			return "path" in node ? [node.path] : [];
	}
}

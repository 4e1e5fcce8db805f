import { splitEscaped } from "../escape.ts";
import type { Composite, Parameter } from "../parameters.ts";
import { and, type Node, or } from "../tree.ts";
import { malformed } from "../types/prefix.ts";
import { refersTo } from "../types/reference.ts";
import { countTests } from "./bounds.ts";
import { type SearchScope, unknownModifier } from "./scope.ts";

/** Reads the value of an indexed parameter of a type. https://hl7.org/fhir/R4/search.html#combining */
export function readParameter(
	scope: SearchScope,
	parameter: Parameter,
	modifier: string | undefined,
	value: string,
): Node {
	if (parameter.kind === "composite") return readComposite(scope, parameter, modifier, value);
	return modifier === "missing" ? readMissing(parameter, value) : readPlain(scope, parameter, modifier, value);
}

type Plain = Extract<Parameter, { kind: "plain" }>;

/** Modifiers that negate the whole parameter, with the one they negate. */
const NEGATIONS: Record<string, string | undefined> = { not: undefined, "not-in": "in" };

/** Reads the value of a parameter that is no composite, with any modifier but `missing`. */
export function readPlain(
	scope: SearchScope,
	{ definition, type, paths }: Plain,
	modifier: string | undefined,
	value: string,
): Node {
	const isTarget = (name: string): boolean => definition.targets.includes(name) && scope.registry.isResourceType(name);
	const isKnown =
		modifier === undefined ||
		type.modifiers.includes(modifier) ||
		(type.modifiers.includes("[type]") && isTarget(modifier));
	if (!isKnown) throw unknownModifier(definition.code, modifier as string, ["missing", ...type.modifiers]);
	if (modifier === undefined || !Object.hasOwn(NEGATIONS, modifier))
		return readValues(scope, { definition, type, paths }, modifier, value);
	return { kind: "not", node: readValues(scope, { definition, type, paths }, NEGATIONS[modifier], value) };
}

/** The comma-separated values by OR, each at every place of the parameter. */
export function readValues(
	scope: SearchScope,
	{ definition, type, paths }: Omit<Plain, "kind">,
	modifier: string | undefined,
	value: string,
): Node {
	const asked = {
		parameter: definition,
		modifier,
		base: scope.base,
		timeZone: scope.timeZone,
		now: scope.now,
		isResourceType: (name: string) => scope.registry.isResourceType(name),
	};
	const nodes: Node[] = [];
	for (const text of splitEscaped(value, ",")) {
		for (const path of paths) {
			const node = type.read({ ...asked, path, text });
			countTests(scope, node.kind === "or" ? node.nodes.length : 1);
			nodes.push(node);
		}
	}
	return or(nodes);
}

/** `:missing`: no value at any place of the parameter. */
export function readMissing({ definition, type, paths }: Plain, value: string): Node {
	if (value !== "true" && value !== "false") throw malformed(`${definition.code}:missing`, "true or false");
	const missing = and(
		paths.map((path): Node => {
			if (path.target === undefined) return { kind: "missing", path: path.name, fact: type.presence };
			return { kind: "not", node: refersTo(path.name, path.target) };
		}),
	);
	return value === "true" ? missing : { kind: "not", node: missing };
}

type CompositeParameter = Extract<Parameter, { kind: "composite" }>;

/** Each value is joined by `$`, one for each component; all hold in one instance. https://hl7.org/fhir/R4/search.html#composite */
export function readComposite(
	scope: SearchScope,
	parameter: CompositeParameter,
	modifier: string | undefined,
	value: string,
): Node {
	const { definition, alternatives } = parameter;
	if (modifier !== undefined) throw unknownModifier(definition.code, modifier, []);
	return or(
		splitEscaped(value, ",").flatMap((text) =>
			alternatives.map((one) => readAlternative(scope, definition.code, one, text)),
		),
	);
}

function readAlternative(scope: SearchScope, code: string, { group, components }: Composite, text: string): Node {
	const values = splitEscaped(text, "$");
	if (values.length !== components.length) {
		const names = components.map(({ definition }) => definition.code).join("$");
		throw malformed(code, `${components.length} values joined by $, as ${names}`);
	}
	const nodes = components.map((component, i) => {
		const { definition, type, paths } = component;
		const node = readPlain(scope, { kind: "plain", definition, type, paths }, undefined, values[i] as string);
		const isInside = group !== undefined && paths.every(({ name }) => name.startsWith(`${group}.`));
		return { node, isInside };
	});
	if (group === undefined) return and(nodes.map(({ node }) => node));
	const inside = nodes.filter(({ isInside }) => isInside).map(({ node }) => node);
	const outside = nodes.filter(({ isInside }) => !isInside).map(({ node }) => node);
	return and([{ kind: "group", path: group, nodes: inside }, ...outside]);
}

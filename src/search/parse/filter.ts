import { Problem } from "../../kernel/index.ts";
import { type Parameter, searchTable } from "../parameters.ts";
import { and, type Node, or } from "../tree.ts";
import { malformed } from "../types/prefix.ts";
import { behindLink } from "./bounds.ts";
import { isCommon, readCommon } from "./common.ts";
import { readComparison, requireOperator } from "./comparison.ts";
import { type FilterStep, type FilterTest, nodeOf, parseFilter } from "./filter-expression.ts";
import { instancesOf, readInstance } from "./instance.ts";
import { readParameter } from "./parameter.ts";
import {
	hasParameter,
	isUnknown,
	requireParameter,
	type SearchScope,
	splitModifier,
	unknown,
	unknownModifier,
} from "./scope.ts";

/**
 * Reads one `name=value` that restricts resources of a type: a parameter, a chain, `_has` or one of the common ones.
 * `undefined` for an unknown name where the client asked to be lenient.
 */
export function readFilter(scope: SearchScope, resourceType: string, name: string, value: string): Node | undefined {
	if (name.startsWith("_has:")) return readHas(scope, resourceType, name, value);
	const dot = name.indexOf(".");
	if (dot !== -1) {
		const rest = name.slice(dot + 1);
		return readChain(scope, resourceType, name.slice(0, dot), rest, (target) =>
			readFilter(behindLink(scope), target, rest, value),
		);
	}
	const { code, modifier } = splitModifier(name);
	if (code === "_filter") return readWhole(scope, resourceType, requirePlain(scope, modifier, value));
	if (isCommon(code)) return readCommon(scope, resourceType, code, modifier, value);
	if (!scope.strict && !hasParameter(scope, resourceType, code)) return undefined;
	const parameter = requireParameter(scope, resourceType, code);
	if (scope.operator === undefined) return readParameter(scope, parameter, modifier, value);
	if (modifier !== undefined) throw unknownModifier(code, modifier, []);
	return readComparison(scope, scope.operator, parameter, value);
}

/** A `_filter` in full: each of its tests stands at the type searched. */
const readWhole = (scope: SearchScope, resourceType: string, value: string): Node =>
	nodeOf(parseFilter(value), (test) =>
		readTest({ ...scope, strict: true, operator: test.operator }, resourceType, test),
	);

/** `subject[gender eq male].birthdate lt 1950`: what is referred to passes the filter in brackets and the rest. */
function readTest(scope: SearchScope, resourceType: string, test: FilterTest): Node {
	const { path, value } = test;
	const [first, ...rest] = path as [FilterStep, ...FilterStep[]];
	if (path.every(({ filter }) => filter === undefined)) {
		const name = path.map((step) => step.name).join(".");
		return required(readFilter(scope, resourceType, name, value));
	}
	const { name, filter } = first;
	const instances = filter && instancesOf(scope, resourceType, name);
	if (filter && instances?.kind === "composite") return readInstance(scope, instances, filter, { ...test, path: rest });
	const behind = (target: string): Node => {
		const inner = behindLink(scope);
		const node = readTest(inner, target, { ...test, path: rest });
		if (!filter) return node;
		const read = (one: FilterTest): Node => readTest({ ...inner, operator: one.operator }, target, one);
		return and([nodeOf(filter, read), node]);
	};
	return required(readChain(scope, resourceType, name, rest[0]?.name ?? "", behind));
}

/** Another `_filter` within one is equal to itself only. */
function requirePlain({ operator = "eq" }: SearchScope, modifier: string | undefined, value: string): string {
	if (modifier !== undefined) throw unknownModifier("_filter", modifier, []);
	requireOperator("_filter", operator, ["eq"]);
	return value;
}

function required(node: Node | undefined): Node {
	if (!node) throw new Error("a strict filter gave no node");
	return node;
}

/** Reads what stands behind a reference at one of the types it may lead to. */
type Follow = (target: string) => Node | undefined;

/** `subject:Patient.name=x`: the reference leads to a resource that passes the rest. https://hl7.org/fhir/R4/search.html#chaining */
function readChain(
	scope: SearchScope,
	resourceType: string,
	first: string,
	rest: string,
	follow: Follow,
): Node | undefined {
	const { code, modifier } = splitModifier(first);
	if (!scope.strict && !hasParameter(scope, resourceType, code)) return undefined;
	const parameter = requireReference(scope, resourceType, code);
	const targets = targetsOf(scope, parameter, modifier);
	const known = targets.length === 1 ? targets : targets.filter((target) => isKnownAt(scope, target, rest));
	const faults: Problem[] = [];
	const nodes = known.flatMap((target) => {
		try {
			return linksTo(parameter, target, required(follow(target)));
		} catch (error) {
			if (!isUnknown(error)) throw error;
			faults.push(error);
			return [];
		}
	});
	if (nodes.length > 0) return or(nodes);
	if (faults[0]) throw faults[0];
	throw unknown({
		text: `None of the types that "${code}" of ${resourceType} can refer to has the search parameter "${rest}". Name the type, as ${code}:${targets[0]}.`,
		expression: code,
	});
}

function requireReference(
	scope: SearchScope,
	resourceType: string,
	code: string,
): Extract<Parameter, { kind: "plain" }> {
	const parameter = requireParameter(scope, resourceType, code);
	if (parameter.kind === "plain" && parameter.definition.type === "reference") return parameter;
	throw new Problem("value", {
		text: `"${code}" of ${resourceType} is no reference, so it cannot be chained. Search it directly.`,
		expression: code,
	});
}

function targetsOf(
	scope: SearchScope,
	{ definition, paths }: Extract<Parameter, { kind: "plain" }>,
	modifier: string | undefined,
): readonly string[] {
	const allowed = paths.every(({ target }) => target !== undefined)
		? paths.map(({ target }) => target as string)
		: definition.targets;
	if (modifier === undefined) return [...new Set(allowed)];
	if (scope.registry.isResourceType(modifier) && allowed.includes(modifier)) return [modifier];
	throw unknownModifier(definition.code, modifier, [...new Set(allowed)]);
}

/** Whether the first step of a chain's rest can apply to a type at all. */
function isKnownAt(scope: SearchScope, target: string, rest: string): boolean {
	const { code: head } = splitModifier(rest.split(".")[0] as string);
	if (head !== "_has") return head === "_filter" || isCommon(head) || hasParameter(scope, target, head);
	const [, source = "", code = ""] = rest.split(":");
	const link = scope.registry.isResourceType(source)
		? searchTable(scope.registry, source).parameters.get(code)
		: undefined;
	if (link?.kind !== "plain" || link.definition.type !== "reference") return true;
	return targetsOf(scope, link, undefined).includes(target);
}

const linksTo = ({ paths }: Extract<Parameter, { kind: "plain" }>, target: string, node: Node): Node[] =>
	paths
		.filter((path) => path.target === undefined || path.target === target)
		.map((path) => ({ kind: "chain", path: path.name, target, node, contained: true }));

/** `_has:Observation:patient:code=x`: a resource that passes the rest refers to this one. https://hl7.org/fhir/R4/search.html#has */
function readHas(scope: SearchScope, resourceType: string, name: string, value: string): Node {
	const [, source = "", code = "", ...more] = name.split(":");
	const rest = more.join(":");
	if (!scope.registry.isResourceType(source) || code === "" || rest === "") {
		throw malformed(name, "preceded by _has:Type:reference:parameter, as _has:Observation:patient:code");
	}
	const strict = { ...scope, strict: true };
	const parameter = requireReference(strict, source, code);
	if (!targetsOf(scope, parameter, undefined).includes(resourceType)) {
		throw new Problem("value", { text: `"${code}" of ${source} never refers to ${resourceType}.`, expression: name });
	}
	const node = required(readFilter(behindLink(scope), source, rest, value));
	const paths = parameter.paths
		.filter(({ target }) => target === undefined || target === resourceType)
		.map((path) => path.name);
	return { kind: "has", source, paths, node };
}

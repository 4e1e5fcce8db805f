import { isId, Problem } from "../../kernel/index.ts";
import { splitEscaped, unescaped } from "../escape.ts";
import { type Parameter, searchTable } from "../parameters.ts";
import { type Node, or } from "../tree.ts";
import { readDate } from "../types/date.ts";
import { malformed } from "../types/prefix.ts";
import { behindLink, countTests } from "./bounds.ts";
import { compartmentNode } from "./compartment.ts";
import { readFilterExpression } from "./filter-expression.ts";
import { readParameter } from "./parameter.ts";
import { hasParameter, requireParameter, type SearchScope, splitModifier, unknownModifier } from "./scope.ts";

/**
 * Reads one `name=value` that restricts resources of a type: a parameter, a chain, `_has` or one of the common ones.
 * `undefined` for an unknown name where the client asked to be lenient.
 */
export function readFilter(scope: SearchScope, resourceType: string, name: string, value: string): Node | undefined {
	if (name.startsWith("_has:")) return readHas(scope, resourceType, name, value);
	const dot = name.indexOf(".");
	if (dot !== -1) return readChain(scope, resourceType, name.slice(0, dot), name.slice(dot + 1), value);
	const { code, modifier } = splitModifier(name);
	const common = Object.hasOwn(COMMON_READERS, code) ? COMMON_READERS[code] : undefined;
	if (common) {
		const isEqual = scope.inFilter && modifier === "$eq";
		if (modifier !== undefined && !isEqual) throw unknownModifier(code, modifier, []);
		countTests(scope, value.split(",").length);
		return common(scope, resourceType, value);
	}
	if (!scope.strict && !hasParameter(scope, resourceType, code)) return undefined;
	return readParameter(scope, requireParameter(scope, resourceType, code), modifier, value);
}

type Reader = (scope: SearchScope, resourceType: string, value: string) => Node;

const COMMON_READERS: Record<string, Reader> = {
	_id: (_scope, _type, value) => readIds(value),
	_lastUpdated: (scope, _type, value) =>
		or(splitEscaped(value, ",").map((part) => readLastUpdated(scope, unescaped(part)))),
	_list: (scope, _type, value) => or(splitEscaped(value, ",").map((part) => readList(scope, unescaped(part)))),
	_text: (_scope, _type, value) => readWords("_text", "narrative", value),
	_content: (_scope, _type, value) => readWords("_content", "content", value),
	_filter: (scope, type, value) =>
		readFilterExpression(value, (name, text) =>
			required(readFilter({ ...scope, strict: true, inFilter: true }, type, name, text)),
		),
	"_in-compartment": (scope, type, value) =>
		or(
			splitEscaped(value, ",").map((part) =>
				compartmentNode(scope.registry, type, ...readCompartment(unescaped(part))),
			),
		),
};

function required(node: Node | undefined): Node {
	if (!node) throw new Error("a strict filter gave no node");
	return node;
}

function readIds(value: string): Node {
	const ids = splitEscaped(value, ",").map(unescaped);
	if (ids.includes("")) throw malformed("_id", "an id, or several joined by commas");
	return { kind: "id", ids: ids.filter(isId) };
}

function readLastUpdated({ timeZone, now }: SearchScope, text: string): Node {
	const { prefix, start, end } = readDate("_lastUpdated", text, timeZone, now);
	const updated = (from?: number, to?: number): Node => ({
		kind: "updated",
		...(from !== undefined && { from }),
		...(to !== undefined && { to }),
	});
	switch (prefix) {
		case "gt":
		case "sa":
			return updated(end);
		case "lt":
		case "eb":
			return updated(undefined, start);
		case "ge":
			return updated(start);
		case "le":
			return updated(undefined, end);
		case "ne":
			return or([updated(undefined, start), updated(end)]);
		default:
			return updated(start, end);
	}
}

function readList(scope: SearchScope, text: string): Node {
	behindLink(scope);
	const id = text.startsWith("List/") ? text.slice("List/".length) : text;
	if (!isId(id)) throw malformed("_list", "the id of a List");
	return { kind: "listed", list: id };
}

const MOST_TEXT = 1000;

/** Dashes in a row would be negations within one another, and the database takes few of them. */
function readWords(code: string, where: "narrative" | "content", value: string): Node {
	const text = unescaped(value)
		.replace(/-[\s-]*(?=-)/g, "")
		.trim();
	if (text === "") throw malformed(code, "one or more words");
	if (text.length > MOST_TEXT) {
		throw new Problem("too-costly", {
			text: `The words of ${code} may have ${MOST_TEXT} characters together at most. Ask for fewer.`,
			expression: code,
		});
	}
	return { kind: "words", where, text };
}

function readCompartment(text: string): [string, string] {
	const [name = "", id = ""] = text.split("/");
	if (!isId(id) || text.split("/").length !== 2) throw malformed("_in-compartment", "a compartment, as Patient/123");
	return [name, id];
}

/** `subject:Patient.name=x`: the reference leads to a resource that passes the rest. https://hl7.org/fhir/R4/search.html#chaining */
function readChain(
	scope: SearchScope,
	resourceType: string,
	first: string,
	rest: string,
	value: string,
): Node | undefined {
	const { code, modifier } = splitModifier(first);
	if (!scope.strict && !hasParameter(scope, resourceType, code)) return undefined;
	const parameter = requireReference(scope, resourceType, code);
	const targets = targetsOf(scope, parameter, modifier);
	const nodes = targets.flatMap((target) => {
		const node = tryTarget(scope, target, rest, value, targets.length === 1);
		return node ? linksTo(parameter, target, node) : [];
	});
	if (nodes.length > 0) return or(nodes);
	throw new Problem("value", {
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

/** The rest of a chain at one target type; a type that does not know it is passed over where there are others. */
function tryTarget(scope: SearchScope, target: string, rest: string, value: string, isOnly: boolean): Node | undefined {
	if (!isOnly && !isKnownAt(scope, target, rest)) return undefined;
	return readFilter(behindLink(scope), target, rest, value);
}

/** Whether the first step of a chain's rest can apply to a type at all. */
function isKnownAt(scope: SearchScope, target: string, rest: string): boolean {
	const { code: head } = splitModifier(rest.split(".")[0] as string);
	if (head !== "_has") return Object.hasOwn(COMMON_READERS, head) || hasParameter(scope, target, head);
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

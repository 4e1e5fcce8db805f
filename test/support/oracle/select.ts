import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4";
import type { Registry, SearchParameter } from "../../../src/definitions/index.ts";
import { isRawNumber, type Resource } from "../../../src/kernel/index.ts";
import { fieldsOf, textOf, type Value } from "./world.ts";

/** A node as fhirpath hands it to a function that asks for internal structures. */
type FhirPathNode = { data: unknown; path: string; fhirNodeDataType: string | null; fullPropertyName(): string };

/** A selected value, and where it stands as a base for a relative expression: `Observation.component`. */
type Selected = Value & { readonly path: string };

/** What a search parameter's expression selects, by fhirpath. https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression */
export function select(registry: Registry, parameter: SearchParameter, resource: Resource): Selected[] {
	if (parameter.expression === undefined) throw new Error(`${parameter.code} has no expression`);
	const own = parameter.expression.replace(/\b(?:Domain)?Resource(?=\.)/g, resource.resourceType);
	return evaluate(registry, own, resource, resource);
}

/** The same relative to an element that another expression selected. */
export const selectIn = (registry: Registry, expression: string, element: Selected): Selected[] =>
	evaluate(registry, expression, element.data, {}, element.path);

type Expression = string | { readonly base: string; readonly expression: string };

/** Each alternative by itself: FHIRPath's `|` would compare the values, which it cannot do for all quantities. */
function evaluate(registry: Registry, expression: string, data: unknown, root: object, base?: string): Selected[] {
	const nodes: (FhirPathNode | boolean)[] = [];
	current = { nodes, root };
	for (const alternative of expression.split(" | ")) {
		compile(base === undefined ? alternative : { base, expression: alternative })(data);
	}
	return nodes.map((node) =>
		typeof node === "boolean" ? { data: node, type: "boolean", path: "" } : selectedOf(registry, node),
	);
}

function selectedOf(registry: Registry, node: FhirPathNode): Selected {
	const system = systemOf(registry, node.fullPropertyName());
	const type = node.fhirNodeDataType ?? "";
	return {
		data: NUMBERS.has(type) ? numberOf(node.data) : node.data,
		type,
		path: node.path,
		...(system && { system }),
	};
}

const NUMBERS = new Set(["decimal", "integer", "positiveInt", "unsignedInt"]);

/** fhirpath makes a Decimal of its own of a JavaScript number. */
const numberOf = (data: unknown): unknown => (isRawNumber(data) ? data : Number(data));

/** The code system that the binding of the element at `Patient.contact[0].gender` implies. */
function systemOf(registry: Registry, property: string): string | undefined {
	const [root = "", ...names] = property.replace(/\[\d+\]/g, "").split(".");
	let type = root;
	let system: string | undefined;
	for (const name of names) {
		const element = registry.type(type)?.elements.get(name);
		if (!element) return undefined;
		({ type, system } = element);
	}
	return system;
}

/** What the functions below work on: fhirpath runs one expression at a time, without a way to pass an argument. */
let current: { nodes: (FhirPathNode | boolean)[]; root: object } = { nodes: [], root: {} };

/** `resolve() is T` needs no fetch: the reference itself tells the type. https://hl7.org/fhir/R4/fhirpath.html#functions */
const functions = {
	selected: {
		fn: (nodes: (FhirPathNode | boolean)[]) => {
			current.nodes.push(...nodes);
			return [];
		},
		arity: { 0: [] },
		internalStructures: true,
	},
	refersTo: {
		fn: (nodes: unknown[], type: string) =>
			nodes.map((node) => [type, ANY].includes(targetTypeOf(node, current.root) ?? "")),
		arity: { 1: ["String" as const] },
	},
};

const compiled = new Map<string, (data: unknown) => unknown>();

function compile(expression: Expression): (data: unknown) => unknown {
	const key = JSON.stringify(expression);
	const known = compiled.get(key);
	if (known) return known;
	const readable = (text: string) => `(${readableByFhirPath(text)}).selected()`;
	const path =
		typeof expression === "string"
			? readable(expression)
			: { base: expression.base, expression: readable(expression.expression) };
	const made = fhirpath.compile(path as string, r4, { userInvocationTable: functions as never });
	compiled.set(key, made as (data: unknown) => unknown);
	return made as (data: unknown) => unknown;
}

/** R4 writes `as` where several values may be meant, which FHIRPath allows for `ofType` only, and `DateTime` for a type. */
const readableByFhirPath = (expression: string): string =>
	expression
		.replace(/resolve\(\) is (\w+)/g, "refersTo('$1')")
		.replace(/\(([\w.]+) as (\w+)\)/g, "$1.ofType($2)")
		.replace(/\bas\((\w+)\)/g, "ofType($1)")
		.replace(/\bofType\(DateTime\)/g, "ofType(dateTime)");

/** Our choice: a reference that is known by an identifier alone may be to any type. */
const ANY = "any type";

function targetTypeOf(node: unknown, root: object): string | undefined {
	const { reference, type, identifier } = fieldsOf(node);
	if (reference === undefined && type === undefined && identifier !== undefined) return ANY;
	const literal = textOf(reference) ?? "";
	if (literal.startsWith("#")) return textOf(containedOf(root, literal)?.resourceType);
	return /([A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(literal)?.[1] ?? textOf(type);
}

/** The contained resource that `#id` names. https://hl7.org/fhir/R4/references.html#contained */
export function containedOf(resource: object, literal: string): Resource | undefined {
	const { contained } = fieldsOf(resource);
	return (Array.isArray(contained) ? contained : []).find((inner) => fieldsOf(inner).id === literal.slice(1));
}

/** Whether a value is more than extensions. https://hl7.org/fhir/R4/search.html#modifiers */
export const hasContent = ({ data }: Value): boolean =>
	data !== undefined &&
	data !== null &&
	(typeof data !== "object" ||
		isRawNumber(data) ||
		Object.keys(data).some((name) => !["id", "extension"].includes(name) && !name.startsWith("_")));

import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4";
import type { Registry } from "../../definitions/index.ts";
import { isObject, isRawNumber, type Json, type JsonObject, Problem, type Resource } from "../../kernel/index.ts";

type Place = readonly (string | number)[];

/**
 * Applies a FHIRPath Patch: a Parameters resource whose parameters named "operation" add, insert, delete, replace
 * or move what a FHIRPath selects. https://hl7.org/fhir/R4/fhirpatch.html
 * @throws Problem `unprocessable` where a path selects nothing or too much, `value` where the patch is malformed.
 */
export function fhirpathPatch(registry: Registry, resource: Resource, parameters: Resource): Resource {
	const tree = structuredCopy(resource) as Resource;
	for (const [n, operation] of itemsNamed(parameters.parameter, "operation").entries()) {
		try {
			applyOperation(registry, tree, readOperation(operation));
		} catch (error) {
			throw error instanceof Problem ? error.at(`Parameters.parameter[${n}]`) : error;
		}
	}
	return tree;
}

type Operation = {
	readonly type: string;
	readonly path: string;
	readonly name?: string;
	readonly value?: { readonly json: Json; readonly type: string };
	readonly index?: number;
	readonly source?: number;
	readonly destination?: number;
};

function readOperation(operation: JsonObject): Operation {
	const part = (name: string): JsonObject | undefined => itemsNamed(operation.part, name)[0];
	const text = (name: string): string | undefined => {
		const value = part(name) && (part(name)?.valueCode ?? part(name)?.valueString);
		return typeof value === "string" ? value : undefined;
	};
	const integer = (name: string): number | undefined => {
		const value = part(name)?.valueInteger;
		return typeof value === "number" ? value : undefined;
	};
	const [type, path] = [text("type"), text("path")];
	if (type === undefined || path === undefined)
		throw new Problem("value", 'An operation needs the parts "type" and "path".');
	const [index, source, destination] = [integer("index"), integer("source"), integer("destination")];
	return { type, path, name: text("name"), value: readValue(part("value")), index, source, destination };
}

/** The value part: `value[x]`, or nested parts that spell out an element without a type of its own. */
function readValue(part: JsonObject | undefined): Operation["value"] {
	if (!part) return undefined;
	const property = Object.keys(part).find((name) => /^value[A-Z]/.test(name));
	if (property) return { json: part[property] as Json, type: property.slice("value".length) };
	if (isObject(part.resource)) return { json: part.resource, type: String(part.resource.resourceType) };
	const json: JsonObject = {};
	for (const nested of Array.isArray(part.part) ? part.part.filter(isObject) : []) {
		const value = readValue(nested);
		if (typeof nested.name === "string" && value) json[nested.name] = value.json;
	}
	return { json, type: "BackboneElement" };
}

const OPERATIONS: Record<string, (registry: Registry, tree: Resource, operation: Operation) => void> = {
	add,
	insert,
	delete: remove,
	replace,
	move,
};

function applyOperation(registry: Registry, tree: Resource, operation: Operation): void {
	const apply = Object.hasOwn(OPERATIONS, operation.type) ? OPERATIONS[operation.type] : undefined;
	if (!apply) throw new Problem("value", "The type of an operation must be add, insert, delete, replace or move.");
	apply(registry, tree, operation);
}

function add(registry: Registry, tree: Resource, { path, name, value }: Operation): void {
	if (name === undefined || value === undefined)
		throw new Problem("value", 'An add needs the parts "name" and "value".');
	const place = one(tree, path);
	const parent = at(tree, place);
	if (!isObject(parent)) throw unfit(path, "selects no element that can have children");
	const { property, array } = propertyFor(registry, tree, place, name, value.type);
	if (array) {
		parent[property] = [...(Array.isArray(parent[property]) ? (parent[property] as Json[]) : []), value.json];
		twinOf(tree, [...place, property])?.push(null);
	} else if (parent[property] === undefined) parent[property] = value.json;
	else throw unfit(path, `has "${name}" already, and it may be there once: use replace`);
}

function insert(_registry: Registry, tree: Resource, { path, index, value }: Operation): void {
	if (index === undefined || value === undefined)
		throw new Problem("value", 'An insert needs the parts "index" and "value".');
	const { place, list } = listOf(tree, path);
	if (index < 0 || index > list.length)
		throw unfit(path, `has ${list.length} items, so the index must be 0 to ${list.length}`);
	list.splice(index, 0, value.json);
	twinOf(tree, place)?.splice(index, 0, null);
}

function remove(_registry: Registry, tree: Resource, { path }: Operation): void {
	const places = select(tree, path);
	if (places.length > 1) throw unfit(path, "selects more than one element; a delete takes at most one");
	if (places[0]) deleteAt(tree, places[0]);
}

function replace(registry: Registry, tree: Resource, { path, value }: Operation): void {
	if (value === undefined) throw new Problem("value", 'A replace needs the part "value".');
	const place = one(tree, path);
	const parent = at(tree, place.slice(0, -1)) as JsonObject | Json[];
	const last = place.at(-1) as string | number;
	if (Array.isArray(parent)) {
		parent[last as number] = value.json;
		return;
	}
	const model = registry.type(typeAt(registry, tree, place.slice(0, -1)));
	const choice = model?.elements.get(last as string)?.choice;
	const property = choice ? choice + upperFirst(value.type) : (last as string);
	if (property !== last) delete parent[last];
	delete parent[`_${last}`];
	parent[property] = value.json;
}

function move(_registry: Registry, tree: Resource, { path, source, destination }: Operation): void {
	const { place, list } = listOf(tree, path);
	const inside = (n: number | undefined): n is number => n !== undefined && n >= 0 && n < list.length;
	if (!inside(source) || !inside(destination)) {
		throw unfit(path, `has ${list.length} items, so source and destination must be given and less than ${list.length}`);
	}
	for (const one of [list, twinOf(tree, place) ?? []]) one.splice(destination, 0, ...one.splice(source, 1));
}

/** The list that `path` names: where all its items are selected, their common parent. */
function listOf(tree: Resource, path: string): { place: Place; list: Json[] } {
	const place = select(tree, path)[0]?.slice(0, -1);
	const list = place && at(tree, place);
	if (!place || !Array.isArray(list)) throw unfit(path, "selects no list");
	return { place, list };
}

/** The ids and extensions of a list of primitives: the list beside it whose items stand at the same places. */
function twinOf(tree: Resource, place: Place): Json[] | undefined {
	const twin = at(tree, [...place.slice(0, -1), `_${place.at(-1)}`]);
	return Array.isArray(twin) ? twin : undefined;
}

function one(tree: Resource, path: string): Place {
	const places = select(tree, path);
	if (places.length !== 1) throw unfit(path, `selects ${places.length} elements; it must select one`);
	return places[0] as Place;
}

const unfit = (path: string, why: string): Problem =>
	new Problem("unprocessable", `The path "${path}" ${why}. Nothing was changed.`);

type Node = { fullPropertyName?(): string | null };

/** What a path may call. Others (`matches`, `repeat`, `descendants` …) can be made to run for hours. */
const FUNCTIONS: ReadonlySet<string> = new Set(
	"all any as contains count empty endsWith exists extension first hasValue is last lower not ofType single skip startsWith tail take upper where".split(
		" ",
	),
);

function requirePlain(path: string): void {
	const bare = path.replace(/'(?:[^'\\]|\\.)*'/g, "''");
	const called = [...bare.matchAll(/([A-Za-z]\w*)`?\s*\(/g)].map(([, name]) => name as string);
	const unknown = called.find((name) => !FUNCTIONS.has(name) && !OPERATORS.has(name));
	if (unknown !== undefined)
		throw new Problem(
			"value",
			`The path of a patch must not call ${unknown}(). Select the element by name, index or where().`,
		);
}

/** Words that may stand before a parenthesis without being called. */
const OPERATORS: ReadonlySet<string> = new Set(["and", "or", "xor", "implies", "in", "div", "mod"]);

/** Where in the tree a FHIRPath leads. The expression sees numbers as plain ones; the tree keeps their text. */
function select(tree: Resource, path: string): Place[] {
	requirePlain(path);
	let nodes: Node[];
	try {
		nodes = fhirpath.evaluate(plain(tree), path, undefined, r4, { resolveInternalTypes: false }) as Node[];
	} catch {
		throw new Problem("value", `The path "${path}" is not a FHIRPath that can be evaluated.`);
	}
	return nodes.map((node) => {
		const name = typeof node?.fullPropertyName === "function" ? node.fullPropertyName() : null;
		if (!name) throw unfit(path, "selects a computed value, not an element");
		return placeOf(tree, name);
	});
}

/** `Patient.name[0].given[1]` → `["name", 0, "given", 1]`; a choice is named by its concrete property. */
function placeOf(tree: Resource, name: string): Place {
	const place: (string | number)[] = [];
	let here: Json | undefined = tree;
	for (const [, property, index] of name.matchAll(/(?:^|\.)([A-Za-z_]+)|\[(\d+)\]/g)) {
		if (index !== undefined) place.push(Number(index));
		else if (place.length > 0 || property !== tree.resourceType) place.push(concrete(here, property as string));
		here = at(tree, place);
	}
	return place;
}

function concrete(parent: Json | undefined, property: string): string {
	if (!isObject(parent) || property in parent) return property;
	return (
		Object.keys(parent).find((key) => key.startsWith(property) && /^[A-Z]/.test(key.slice(property.length))) ?? property
	);
}

function propertyFor(
	registry: Registry,
	tree: Resource,
	place: Place,
	name: string,
	valueType: string,
): { property: string; array: boolean } {
	const elements = registry.type(typeAt(registry, tree, place))?.elements;
	const plainName = name.replace(/\[x\]$/, "");
	const element = elements?.get(plainName) ?? elements?.get(plainName + upperFirst(valueType));
	if (!element) throw new Problem("unprocessable", `The element selected has no child "${name}". Nothing was changed.`);
	return { property: element.name, array: element.array };
}

function typeAt(registry: Registry, tree: Resource, place: Place): string {
	let type = tree.resourceType;
	let here: Json | undefined = tree;
	for (const step of place) {
		here = at(here as Json, [step]);
		if (typeof step === "number") continue;
		type = registry.type(type)?.elements.get(step)?.type ?? type;
		if (type === "Resource" && isObject(here)) type = String(here.resourceType);
	}
	return type;
}

function at(tree: Json, place: Place): Json | undefined {
	let here: Json | undefined = tree;
	for (const step of place) {
		if (Array.isArray(here)) here = here[step as number];
		else if (isObject(here)) here = here[step];
		else return undefined;
	}
	return here;
}

/** Takes an element away, and the lists and objects that it leaves empty. */
function deleteAt(tree: Resource, place: Place): void {
	const parent = at(tree, place.slice(0, -1));
	const last = place.at(-1);
	if (Array.isArray(parent)) {
		parent.splice(last as number, 1);
		twinOf(tree, place.slice(0, -1))?.splice(last as number, 1);
	} else if (isObject(parent)) {
		delete parent[last as string];
		delete parent[`_${last}`];
	}
	const isEmpty = Array.isArray(parent) ? parent.length === 0 : isObject(parent) && Object.keys(parent).length === 0;
	if (isEmpty && place.length > 1) deleteAt(tree, place.slice(0, -1));
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const itemsNamed = (list: Json | undefined, name: string): JsonObject[] =>
	(Array.isArray(list) ? list : []).filter((item): item is JsonObject => isObject(item) && item.name === name);

/** A copy that may be changed; numbers kept as text stay so. */
function structuredCopy(value: Json): Json {
	if (Array.isArray(value)) return value.map(structuredCopy);
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, structuredCopy(child as Json)]));
}

function plain(value: Json): unknown {
	if (Array.isArray(value)) return value.map(plain);
	if (isRawNumber(value)) return Number(value.rawJSON);
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plain(child as Json)]));
}

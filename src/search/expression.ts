import { alternatives, type ElementModel, type Registry, type TypeModel } from "../definitions/index.ts";
import { containedById, isObject, type Json, type JsonObject, type Resource } from "../kernel/index.ts";
import { type Filter, type IndexPath, nameOf } from "./index-path.ts";

/**
 * Compiles the FHIRPath subset that search parameters are written in: paths, `[n]`, `as`, `ofType`,
 * `extension(url)`, `where(x='y')`, `where(resolve() is T)` and `exists() and … != false`, joined by `|`.
 * `start` is the type the paths begin at. `undefined` when the expression leaves the subset, so that the caller can
 * say what is not searchable. https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
 */
export function compileExpression(expression: string, start: string, registry: Registry): IndexPath[] | undefined {
	const paths: IndexPath[] = [];
	for (const alternative of alternatives(expression)) {
		const compiled = compilePresence(alternative, start, registry) ?? compilePath(alternative, start, registry);
		if (!compiled) return undefined;
		paths.push(...compiled);
	}
	return paths;
}

/** `Patient.deceased.exists() and Patient.deceased != false` → one boolean: a value is there and is not false. */
function compilePresence(expression: string, start: string, registry: Registry): IndexPath[] | undefined {
	const text = /^(\S+)\.exists\(\) and \1 != false$/.exec(expression)?.[1];
	const presence = text === undefined ? undefined : compilePath(text, start, registry);
	if (!presence) return undefined;
	return [{ name: `${presence.map(({ name }) => name).join("|")}?`, steps: [], type: "boolean", presence }];
}

const TOKEN =
	/\s*(?:(as|is)\s+([A-Za-z]+)|\.?([A-Za-z]+)\(((?:[^()']|'[^']*'|\([^()]*\))*)\)|\[(\d+)\]|\.?([A-Za-z]+)|(\()|(\)))/y;

/** Compiles one path to its concrete places: a choice element gives one a type. */
function compilePath(expression: string, start: string, registry: Registry): IndexPath[] | undefined {
	let paths: IndexPath[] = [{ name: "", steps: [], type: start }];
	let leading = true;
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < expression.length) {
		const match = TOKEN.exec(expression);
		if (!match) return undefined;
		const [, operator, operand, name, argument, index, property] = match;
		if (operator === "is") return undefined;
		const next =
			operator !== undefined
				? ofType(paths, operand as string, registry)
				: name !== undefined
					? call(paths, name, argument as string, registry)
					: index !== undefined
						? atIndex(paths, Number(index))
						: property === undefined || (leading && isRoot(property, registry))
							? paths
							: child(paths, property, registry);
		if (next === undefined) return undefined;
		if (property !== undefined || name !== undefined) leading = false;
		paths = next;
	}
	return paths;
}

/** The name that leads an absolute path: the resource's own type or one it inherits from. */
const isRoot = (name: string, registry: Registry): boolean =>
	name === "Resource" || name === "DomainResource" || registry.isResourceType(name);

function call(paths: IndexPath[], name: string, argument: string, registry: Registry): IndexPath[] | undefined {
	if (name === "as" || name === "ofType") return ofType(paths, argument.trim(), registry);
	if (name === "extension") {
		const url = literal(argument);
		if (url === undefined) return undefined;
		return filtered(child(paths, "extension", registry), (value) => (value as JsonObject).url === url, `[url=${url}]`);
	}
	if (name !== "where") return undefined;
	const target = /^resolve\(\) is ([A-Za-z]+)$/.exec(argument.trim())?.[1];
	if (target) return paths.map((path) => ({ ...path, target }));
	const equals = /^([A-Za-z]+)\s*=\s*('.*')$/.exec(argument.trim());
	const wanted = equals && literal(equals[2] as string);
	if (!equals || typeof wanted !== "string") return undefined;
	const property = equals[1] as string;
	return filtered(paths, (value) => isObject(value) && value[property] === wanted, `[${property}=${wanted}]`);
}

const literal = (text: string): string | undefined => /^\s*'([^']*)'\s*$/.exec(text)?.[1];

const ofType = (paths: IndexPath[], type: string, registry: Registry): IndexPath[] =>
	paths.filter((path) => isKindOf(path.type, type, registry));

/** A canonical is a uri too. The standard writes some type names in another case. */
function isKindOf(type: string, wanted: string, registry: Registry): boolean {
	for (let name: string | undefined = type; name; name = registry.type(name)?.base) {
		if (name.toLowerCase() === wanted.toLowerCase()) return true;
	}
	return false;
}

function filtered(paths: IndexPath[] | undefined, filter: Filter, label: string): IndexPath[] | undefined {
	return paths?.flatMap((path) => {
		const last = path.steps.at(-1);
		if (last === undefined) return [];
		const { filter: earlier } = last;
		const both: Filter = earlier ? (value, root) => earlier(value, root) && filter(value, root) : filter;
		return [extended(path, [...path.steps.slice(0, -1), { ...last, filter: both, label: (last.label ?? "") + label }])];
	});
}

const atIndex = (paths: IndexPath[], index: number): IndexPath[] =>
	paths.flatMap((path) => {
		const last = path.steps.at(-1);
		return last
			? [extended(path, [...path.steps.slice(0, -1), { ...last, index, label: `${last.label ?? ""}[${index}]` }])]
			: [];
	});

const extended = (path: IndexPath, steps: IndexPath["steps"]): IndexPath => ({ ...path, steps, name: nameOf(steps) });

function child(paths: IndexPath[], name: string, registry: Registry): IndexPath[] | undefined {
	const children = paths.flatMap((path) =>
		elementsNamed(registry.type(path.type), name).map((element): IndexPath => {
			const steps = [...path.steps, { property: element.name }];
			return { name: nameOf(steps), steps, type: element.type, ...(element.system && { system: element.system }) };
		}),
	);
	return children.length > 0 ? children : undefined;
}

/** `value` → every concrete `valueX`; any other name → the one element. */
function elementsNamed(type: TypeModel | undefined, name: string): ElementModel[] {
	if (!type) return [];
	const plain = type.elements.get(name);
	if (plain) return [plain];
	return [...type.elements.values()].filter((element) => element.choice === name);
}

/** The resource type a Reference points to, from its text, its `type`, or the contained resource it names. */
export function targetType(value: Json, root: Resource): string | undefined {
	if (!isObject(value)) return undefined;
	const { reference, type } = value;
	if (typeof reference === "string") {
		if (reference.startsWith("#")) return containedType(reference.slice(1), root);
		const parts = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(
			reference,
		);
		if (parts) return parts[1];
	}
	return typeof type === "string" ? type : undefined;
}

function containedType(id: string, root: Resource): string | undefined {
	if (id === "") return root.resourceType;
	const type = containedById(root, id)?.resourceType;
	return typeof type === "string" ? type : undefined;
}

import type { ElementModel, Registry, TypeModel } from "../definitions/index.ts";
import { isObject, type Json, type JsonObject, type Resource } from "../kernel/index.ts";

/** Receives each value an expression selects, with its FHIR type and, for codes, the code system its binding implies. */
export type Sink = (value: Json, type: string, system: string | undefined) => void;

/** A compiled SearchParameter expression. */
export type Selector = (resource: Resource, sink: Sink) => void;

type Filter = (value: Json, root: Resource) => boolean;
type Step = { readonly property: string; readonly index?: number; readonly filter?: Filter };
type Branch = { readonly steps: readonly Step[]; readonly type: string; readonly system?: string };

/**
 * Compiles the FHIRPath subset that search parameters are written in: paths, `[n]`, `as`, `ofType`,
 * `extension(url)`, `where(x='y')`, `where(resolve() is T)` and `exists() and … != false`, joined by `|`.
 * `undefined` when the expression leaves the subset, so that the caller can say what is not searchable.
 * https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
 */
export function compileExpression(expression: string, resourceType: string, registry: Registry): Selector | undefined {
	const branches: Branch[] = [];
	let presence: Selector | undefined;
	for (const alternative of splitTop(expression)) {
		presence = compilePresence(alternative, resourceType, registry);
		if (presence) return presence;
		const compiled = compilePath(alternative, resourceType, registry);
		if (!compiled) return undefined;
		branches.push(...compiled);
	}
	return (resource, sink) => {
		for (const branch of branches) walk(resource, branch, 0, resource, sink);
	};
}

/** `Patient.deceased.exists() and Patient.deceased != false` → one boolean: a value is there and is not false. */
function compilePresence(expression: string, resourceType: string, registry: Registry): Selector | undefined {
	const path = /^(\S+)\.exists\(\) and \1 != false$/.exec(expression)?.[1];
	const branches = path && compilePath(path, resourceType, registry);
	if (!branches) return undefined;
	return (resource, sink) => {
		let present = false;
		for (const branch of branches) walk(resource, branch, 0, resource, (value) => (present ||= value !== false));
		sink(present, "boolean", undefined);
	};
}

function walk(value: Json, branch: Branch, depth: number, root: Resource, sink: Sink): void {
	const step = branch.steps[depth];
	if (step === undefined) sink(value, dynamicType(value, branch.type), branch.system);
	else if (isObject(value)) {
		for (const item of itemsOf(value[step.property], step.index)) follow(item, step, branch, depth, root, sink);
	}
}

const NONE: readonly Json[] = [];

function itemsOf(value: Json | undefined, index: number | undefined): readonly Json[] {
	if (value === undefined || value === null) return NONE;
	if (!Array.isArray(value)) return [value];
	const items = index === undefined ? value : value.slice(index, index + 1);
	return items.includes(null) ? items.filter((item) => item !== null) : items;
}

function follow(value: Json, step: Step, branch: Branch, depth: number, root: Resource, sink: Sink): void {
	if (step.filter === undefined || step.filter(value, root)) walk(value, branch, depth + 1, root, sink);
}

/** An element typed Resource holds any type: the value itself says which. */
const dynamicType = (value: Json, type: string): string =>
	type === "Resource" && isObject(value) && typeof value.resourceType === "string" ? value.resourceType : type;

/** Splits at `|` outside parentheses and quotes. */
export function splitTop(expression: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let quoted = false;
	let start = 0;
	for (let i = 0; i < expression.length; i++) {
		const char = expression[i];
		if (char === "'") quoted = !quoted;
		else if (quoted) continue;
		else if (char === "(") depth++;
		else if (char === ")") depth--;
		else if (char === "|" && depth === 0) {
			parts.push(expression.slice(start, i).trim());
			start = i + 1;
		}
	}
	return [...parts, expression.slice(start).trim()];
}

const TOKEN =
	/\s*(?:(as|is)\s+([A-Za-z]+)|\.?([A-Za-z]+)\(((?:[^()']|'[^']*'|\([^()]*\))*)\)|\[(\d+)\]|\.?([A-Za-z]+)|(\()|(\)))/y;

/** Compiles one path to its concrete branches: a choice element gives one branch a type. */
function compilePath(expression: string, resourceType: string, registry: Registry): Branch[] | undefined {
	let branches: Branch[] = [{ steps: [], type: resourceType }];
	let leading = true;
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < expression.length) {
		const match = TOKEN.exec(expression);
		if (!match) return undefined;
		const [, operator, operand, name, argument, index, property] = match;
		if (operator === "is") return undefined;
		const next =
			operator !== undefined
				? ofType(branches, operand as string, registry)
				: name !== undefined
					? call(branches, name, argument as string, registry)
					: index !== undefined
						? atIndex(branches, Number(index))
						: property === undefined || (leading && isRoot(property, registry))
							? branches
							: child(branches, property, registry);
		if (next === undefined) return undefined;
		if (property !== undefined || name !== undefined) leading = false;
		branches = next;
	}
	return branches;
}

/** The name that leads an absolute path: the resource's own type or one it inherits from. */
const isRoot = (name: string, registry: Registry): boolean =>
	name === "Resource" || name === "DomainResource" || registry.isResourceType(name);

function call(branches: Branch[], name: string, argument: string, registry: Registry): Branch[] | undefined {
	if (name === "as" || name === "ofType") return ofType(branches, argument.trim(), registry);
	if (name === "extension") {
		const url = literal(argument);
		const extensions = child(branches, "extension", registry);
		return url === undefined ? undefined : filtered(extensions, (value) => (value as JsonObject).url === url);
	}
	if (name !== "where") return undefined;
	const target = /^resolve\(\) is ([A-Za-z]+)$/.exec(argument.trim())?.[1];
	if (target) return filtered(branches, (value, root) => targetType(value, root) === target);
	const equals = /^([A-Za-z]+)\s*=\s*('.*')$/.exec(argument.trim());
	const wanted = equals && literal(equals[2] as string);
	if (!equals || wanted === undefined) return undefined;
	const property = equals[1] as string;
	return filtered(branches, (value) => isObject(value) && value[property] === wanted);
}

const literal = (text: string): string | undefined => /^\s*'([^']*)'\s*$/.exec(text)?.[1];

const ofType = (branches: Branch[], type: string, registry: Registry): Branch[] =>
	branches.filter((branch) => isKindOf(branch.type, type, registry));

/** A canonical is a uri too. The standard writes some type names in another case. */
function isKindOf(type: string, wanted: string, registry: Registry): boolean {
	for (let name: string | undefined = type; name; name = registry.type(name)?.base) {
		if (name.toLowerCase() === wanted.toLowerCase()) return true;
	}
	return false;
}

function filtered(branches: Branch[] | undefined, filter: Filter): Branch[] | undefined {
	return branches?.flatMap((branch) => {
		const last = branch.steps.at(-1);
		if (last === undefined) return [];
		const { filter: earlier } = last;
		const both: Filter = earlier ? (value, root) => earlier(value, root) && filter(value, root) : filter;
		return [{ ...branch, steps: [...branch.steps.slice(0, -1), { ...last, filter: both }] }];
	});
}

const atIndex = (branches: Branch[], index: number): Branch[] =>
	branches.flatMap((branch) => {
		const last = branch.steps.at(-1);
		return last ? [{ ...branch, steps: [...branch.steps.slice(0, -1), { ...last, index }] }] : [];
	});

function child(branches: Branch[], name: string, registry: Registry): Branch[] | undefined {
	const children = branches.flatMap((branch) =>
		elementsNamed(registry.type(branch.type), name).map((element) => ({
			steps: [...branch.steps, { property: element.name }],
			type: element.type,
			system: element.system,
		})),
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
	const contained = Array.isArray(root.contained) ? root.contained : [];
	const found = contained.find((item) => isObject(item) && item.id === id);
	return isObject(found) && typeof found.resourceType === "string" ? found.resourceType : undefined;
}

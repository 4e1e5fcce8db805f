import type { Registry } from "../definitions/index.ts";
import { isObject, type JsonObject } from "../kernel/index.ts";
import type { Node } from "./fhirpath/index.ts";
import type { Step } from "./walk.ts";

/** One JSON property that an element of a type may stand in: one for a plain element, one for each type of a choice. */
export type Child = {
	readonly key: string;
	readonly type: string;
	readonly array: boolean;
	readonly primitive: boolean;
	readonly min: number;
	readonly max: number;
	/** FHIRPath step: `value.ofType(Quantity)`. */
	readonly step: string;
};

const known = new WeakMap<Registry, Map<string, readonly Child[]>>();

/** Where the element `name` (`value[x]` for a choice) of `type` stands in JSON; empty when the type has no such element. */
export function childrenOf(registry: Registry, type: string, name: string): readonly Child[] {
	let all = known.get(registry);
	if (!all) {
		all = new Map();
		known.set(registry, all);
	}
	const key = `${type} ${name}`;
	let found = all.get(key);
	if (!found) {
		found = findChildren(registry, type, name);
		all.set(key, found);
	}
	return found;
}

function findChildren(registry: Registry, type: string, name: string): readonly Child[] {
	const elements = [...(registry.type(type)?.elements.values() ?? [])];
	const choice = name.endsWith("[x]") ? name.slice(0, -3) : undefined;
	return elements
		.filter((element) => (choice === undefined ? element.name === name : element.choice === choice))
		.map(({ name: key, choice, type, array, min, max }) => ({
			key,
			type,
			array,
			primitive: registry.type(type)?.kind === "primitive",
			min,
			max,
			step: choice === undefined ? key : `${choice}.ofType(${type})`,
		}));
}

/** A value under an element, with the steps that lead to it. */
export type Found = { readonly node: Node; readonly step: string; readonly index: number | undefined };

/** All values of an element in `owner`, in their order; a primitive counts by its value or its `_x` twin. */
export function valuesOf(owner: JsonObject, children: readonly Child[]): readonly Found[] {
	const found: Found[] = [];
	for (const child of children) {
		const value = owner[child.key];
		const twin = child.primitive ? owner[`_${child.key}`] : undefined;
		if (value === undefined && twin === undefined) continue;
		if (child.array) addItems(found, child, value, twin);
		else found.push({ node: nodeOf(child.type, value, twin), step: child.step, index: undefined });
	}
	return found;
}

function addItems(found: Found[], child: Child, value: unknown, twin: unknown): void {
	const values = Array.isArray(value) ? value : [];
	const twins = Array.isArray(twin) ? twin : [];
	for (let index = 0; index < Math.max(values.length, twins.length); index++) {
		found.push({ node: nodeOf(child.type, values[index], twins[index]), step: child.step, index });
	}
}

/** A value as FHIRPath sees it; a resource by the type it says it is. */
export function nodeOf(type: string, value: unknown, twin?: unknown): Node {
	const own = (type === "Resource" || type === "DomainResource") && isObject(value) ? value.resourceType : undefined;
	const actual = typeof own === "string" ? own : type;
	return isObject(twin)
		? { value: value ?? undefined, twin, type: actual }
		: { value: value ?? undefined, type: actual };
}

/** Goes to a value, runs `look` there, and comes back. */
export function at(walk: { readonly steps: Step[]; depth: number }, found: Found, look: () => void): void {
	const { depth } = walk;
	walk.steps[walk.depth++] = found.step;
	if (found.index !== undefined) walk.steps[walk.depth++] = found.index;
	look();
	walk.depth = depth;
}

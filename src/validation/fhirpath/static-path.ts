import { isObject } from "../../kernel/index.ts";
import { type Env, spend } from "./env.ts";
import { type Node, node } from "./node.ts";
import { isOpen, type Property, type Schema, typeAt } from "./schema.ts";

/** A path of names from a focus of known types, worked out to the JSON keys it goes by. */
export type StaticPath = {
	readonly origins: readonly string[];
	readonly names: readonly string[];
	readonly steps: readonly Step[];
	/** Types it may end at. */
	readonly types: readonly string[];
};

type Step = Property & { readonly next: readonly Step[] };

export const startPath = (origins: readonly string[]): StaticPath => ({
	origins,
	names: [],
	steps: [],
	types: origins,
});

/** One name further; `undefined` where a type on the way is not known before it is seen. */
export function extendPath(schema: Schema, path: StaticPath, name: string): StaticPath | undefined {
	if (path.types.some((type) => isOpen(schema, type))) return undefined;
	const names = [...path.names, name];
	const types = new Set<string>();
	const steps = build(schema, path.origins, names, types);
	return { origins: path.origins, names, steps, types: [...types] };
}

function build(schema: Schema, origins: readonly string[], names: readonly string[], ends: Set<string>): Step[] {
	const [name = "", ...rest] = names;
	const steps = new Map<string, Step>();
	for (const origin of origins) {
		for (const property of schema.info(origin)?.names.get(name) ?? []) {
			const next = rest.length === 0 ? [] : build(schema, [property.type], rest, ends);
			if (rest.length > 0 && next.length === 0) continue;
			if (rest.length === 0) ends.add(property.type);
			steps.set(`${property.key} ${property.inTwin}`, { ...property, next });
		}
	}
	return [...steps.values()];
}

const hasAny = (value: unknown): boolean => value !== undefined && value !== null;

/** Whether anything stands at the path: a value, or the extension of one that is missing. */
export function existsAt({ value, twin }: Node, steps: readonly Step[]): boolean {
	for (let i = 0; i < steps.length; i++) {
		const step = steps[i] as Step;
		const owner = (step.inTwin ? twin : value) as Record<string, unknown> | null | undefined;
		if (typeof owner !== "object" || owner === null) continue;
		const child = owner[step.key];
		const childTwin = step.twinKey === undefined ? undefined : owner[step.twinKey];
		if (child === undefined && childTwin === undefined) continue;
		if (step.next.length === 0) {
			if (isPresent(child) || isPresent(childTwin)) return true;
		} else if (Array.isArray(child) || Array.isArray(childTwin)) {
			const length = lengthOf(child, childTwin);
			for (let j = 0; j < length; j++) {
				if (existsAt({ value: at(child, j), twin: at(childTwin, j) as never, type: "" }, step.next)) return true;
			}
		} else if (existsAt({ value: child, twin: childTwin as never, type: "" }, step.next)) return true;
	}
	return false;
}

const isPresent = (value: unknown): boolean => (Array.isArray(value) ? value.some(hasAny) : hasAny(value));

const at = (value: unknown, index: number): unknown =>
	Array.isArray(value) ? value[index] : index === 0 ? value : undefined;

const lengthOf = (value: unknown, twin: unknown): number =>
	Math.max(Array.isArray(value) ? value.length : 1, Array.isArray(twin) ? twin.length : 0);

/** All nodes at the path. */
export function nodesAt({ value, twin }: Node, steps: readonly Step[], env: Env, found: Node[]): Node[] {
	for (let i = 0; i < steps.length; i++) {
		const step = steps[i] as Step;
		const owner = (step.inTwin ? twin : value) as Record<string, unknown> | null | undefined;
		if (typeof owner !== "object" || owner === null) continue;
		const child = owner[step.key];
		const childTwin = step.twinKey === undefined ? undefined : owner[step.twinKey];
		if (child === undefined && childTwin === undefined) continue;
		if (Array.isArray(child) || Array.isArray(childTwin)) {
			const length = lengthOf(child, childTwin);
			spend(env, length);
			for (let j = 0; j < length; j++) take(at(child, j), at(childTwin, j), step, env, found);
		} else take(child, childTwin, step, env, found);
	}
	return found;
}

function take(value: unknown, twin: unknown, step: Step, env: Env, found: Node[]): void {
	if (!hasAny(value) && !hasAny(twin)) return;
	const child = nodeAt(step, value, twin);
	if (step.next.length === 0) found.push(child);
	else nodesAt(child, step.next, env, found);
}

/** A node of what a property holds; a primitive without value has `undefined`. */
export const nodeAt = (property: Property, value: unknown, twin: unknown): Node =>
	node(value ?? undefined, typeAt(property, value), isObject(twin) ? twin : undefined);

/** More than one value stands at a path, or one that is not text. */
export const OTHER = Symbol("other");

/** The only text at the path; `undefined` where nothing stands there or only an extension. */
export function textAt(focus: Node, steps: readonly Step[], env: Env): string | undefined | typeof OTHER {
	let found: string | undefined | typeof OTHER;
	const { value, twin } = focus;
	for (let i = 0; i < steps.length; i++) {
		const step = steps[i] as Step;
		const owner = (step.inTwin ? twin : value) as Record<string, unknown> | null | undefined;
		if (typeof owner !== "object" || owner === null) continue;
		const child = owner[step.key];
		const childTwin = step.twinKey === undefined ? undefined : owner[step.twinKey];
		if (child === undefined && childTwin === undefined) continue;
		if (found !== undefined || childTwin !== undefined) return OTHER;
		if (typeof child === "string" && step.next.length === 0) found = child;
		else if (step.next.length > 0 && !Array.isArray(child)) {
			found = textAt({ value: child, twin: undefined, type: "" }, step.next, env);
		} else return OTHER;
	}
	return found;
}

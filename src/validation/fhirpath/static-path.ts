import { isObject, type JsonObject } from "../../kernel/index.ts";
import { type Env, spend } from "./env.ts";
import { type Node, node } from "./node.ts";
import { isOpen, type Property, type Schema, typeAt } from "./schema.ts";

/** A path of names from a focus of known types, worked out to the JSON keys it goes by. */
export type StaticPath = {
	readonly origins: readonly string[];
	readonly names: readonly string[];
	readonly steps: Steps;
	/** Types it may end at. */
	readonly types: readonly string[];
};

type Step = Property & { readonly next: Steps };

/** The properties a name may stand for. */
export type Steps = {
	readonly list: readonly Step[];
	/** By JSON key, of the value and of its twin, where they are so many that the keys which are there are fewer. */
	readonly byKey?: ReadonlyMap<string, Step>;
};

const MANY = 6;
const NONE: Steps = { list: [] };

const stepsOf = (list: readonly Step[]): Steps =>
	list.length <= MANY || list.some(({ inTwin }) => inTwin)
		? { list }
		: { list, byKey: new Map(list.flatMap((step) => [step.key, `_${step.key}`].map((key) => [key, step]))) };

export const startPath = (origins: readonly string[]): StaticPath => ({
	origins,
	names: [],
	steps: NONE,
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

function build(schema: Schema, origins: readonly string[], names: readonly string[], ends: Set<string>): Steps {
	const [name = "", ...rest] = names;
	const steps = new Map<string, Step>();
	for (const origin of origins) {
		for (const property of schema.info(origin)?.names.get(name) ?? []) {
			const next = rest.length === 0 ? NONE : build(schema, [property.type], rest, ends);
			if (rest.length > 0 && next.list.length === 0) continue;
			if (rest.length === 0) ends.add(property.type);
			steps.set(`${property.key} ${property.inTwin}`, { ...property, next });
		}
	}
	return stepsOf([...steps.values()]);
}

const hasAny = (value: unknown): boolean => value !== undefined && value !== null;

type Owner = Readonly<Record<string, unknown>>;

/** Whether anything stands at the path: a value, or the extension of one that is missing. */
export function existsAt({ value, twin }: Pick<Node, "value" | "twin">, { list, byKey }: Steps): boolean {
	if (byKey) return isObject(value) && Object.keys(value).some((key) => hasStep(value, byKey.get(key)));
	for (let i = 0; i < list.length; i++) {
		const step = list[i] as Step;
		const owner = (step.inTwin ? twin : value) as Owner | null | undefined;
		if (typeof owner === "object" && owner !== null && hasStep(owner, step)) return true;
	}
	return false;
}

function hasStep(owner: Owner, step: Step | undefined): boolean {
	if (step === undefined) return false;
	const child = owner[step.key];
	const twin = step.twinKey === undefined ? undefined : owner[step.twinKey];
	if (child === undefined && twin === undefined) return false;
	if (step.next.list.length === 0) return isPresent(child) || isPresent(twin);
	if (!Array.isArray(child) && !Array.isArray(twin)) {
		return existsAt({ value: child, twin: twin as JsonObject }, step.next);
	}
	const length = lengthOf(child, twin);
	for (let i = 0; i < length; i++) {
		if (existsAt({ value: at(child, i), twin: at(twin, i) as JsonObject }, step.next)) return true;
	}
	return false;
}

const isPresent = (value: unknown): boolean => (Array.isArray(value) ? value.some(hasAny) : hasAny(value));

const at = (value: unknown, index: number): unknown =>
	Array.isArray(value) ? value[index] : index === 0 ? value : undefined;

const lengthOf = (value: unknown, twin: unknown): number =>
	Math.max(Array.isArray(value) ? value.length : 1, Array.isArray(twin) ? twin.length : 0);

/** All nodes at the path. */
export function nodesAt({ value, twin }: Node, { list, byKey }: Steps, env: Env, found: Node[]): Node[] {
	if (byKey) {
		if (!isObject(value)) return found;
		for (const key in value) {
			const step = byKey.get(key);
			if (step && (step.key === key || value[step.key] === undefined)) addStep(value, step, env, found);
		}
		return found;
	}
	for (let i = 0; i < list.length; i++) {
		const step = list[i] as Step;
		const owner = (step.inTwin ? twin : value) as Owner | null | undefined;
		if (typeof owner === "object" && owner !== null) addStep(owner, step, env, found);
	}
	return found;
}

function addStep(owner: Owner, step: Step, env: Env, found: Node[]): void {
	const child = owner[step.key];
	const twin = step.twinKey === undefined ? undefined : owner[step.twinKey];
	if (child === undefined && twin === undefined) return;
	if (!Array.isArray(child) && !Array.isArray(twin)) {
		take(child, twin, step, env, found);
		return;
	}
	const length = lengthOf(child, twin);
	spend(env, length);
	for (let i = 0; i < length; i++) take(at(child, i), at(twin, i), step, env, found);
}

function take(value: unknown, twin: unknown, step: Step, env: Env, found: Node[]): void {
	if (!hasAny(value) && !hasAny(twin)) return;
	const child = nodeAt(step, value, twin);
	if (step.next.list.length === 0) found.push(child);
	else nodesAt(child, step.next, env, found);
}

/** A node of what a property holds; a primitive without value has `undefined`. */
export const nodeAt = (property: Property, value: unknown, twin: unknown): Node =>
	node(value ?? undefined, typeAt(property, value), isObject(twin) ? twin : undefined);

/** More than one value stands at a path, or one that is not text. */
export const OTHER = Symbol("other");

/** The only text at the path; `undefined` where nothing stands there. A value with a twin is left to slower ways. */
export function textAt({ value, twin }: Pick<Node, "value" | "twin">, steps: Steps): string | undefined | typeof OTHER {
	let found: string | undefined | typeof OTHER;
	const { list } = steps;
	for (let i = 0; i < list.length; i++) {
		const step = list[i] as Step;
		const owner = (step.inTwin ? twin : value) as Owner | null | undefined;
		if (typeof owner !== "object" || owner === null) continue;
		const child = owner[step.key];
		const childTwin = step.twinKey === undefined ? undefined : owner[step.twinKey];
		if (child === undefined && childTwin === undefined) continue;
		if (found !== undefined || childTwin !== undefined) return OTHER;
		const isLast = step.next.list.length === 0;
		if (typeof child === "string" && isLast) found = child;
		else if (!isLast && !Array.isArray(child)) found = textAt({ value: child, twin: undefined }, step.next);
		else return OTHER;
	}
	return found;
}

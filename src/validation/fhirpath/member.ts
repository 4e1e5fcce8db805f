import { type Compiled, constant, fromNodes } from "./compiled.ts";
import { addNamed } from "./dynamic-path.ts";
import { spend } from "./env.ts";
import { EMPTY, NOTHING, type Node } from "./node.ts";
import type { Place } from "./place.ts";
import type { Schema } from "./schema.ts";
import { existsAt, extendPath, nodesAt, type StaticPath, startPath } from "./static-path.ts";

/** `$this` */
export function thisOf(place: Place): Compiled {
	return fromNodes({
		types: place.types,
		closed: false,
		nodes: (focus) => (focus === NOTHING ? EMPTY : [focus]),
		some: (focus) => focus !== NOTHING,
		...(place.types && { path: startPath(place.types) }),
	});
}

/** A property; at the head (without `input`) also the name of the type that the focus has: `Patient.name`. */
export function member(input: Compiled | undefined, name: string, place: Place): Compiled {
	const from = input ?? thisOf(place);
	const start = from.path ?? from.tail?.path ?? (from.types && startPath(from.types));
	const path = start && extendPath(place.schema, start, name);
	if (path && path.steps.list.length > 0) return from.path ? alongPath(path) : after(from.tail?.from ?? from, path);
	const atHead = input === undefined && /^[A-Z]/.test(name);
	if (path && atHead && path.origins.every((type) => isNamed(place.schema, type, name))) return from;
	if (!start || !path || name === "value") return named(from, name, atHead);
	place.onMissing?.(name, start.types);
	return constant(EMPTY);
}

/** A path from `$this`. */
function alongPath(path: StaticPath): Compiled {
	const { steps } = path;
	return fromNodes({
		types: path.types,
		closed: false,
		path,
		nodes: (focus, env) => nodesAt(focus, steps, env, []),
		some: (focus) => existsAt(focus, steps),
	});
}

/** A path from the nodes that `from` gives. */
function after(from: Compiled, path: StaticPath): Compiled {
	const { steps } = path;
	return fromNodes({
		types: path.types,
		closed: from.closed,
		tail: { from, path },
		nodes: (focus, env) => {
			const parents = from.nodes(focus, env);
			if (parents.length === 0) return EMPTY;
			spend(env, parents.length);
			const found: Node[] = [];
			for (const parent of parents) nodesAt(parent, steps, env, found);
			return found;
		},
		some: (focus, env) => {
			const parents = from.nodes(focus, env);
			spend(env, parents.length);
			return parents.some((parent) => existsAt(parent, steps));
		},
	});
}

/** What stands under a name of nodes whose types are known only when they are seen. */
function named(from: Compiled, name: string, atHead: boolean): Compiled {
	return fromNodes({
		types: undefined,
		closed: from.closed,
		nodes: (focus, env) => {
			if (atHead && isNamed(env.schema, focus.type, name)) return [focus];
			const parents = from.nodes(focus, env);
			if (parents.length === 0) return EMPTY;
			const found: Node[] = [];
			spend(env, parents.length);
			for (const parent of parents) addNamed(parent, name, env, found);
			return found;
		},
	});
}

const isNamed = (schema: Schema, type: string, name: string): boolean =>
	type === name || schema.info(type)?.kinds.has(name) === true;

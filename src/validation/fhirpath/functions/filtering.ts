import { type Compiled, fromNodes } from "../compiled.ts";
import { addChildren } from "../dynamic-path.ts";
import { type Env, spend } from "../env.ts";
import { EMPTY, type Node } from "../node.ts";
import { type Call, criterion, type FunctionDefinition } from "../place.ts";
import { isNew } from "../sets.ts";
import { compileType, typeName } from "../types.ts";

/** http://hl7.org/fhirpath/N1/#filtering-and-projection and #tree-navigation */
export const FILTERING: Readonly<Record<string, FunctionDefinition>> = {
	where: { least: 1, most: 1, compile: where },
	select: { least: 1, most: 1, compile: select },
	repeat: { least: 1, most: 1, compile: repeat },
	children: { least: 0, most: 0, compile: ({ input }) => descending(input, false) },
	descendants: { least: 0, most: 0, compile: ({ input }) => descending(input, true) },
	ofType: { least: 1, most: 1, compile: (call) => typed(call, "as") },
	as: { least: 1, most: 1, compile: (call) => typed(call, "as") },
	is: { least: 1, most: 1, compile: (call) => typed(call, "is") },
};

const typed = ({ input, args, place }: Call, name: "is" | "as"): Compiled =>
	compileType(name, input, typeName(args[0]), place.schema);

function where(call: Call): Compiled {
	const { input } = call;
	const test = criterion(call) as Compiled;
	const passes = (first: boolean) => (focus: Node, env: Env) => {
		const nodes = input.nodes(focus, env);
		if (nodes.length === 0) return EMPTY;
		const { index } = env;
		const found: Node[] = [];
		spend(env, nodes.length);
		for (let i = 0; i < nodes.length; i++) {
			env.index = i;
			if (test.truth(nodes[i] as Node, env) !== true) continue;
			found.push(nodes[i] as Node);
			if (first) break;
		}
		env.index = index;
		return found;
	};
	const any = passes(true);
	return fromNodes({
		types: input.types,
		closed: input.closed && test.closed,
		nodes: passes(false),
		some: (focus, env) => any(focus, env).length > 0,
	});
}

function select(call: Call): Compiled {
	const { input } = call;
	const projection = criterion(call) as Compiled;
	return fromNodes({
		types: projection.types,
		closed: input.closed && projection.closed,
		nodes: (focus, env) => project(input.nodes(focus, env), projection, env),
	});
}

function project(nodes: readonly Node[], projection: Compiled, env: Env): readonly Node[] {
	if (nodes.length === 0) return EMPTY;
	const { index } = env;
	const found: Node[] = [];
	spend(env, nodes.length);
	for (let i = 0; i < nodes.length; i++) {
		env.index = i;
		const items = projection.nodes(nodes[i] as Node, env);
		spend(env, items.length);
		for (const item of items) found.push(item);
	}
	env.index = index;
	return found;
}

/** Each value once, until nothing new comes. */
function repeat(call: Call): Compiled {
	const { input } = call;
	const projection = criterion({ ...call, input: { ...input, types: undefined } }) as Compiled;
	return fromNodes({
		types: undefined,
		closed: input.closed && projection.closed,
		nodes: (focus, env) => {
			const found: Node[] = [];
			const isFirst = isNew(env);
			let level = input.nodes(focus, env);
			while (level.length > 0) {
				level = project(level, projection, env).filter(isFirst);
				spend(env, level.length * KEY_STEPS);
				for (const node of level) found.push(node);
			}
			return found;
		},
	});
}

/** What telling a node from others costs, in steps. */
const KEY_STEPS = 10;

function descending({ closed, nodes }: Compiled, deep: boolean): Compiled {
	return fromNodes({
		types: undefined,
		closed,
		nodes: (focus, env) => {
			const found: Node[] = [];
			for (const node of nodes(focus, env)) addChildren(node, env, found);
			if (deep) for (let i = 0; i < found.length; i++) addChildren(found[i] as Node, env, found);
			return found;
		},
	});
}

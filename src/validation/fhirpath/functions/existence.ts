import { type Compiled, fromTruth } from "../compiled.ts";
import { type Env, spend, untellable } from "../env.ts";
import { integerNode, type Node } from "../node.ts";
import { argument, type Call, criterion, type FunctionDefinition } from "../place.ts";
import { distinct, memberTest } from "../sets.ts";

const define = (least: number, most: number, compile: (call: Call) => Compiled): FunctionDefinition => ({
	least,
	most,
	compile,
});

/** Whether some or every item is `wanted`; all of them must be booleans. */
const booleans = (every: boolean, wanted: boolean): FunctionDefinition =>
	define(0, 0, ({ input }) =>
		fromTruth(input.closed, (focus, env) => {
			const values = input.nodes(focus, env).map(({ value }) => value);
			if (values.some((value) => typeof value !== "boolean")) throw untellable();
			return every ? values.every((value) => value === wanted) : values.includes(wanted);
		}),
	);

/** Runs a criterion for each node until one gives `stop`. */
function holdsFor(nodes: readonly Node[], test: Compiled, env: Env, stop: boolean): boolean {
	const { index } = env;
	spend(env, nodes.length);
	for (let i = 0; i < nodes.length; i++) {
		env.index = i;
		if ((test.truth(nodes[i] as Node, env) === true) === stop) {
			env.index = index;
			return true;
		}
	}
	env.index = index;
	return false;
}

function exists(call: Call): Compiled {
	const { input } = call;
	const test = criterion(call);
	if (!test) return fromTruth(input.closed, input.some);
	return fromTruth(input.closed && test.closed, (focus, env) => holdsFor(input.nodes(focus, env), test, env, true));
}

function all(call: Call): Compiled {
	const { input } = call;
	const test = criterion(call) as Compiled;
	return fromTruth(input.closed && test.closed, (focus, env) => !holdsFor(input.nodes(focus, env), test, env, false));
}

function count({ input }: Call): Compiled {
	const { nodes, closed } = input;
	return {
		types: ["System.Integer"],
		closed,
		count: (focus, env) => nodes(focus, env).length,
		nodes: (focus, env) => [integerNode(nodes(focus, env).length)],
		truth: () => true,
		some: () => true,
	};
}

const subset = (turned: boolean): FunctionDefinition =>
	define(1, 1, (call) => {
		const { input } = call;
		const other = argument(call, 0) as Compiled;
		return fromTruth(input.closed && other.closed, (focus, env) => {
			const a = input.nodes(focus, env);
			const b = other.nodes(focus, env);
			spend(env, a.length + b.length);
			return turned ? b.every(memberTest(a, env)) : a.every(memberTest(b, env));
		});
	});

/** http://hl7.org/fhirpath/N1/#existence */
export const EXISTENCE: Readonly<Record<string, FunctionDefinition>> = {
	empty: define(0, 0, ({ input }) => fromTruth(input.closed, (focus, env) => !input.some(focus, env))),
	exists: define(0, 1, exists),
	all: define(1, 1, all),
	not: define(0, 0, ({ input }) =>
		fromTruth(input.closed, (focus, env) => {
			const truth = input.truth(focus, env);
			return truth === undefined ? undefined : !truth;
		}),
	),
	allTrue: booleans(true, true),
	anyTrue: booleans(false, true),
	allFalse: booleans(true, false),
	anyFalse: booleans(false, false),
	subsetOf: subset(false),
	supersetOf: subset(true),
	count: define(0, 0, count),
	isDistinct: define(0, 0, ({ input }) =>
		fromTruth(input.closed, (focus, env) => {
			const nodes = input.nodes(focus, env);
			return distinct(nodes, env).length === nodes.length;
		}),
	),
	hasValue: define(0, 0, ({ input }) =>
		fromTruth(input.closed, (focus, env) => {
			const nodes = input.nodes(focus, env);
			const [node] = nodes;
			if (nodes.length !== 1 || node === undefined || node.value === undefined) return false;
			return node.type.startsWith("System.") || env.schema.info(node.type)?.primitive === true;
		}),
	),
};

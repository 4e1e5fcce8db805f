import { type Compiled, fromNodes, fromSingle, singleOf } from "../compiled.ts";
import { type Env, spend, untellable } from "../env.ts";
import { EMPTY, type Node } from "../node.ts";
import { argument, type Call, type FunctionDefinition } from "../place.ts";
import { distinct, memberTest, unite } from "../sets.ts";

type Pick = (nodes: readonly Node[]) => Node | undefined;

const one = (pick: Pick): FunctionDefinition => ({
	least: 0,
	most: 0,
	compile: ({ input }) => fromSingle(input.types, input.closed, (focus, env) => pick(input.nodes(focus, env))),
});

const joinedTypes = (a: Compiled, b: Compiled): readonly string[] | undefined =>
	a.types && b.types && [...new Set([...a.types, ...b.types])];

const two = (join: (a: readonly Node[], b: readonly Node[], env: Env) => readonly Node[]): FunctionDefinition => ({
	least: 1,
	most: 1,
	compile: (call) => {
		const { input } = call;
		const other = argument(call, 0) as Compiled;
		return fromNodes({
			types: joinedTypes(input, other),
			closed: input.closed && other.closed,
			nodes: (focus, env) => {
				const a = input.nodes(focus, env);
				const b = other.nodes(focus, env);
				spend(env, a.length + b.length);
				return join(a, b, env);
			},
		});
	},
});

const cut = (slice: (nodes: readonly Node[], count: number) => readonly Node[]): FunctionDefinition => ({
	least: 1,
	most: 1,
	compile: (call) => {
		const { input } = call;
		const count = argument(call, 0) as Compiled;
		return fromNodes({
			types: input.types,
			closed: input.closed && count.closed,
			nodes: (focus, env) => {
				const number = wholeOf(count, focus, env);
				return number === undefined ? EMPTY : slice(input.nodes(focus, env), number);
			},
		});
	},
});

/** A whole number given as an argument. */
export function wholeOf(compiled: Compiled, focus: Node, env: Env): number | undefined {
	const value = singleOf(compiled.nodes(focus, env))?.value;
	if (value !== undefined && !Number.isInteger(value)) throw untellable();
	return value as number | undefined;
}

const distinctOf = ({ input }: Call): Compiled =>
	fromNodes({
		types: input.types,
		closed: input.closed,
		nodes: (focus, env) => {
			return distinct(input.nodes(focus, env), env);
		},
	});

/** http://hl7.org/fhirpath/N1/#subsetting and #combining */
export const COLLECTION: Readonly<Record<string, FunctionDefinition>> = {
	first: one((nodes) => nodes[0]),
	last: one((nodes) => nodes.at(-1)),
	single: one(singleOf),
	tail: {
		least: 0,
		most: 0,
		compile: ({ input }) =>
			fromNodes({
				types: input.types,
				closed: input.closed,
				nodes: (focus, env) => input.nodes(focus, env).slice(1),
			}),
	},
	skip: cut((nodes, count) => nodes.slice(Math.max(0, count))),
	take: cut((nodes, count) => nodes.slice(0, Math.max(0, count))),
	union: two(unite),
	combine: two((a, b) => (b.length === 0 ? a : a.length === 0 ? b : [...a, ...b])),
	intersect: two((a, b, env) =>
		a.length === 0 || b.length === 0 ? EMPTY : distinct(a.filter(memberTest(b, env)), env),
	),
	exclude: two((a, b, env) => {
		if (a.length === 0 || b.length === 0) return a;
		const isMember = memberTest(b, env);
		return a.filter((node) => !isMember(node));
	}),
	distinct: { least: 0, most: 0, compile: distinctOf },
};

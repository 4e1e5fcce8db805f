import { type Compiled, fromNodes, fromSingle } from "../compiled.ts";
import { spend, untellable } from "../env.ts";
import { EMPTY, NOTHING, type Node, node } from "../node.ts";
import { argument, type Call, criterion, type FunctionDefinition } from "../place.ts";

/** The clock as the evaluation sees it. */
const clock = (type: string, cut: (iso: string) => string): FunctionDefinition => ({
	least: 0,
	most: 0,
	compile: () => fromSingle([type], true, () => node(cut(new Date().toISOString()), type)),
});

/** The branches see the input as `$this`; only one of them runs. */
function iif(call: Call): Compiled {
	const { input, place } = call;
	const test = criterion(call, 0) as Compiled;
	const yes = criterion(call, 1) as Compiled;
	const no = criterion(call, 2);
	const isHead = input.path !== undefined && input.path.names.length === 0;
	const closed = test.closed && yes.closed && (no?.closed ?? true);
	return fromNodes({
		types: no === undefined || sameTypes(yes, no) ? yes.types : undefined,
		closed: input.closed && closed,
		nodes: (focus, env) => {
			const item = isHead && place.types !== undefined ? focus : onlyOf(input.nodes(focus, env));
			const branch = test.truth(item, env) === true ? yes : no;
			return branch === undefined ? EMPTY : branch.nodes(item, env);
		},
	});
}

const sameTypes = (a: Compiled, b: Compiled): boolean => a.types?.join() === b.types?.join();

function onlyOf(nodes: readonly Node[]): Node {
	if (nodes.length > 1) throw untellable();
	return nodes[0] ?? NOTHING;
}

/** http://hl7.org/fhirpath/N1/#aggregateaggregator-expression-init-value-value */
function aggregate(call: Call): Compiled {
	const { input } = call;
	const step = criterion(call) as Compiled;
	const start = argument(call, 1);
	return fromNodes({
		types: undefined,
		closed: false,
		nodes: (focus, env) => {
			const { index, total } = env;
			const first = start?.nodes(focus, env) ?? EMPTY;
			const nodes = input.nodes(focus, env);
			env.total = first;
			for (let i = 0; i < nodes.length; i++) {
				env.index = i;
				env.total = step.nodes(nodes[i] as Node, env);
				spend(env, 1 + env.total.length);
			}
			const result = env.total;
			env.index = index;
			env.total = total;
			return result;
		},
	});
}

function typeOf({ input }: Call): Compiled {
	return fromNodes({
		types: undefined,
		closed: input.closed,
		nodes: (focus, env) =>
			input.nodes(focus, env).map(({ type }) => {
				const system = type.startsWith("System.");
				return node({ namespace: system ? "System" : "FHIR", name: system ? type.slice(7) : type }, "");
			}),
	});
}

/** http://hl7.org/fhirpath/N1/#utility-functions */
export const UTILITY: Readonly<Record<string, FunctionDefinition>> = {
	iif: { least: 2, most: 3, compile: iif },
	aggregate: { least: 1, most: 2, compile: aggregate },
	trace: { least: 1, most: 2, compile: ({ input }) => input },
	now: clock("System.DateTime", (iso) => iso),
	today: clock("System.Date", (iso) => iso.slice(0, 10)),
	timeOfDay: clock("System.Time", (iso) => iso.slice(11, 23)),
	type: { least: 0, most: 0, compile: typeOf },
};

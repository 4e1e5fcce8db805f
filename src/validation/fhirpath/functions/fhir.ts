import { isObject } from "../../../kernel/index.ts";
import { narrativeFault } from "../../narrative.ts";
import { type Compiled, fromNodes, fromSingle, fromTruth, singleOf } from "../compiled.ts";
import { addNamed, systemNode } from "../dynamic-path.ts";
import { type Env, untellable } from "../env.ts";
import { EMPTY, type Node, node } from "../node.ts";
import { argument, type Call, type FunctionDefinition } from "../place.ts";

function extension(call: Call): Compiled {
	const { input } = call;
	const url = argument(call, 0) as Compiled;
	return fromNodes({
		types: ["Extension"],
		closed: input.closed && url.closed,
		nodes: (focus, env) => {
			const wanted = singleOf(url.nodes(focus, env))?.value;
			const found: Node[] = [];
			for (const owner of input.nodes(focus, env)) addNamed(owner, "extension", env, found);
			return found.length === 0 ? EMPTY : found.filter(({ value }) => isObject(value) && value.url === wanted);
		},
	});
}

/** What references, canonicals and urls lead to. What is not at hand cannot be told. */
function resolve({ input }: Call): Compiled {
	return fromNodes({
		types: undefined,
		closed: input.closed,
		nodes: (focus, env) => {
			const found: Node[] = [];
			for (const from of input.nodes(focus, env)) {
				const { value } = from;
				const reference = isObject(value) ? value.reference : value;
				if (typeof reference !== "string") continue;
				const target = env.scope.resolve(reference, from);
				if (target === undefined) throw untellable();
				found.push(node(target, typeof target.resourceType === "string" ? target.resourceType : "Resource"));
			}
			return found;
		},
	});
}

/** Asks one of the scope's own questions about each item and a text; what it does not know cannot be told. */
const asks = (question: (env: Env, item: Node, text: string) => boolean | undefined): FunctionDefinition => ({
	least: 1,
	most: 1,
	compile: (call) => {
		const { input } = call;
		const text = argument(call, 0) as Compiled;
		return fromTruth(false, (focus, env) => {
			const item = singleOf(input.nodes(focus, env));
			const about = singleOf(text.nodes(focus, env))?.value;
			if (item === undefined || typeof about !== "string") return undefined;
			const answer = question(env, item, about);
			if (answer === undefined) throw untellable();
			return answer;
		});
	},
});

const subsumption = (turned: boolean): FunctionDefinition => ({
	least: 1,
	most: 1,
	compile: (call) => {
		const { input } = call;
		const other = argument(call, 0) as Compiled;
		return fromTruth(false, (focus, env) => {
			const a = singleOf(input.nodes(focus, env));
			const b = singleOf(other.nodes(focus, env));
			if (a === undefined || b === undefined) return undefined;
			const answer = turned ? env.scope.subsumes?.(b, a) : env.scope.subsumes?.(a, b);
			if (answer === undefined) throw untellable();
			return answer;
		});
	},
});

/** Functions that only the validator of definitions could run. */
const unknown = (least: number, most: number): FunctionDefinition => ({
	least,
	most,
	compile: () =>
		fromTruth(false, () => {
			throw untellable();
		}),
});

/** https://hl7.org/fhir/R4/fhirpath.html#functions */
export const FHIR: Readonly<Record<string, FunctionDefinition>> = {
	extension: { least: 1, most: 1, compile: extension },
	resolve: { least: 0, most: 0, compile: resolve },
	getValue: {
		least: 0,
		most: 0,
		compile: ({ input }) =>
			fromSingle(undefined, input.closed, (focus, env) => {
				const nodes = input.nodes(focus, env);
				const [item] = nodes;
				if (nodes.length !== 1 || item?.value === undefined) return undefined;
				const info = env.schema.info(item.type);
				return info?.primitive || item.type.startsWith("System.") ? systemNode(item, info) : undefined;
			}),
	},
	conformsTo: asks((env, item, profile) => env.scope.conformsTo?.(item, profile)),
	memberOf: asks((env, item, valueSet) => env.scope.memberOf?.(item, valueSet)),
	subsumes: subsumption(false),
	subsumedBy: subsumption(true),
	htmlChecks: {
		least: 0,
		most: 0,
		compile: ({ input }) =>
			fromTruth(input.closed, (focus, env) => {
				const value = singleOf(input.nodes(focus, env))?.value;
				return typeof value === "string" ? narrativeFault(value) === undefined : undefined;
			}),
	},
	checkModifiers: unknown(0, 20),
	elementDefinition: unknown(0, 0),
	slice: unknown(2, 2),
};

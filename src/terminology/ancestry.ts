import { Problem } from "../kernel/index.ts";
import type { Coding } from "./expand.ts";
import { findConcept, findSystem } from "./find-concept.ts";
import { shown } from "./problem.ts";
import type { Sources } from "./sources.ts";

/** How a concept stands to others of its system. */
export type Ancestry = { readonly above: readonly string[]; readonly below: readonly string[] };

/**
 * Which of `others`, codes of the same system, subsume a concept, and which it subsumes; without itself.
 * @throws Problem 404 for an unknown system or code.
 */
export async function ancestry(
	{ system: url, code }: Coding,
	version: string | undefined,
	others: readonly string[],
	sources: Sources,
): Promise<Ancestry> {
	const system = await findSystem(sources, url, version);
	const concept = await findConcept(sources, system, code);
	if (!concept) throw new Problem("not-found", `The code system ${shown(url)} has no code ${shown(code)}.`);
	const rest = others.filter((other) => other !== code && other !== concept.code);
	const { memory, large } = system;
	if (memory) {
		const [above, below] = [memory.above(concept.code), memory.below(concept.code)];
		const within = (set: ReadonlySet<string>) => (other: string) => set.has(memory.find(other) ?? other);
		return { above: rest.filter(within(above)), below: rest.filter(within(below)) };
	}
	if (!large || !sources.large || rest.length === 0) return { above: [], below: [] };
	const among = (op: "is-a" | "generalizes") =>
		sources.large?.among(url, large.version, rest, [{ property: "concept", op, value: concept.code }]);
	const [above, below] = [await among("generalizes"), await among("is-a")];
	return { above: [...(above ?? [])], below: [...(below ?? [])] };
}

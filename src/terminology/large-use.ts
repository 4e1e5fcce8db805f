import type { ConceptFilter, LargeSystem, LargeSystems } from "./large-systems.ts";
import type { PackedFilter } from "./packed.ts";
import { shown, unanswerable } from "./problem.ts";

/** The loaded system of a url, of the version or the newest; `undefined` where there is none. */
export async function findLarge(
	large: LargeSystems | undefined,
	url: string,
	version?: string,
): Promise<LargeSystem | undefined> {
	const systems = (await large?.systems()) ?? [];
	return systems.find((system) => system.url === url && (version === undefined || version === system.version));
}

const OPERATORS: readonly string[] = [
	"=",
	"is-a",
	"descendent-of",
	"is-not-a",
	"regex",
	"in",
	"not-in",
	"generalizes",
	"exists",
] satisfies ConceptFilter["op"][];

/** @throws Problem 422 for an operator that R4 does not have. */
export const conceptFilters = (filters: readonly PackedFilter[] = []): readonly ConceptFilter[] =>
	filters.map(([property, op, value]) => {
		if (!isOperator(op)) throw unanswerable(`The filter operator ${shown(op)} is not one of R4's.`);
		return { property, op, value };
	});

const isOperator = (op: string): op is ConceptFilter["op"] => OPERATORS.includes(op);

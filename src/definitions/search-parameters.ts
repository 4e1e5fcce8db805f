import type { SearchParameter, SearchParameterType } from "./model.ts";
import { type PackedModel, type PackedSearchParameter, SEARCH_PARAMETERS } from "./packed-model.ts";

const NONE: ReadonlyMap<string, SearchParameter> = new Map();

/** A lookup of a resource type's search parameters by code, built when first asked for. */
export function searchParameters(
	model: PackedModel,
	resourceTypes: readonly string[],
): (resourceType: string) => ReadonlyMap<string, SearchParameter> {
	const built = new Map<string, ReadonlyMap<string, SearchParameter>>();
	const known = new Set(resourceTypes);
	return (resourceType) => {
		if (!known.has(resourceType)) return NONE;
		const done = built.get(resourceType);
		if (done) return done;
		const bases = new Set<string>();
		for (let type: string | undefined = resourceType; type; type = model.types[type]?.base) bases.add(type);
		const parameters = model.searchParameters
			.filter((parameter) => parameter.base.some((base) => bases.has(base)))
			.map((parameter) => unpack(parameter, bases, resourceTypes));
		const byCode = new Map(parameters.map((parameter) => [parameter.code, parameter]));
		built.set(resourceType, byCode);
		return byCode;
	};
}

function unpack(packed: PackedSearchParameter, bases: ReadonlySet<string>, all: readonly string[]): SearchParameter {
	const { id, expression, ...rest } = packed;
	const targets = packed.targets ?? (packed.type === "reference" ? ["Resource"] : []);
	return {
		...rest,
		url: SEARCH_PARAMETERS + id,
		type: packed.type as SearchParameterType,
		targets: targets[0] === "Resource" ? all : targets,
		...(expression && { expression: restrictExpression(expression, bases) }),
	};
}

/** The alternatives of a FHIRPath union that begin with one of `types`: `A.x | (B.y as date)` for B → `(B.y as date)`. */
export const restrictExpression = (expression: string, types: ReadonlySet<string>): string =>
	alternatives(expression)
		.filter((alternative) => types.has(/^\(*(\w+)/.exec(alternative)?.[1] ?? ""))
		.join(" | ");

/** The alternatives of a FHIRPath union: split at each `|` outside parentheses and quotes. */
export function alternatives(expression: string): string[] {
	const found: string[] = [];
	let depth = 0;
	let quoted = false;
	let start = 0;
	for (let i = 0; i < expression.length; i++) {
		const char = expression[i];
		if (char === "'") quoted = !quoted;
		else if (quoted) continue;
		else if (char === "(") depth++;
		else if (char === ")") depth--;
		else if (char === "|" && depth === 0) {
			found.push(expression.slice(start, i).trim());
			start = i + 1;
		}
	}
	return [...found, expression.slice(start).trim()];
}

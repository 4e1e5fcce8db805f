import { alternatives, type Registry, restrictExpression, type SearchParameter } from "../definitions/index.ts";
import { type Issue, isObject, type Json, type JsonObject, type Resource } from "../kernel/index.ts";
import { compileExpression } from "./expression.ts";
import { indexableTypes } from "./indexable-types.ts";
import { compileParameter } from "./parameters.ts";

/** A SearchParameter resource as it applies to each type; `issues` says why it cannot be searched by. */
export type Definition = {
	readonly issues: readonly Issue[];
	readonly definitions: ReadonlyMap<string, SearchParameter>;
};

const SUPPORTED =
	"Supported are paths, [n], as, ofType(), extension('url'), where(element='text') and where(resolve() is Type), joined by |.";

/**
 * Reads a SearchParameter that is to be searched by. A type whose standard parameter it is (the same url) is left out.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
export function readSearchParameter(registry: Registry, resource: Resource): Definition {
	const issues: Issue[] = [];
	const definitions = new Map<string, SearchParameter>();
	const at = (element: string, text: string): void => {
		issues.push({ text, expression: `SearchParameter.${element}` });
	};
	const { code, type, expression, url } = resource;
	if (typeof code !== "string" || !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(code)) {
		at("code", "The code must begin with a letter and have letters, digits and - only, 64 at most.");
	} else if (typeof type !== "string" || !SEARCHED_TYPES.has(type)) {
		at("type", `The type must be one of ${[...SEARCHED_TYPES].join(", ")}.`);
	} else if (typeof expression !== "string" || expression.trim() === "") {
		at("expression", "An active search parameter needs an expression that says what it looks at.");
	} else {
		const parameter: SearchParameter = {
			code,
			url: typeof url === "string" ? url : "",
			type: type as SearchParameter["type"],
			base: texts(resource.base),
			targets: targetsOf(registry, resource),
			isOwn: true,
			...(resource.id !== undefined && { id: resource.id }),
			...(type === "composite" && { components: componentsOf(resource) }),
		};
		for (const one of typesOf(registry, parameter.base, at)) {
			if (registry.searchParameters(one).get(code)?.url === parameter.url) continue;
			const restricted = { ...parameter, expression: restrictExpression(expression, lineageOf(registry, one)) };
			const fault = faultOf(registry, one, restricted, expression);
			if (fault) at(...fault);
			else definitions.set(one, restricted);
		}
	}
	return { issues: distinct(issues), definitions };
}

const SEARCHED_TYPES = new Set(["number", "date", "string", "token", "reference", "composite", "quantity", "uri"]);

const texts = (value: Json | undefined): string[] =>
	Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

function targetsOf({ resourceTypes }: Registry, { type, target }: Resource): readonly string[] {
	const named = texts(target);
	return type !== "reference" ? [] : named.length === 0 || named.includes("Resource") ? resourceTypes : named;
}

const componentsOf = ({ component }: Resource): NonNullable<SearchParameter["components"]> =>
	(Array.isArray(component) ? component : []).filter(isObject).map((one: JsonObject) => ({
		definition: String(one.definition ?? "").replace(/\|.*$/, ""),
		expression: String(one.expression ?? ""),
	}));

function typesOf(
	registry: Registry,
	base: readonly string[],
	at: (element: string, text: string) => void,
): ReadonlySet<string> {
	const found = new Set<string>();
	for (const [i, name] of base.entries()) {
		const types = registry.resourceTypes.filter((type) => lineageOf(registry, type).has(name));
		if (types.length === 0) at(`base[${i}]`, `"${name.slice(0, 64)}" is no resource type of FHIR R4.`);
		for (const type of types) found.add(type);
	}
	return found;
}

function lineageOf(registry: Registry, type: string): Set<string> {
	const names = new Set<string>();
	for (let name: string | undefined = type; name; name = registry.type(name)?.base) names.add(name);
	return names;
}

/** Why a type cannot be searched by it: the element, and the rule with its mend. */
function faultOf(
	registry: Registry,
	type: string,
	parameter: SearchParameter,
	whole: string,
): [element: string, text: string] | undefined {
	const expression = parameter.expression as string;
	if (expression === "") {
		return ["expression", `No part of "${whole.slice(0, 100)}" begins with ${type}. Write full paths, as ${type}.id.`];
	}
	const part = unreadable(expression, type, registry);
	if (part !== undefined) return ["expression", `The server cannot search by "${part}". ${SUPPORTED}`];
	if (parameter.type === "composite") return compositeFault(registry, type, parameter);
	const places = compileExpression(expression, type, registry) ?? [];
	const wanted = indexableTypes(parameter.type);
	if (places.some((place) => wanted.has(place.type))) return undefined;
	const found = [...new Set(places.map((place) => place.type))].join(", ") || "nothing";
	return [
		"type",
		`"${expression}" selects ${found}, which a ${parameter.type} parameter cannot search. It takes: ${[...wanted].join(", ")}.`,
	];
}

function compositeFault(
	registry: Registry,
	type: string,
	parameter: SearchParameter,
): [element: string, text: string] | undefined {
	const known = new Set([...registry.searchParameters(type).values()].map(({ url }) => url));
	const components = parameter.components ?? [];
	if (components.length < 2) return ["component", "A composite needs at least two components."];
	const unknown = components.findIndex(({ definition }) => !known.has(definition));
	if (unknown !== -1) {
		return [
			`component[${unknown}].definition`,
			`No search parameter of ${type} that is in use has the url "${components[unknown]?.definition}".`,
		];
	}
	const failing = components.findIndex((one) => !compileParameter(registry, type, { ...parameter, components: [one] }));
	if (failing === -1) return undefined;
	return [
		`component[${failing}].expression`,
		`The server cannot search by "${components[failing]?.expression}" at "${parameter.expression}". ${SUPPORTED}`,
	];
}

/** The first step that leaves what can be compiled: the shortest beginning that fails, less the longest that does not. */
function unreadable(expression: string, type: string, registry: Registry): string | undefined {
	for (const alternative of alternatives(expression)) {
		if (compileExpression(alternative, type, registry)) continue;
		let readable = 0;
		for (const end of ends(alternative)) {
			if (!compileExpression(alternative.slice(0, end), type, registry)) return alternative.slice(readable, end).trim();
			readable = end;
		}
		return alternative;
	}
	return undefined;
}

/** Where a path may be cut: before each step outside parentheses and quotes, and at its end. */
function ends(path: string): number[] {
	const found: number[] = [];
	let depth = 0;
	let quoted = false;
	for (let i = 1; i < path.length; i++) {
		const char = path[i];
		if (char === "'") quoted = !quoted;
		else if (quoted) continue;
		else if (char === "(") depth++;
		else if (char === ")") depth--;
		else if ((char === "." || char === " ") && depth <= 0) found.push(i);
	}
	return [...found, path.length];
}

const distinct = (issues: readonly Issue[]): Issue[] => [...new Map(issues.map((one) => [one.text, one])).values()];

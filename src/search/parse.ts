import type { Registry } from "../definitions/index.ts";
import { isId, Problem, spanOf } from "../kernel/index.ts";
import { splitEscaped, unescaped } from "./escape.ts";
import { type Indexed, indexedParameters } from "./extract.ts";
import type { Pair } from "./query.ts";
import { and, type Node, or } from "./tree.ts";

/** What a search needs to know beside its parameters. `strict`: an unknown parameter is an error, not a note. */
export type SearchScope = {
	readonly registry: Registry;
	readonly base: string;
	readonly timeZone: string;
	readonly strict: boolean;
};

/** A search as read: its tree, the parameters it used (for the self link), and those it was allowed to ignore. */
export type Search = {
	readonly resourceType: string;
	readonly filter: Node;
	readonly used: readonly Pair[];
	readonly ignored: readonly string[];
};

/** Parameters that shape the answer instead of filtering it; the interactions read them. */
export const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
	"_count",
	"_elements",
	"_format",
	"_pretty",
	"_summary",
	"_total",
	"_page",
]);

/**
 * Reads the filters of a type search; nothing here touches a database.
 * @throws Problem `not-supported`-coded `value` for an unknown parameter or modifier, naming what is allowed.
 * https://hl7.org/fhir/R4/search.html
 */
export function parseSearch(scope: SearchScope, resourceType: string, pairs: readonly Pair[]): Search {
	const nodes: Node[] = [];
	const used: Pair[] = [];
	const ignored: string[] = [];
	for (const pair of pairs) {
		const [name, value] = pair;
		if (RESULT_PARAMETERS.has(name)) continue;
		const node = parseParameter(scope, resourceType, name, value);
		if (node === undefined) ignored.push(name);
		else {
			nodes.push(node);
			used.push(pair);
		}
	}
	return { resourceType, filter: and(nodes), used, ignored };
}

function parseParameter(scope: SearchScope, resourceType: string, name: string, value: string): Node | undefined {
	const colon = name.indexOf(":");
	const code = colon === -1 ? name : name.slice(0, colon);
	const modifier = colon === -1 ? undefined : name.slice(colon + 1);
	const column = COLUMN_PARAMETERS[code];
	if (column) {
		if (modifier !== undefined) throw unknownModifier(code, modifier, []);
		return or(splitEscaped(value, ",").map((part) => column(unescaped(part), scope)));
	}
	const indexed = indexedParameters(scope.registry, resourceType).get(code);
	if (indexed) return parseIndexed(scope, resourceType, indexed, modifier, value);
	if (!scope.strict) return undefined;
	throw unknownParameter(scope.registry, resourceType, code);
}

function parseIndexed(
	{ registry, base, timeZone }: SearchScope,
	resourceType: string,
	{ parameter, type }: Indexed,
	modifier: string | undefined,
	value: string,
): Node {
	const isTarget = (name: string): boolean => parameter.targets.length === 0 || parameter.targets.includes(name);
	const known =
		modifier === undefined ||
		type.modifiers.includes(modifier) ||
		(type.modifiers.includes("[type]") && registry.isResourceType(modifier) && isTarget(modifier));
	if (!known) throw unknownModifier(parameter.code, modifier as string, type.modifiers);
	const isResourceType = (name: string): boolean => registry.isResourceType(name);
	return or(
		splitEscaped(value, ",").map((text) =>
			type.read({ resourceType, parameter, modifier, text, base, timeZone, isResourceType }),
		),
	);
}

const COLUMN_PARAMETERS: Record<string, (text: string, scope: SearchScope) => Node> = {
	_id: (text) => (isId(text) ? { kind: "id", ids: [text] } : { kind: "nothing" }),
	_lastUpdated: readLastUpdated,
};

/** https://hl7.org/fhir/R4/search.html#prefix */
function readLastUpdated(text: string, { timeZone }: SearchScope): Node {
	const match = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.+)$/.exec(text);
	const span = match && spanOf((match[2] as string).replace(" ", "+"), timeZone);
	if (!match || !span) {
		throw new Problem("value", {
			text: 'The value of "_lastUpdated" must be a date or dateTime, with a prefix such as ge if wanted. Write a + in a zone as %2B.',
			expression: "_lastUpdated",
		});
	}
	const { start, end } = span;
	switch (match[1]) {
		case "gt":
		case "sa":
			return { kind: "updated", from: end };
		case "lt":
		case "eb":
			return { kind: "updated", to: start };
		case "ge":
			return { kind: "updated", from: start };
		case "le":
			return { kind: "updated", to: end };
		case "ne":
			return or([
				{ kind: "updated", to: start },
				{ kind: "updated", from: end },
			]);
		case "ap": {
			const margin = Math.abs(Date.now() - (start + end) / 2) / 10;
			return { kind: "updated", from: Math.floor(start - margin), to: Math.ceil(end + margin) };
		}
		default:
			return { kind: "updated", from: start, to: end };
	}
}

function unknownModifier(code: string, modifier: string, allowed: readonly string[]): Problem {
	const names = allowed.map((name) => (name === "[type]" ? "a target type, as :Patient" : `:${name}`));
	const mend = names.length > 0 ? `Use ${names.join(", ")} or no modifier.` : "Leave the modifier out.";
	return new Problem("value", {
		text: `The search parameter "${code}" has no modifier ":${modifier}" on this server. ${mend}`,
		expression: code,
		code: "not-supported",
	});
}

function unknownParameter(registry: Registry, resourceType: string, code: string): Problem {
	const names = [...Object.keys(COLUMN_PARAMETERS), ...indexedParameters(registry, resourceType).keys()].sort();
	return new Problem("value", {
		text: `${resourceType} has no search parameter "${code}" on this server. It has: ${names.join(", ")}. To have unknown ones ignored, send the header Prefer: handling=lenient.`,
		expression: code,
		code: "not-supported",
	});
}

/** The codes of every parameter a search of `resourceType` understands, with their types. */
export function searchableParameters(
	registry: Registry,
	resourceType: string,
): { code: string; type: string; url: string }[] {
	const indexed = [...indexedParameters(registry, resourceType).values()].map(({ parameter }) => parameter);
	const columns = [...registry.searchParameters(resourceType).values()].filter(({ code }) => code in COLUMN_PARAMETERS);
	return [...columns, ...indexed].map(({ code, type, url }) => ({ code, type, url }));
}

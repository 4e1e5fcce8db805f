import { isId, Problem } from "../../kernel/index.ts";
import { splitEscaped, unescaped } from "../escape.ts";
import { and, type Node, or, type Prefix } from "../tree.ts";
import { readDate } from "../types/date.ts";
import { malformed } from "../types/prefix.ts";
import { countTests } from "./bounds.ts";
import { asQuery, flagOf, requireOperator } from "./comparison.ts";
import { compartmentNode } from "./compartment.ts";
import { readList } from "./list.ts";
import type { Operator } from "./operator.ts";
import { type SearchScope, unknownModifier } from "./scope.ts";

/** A parameter that every type has and no index entry answers. */
type Common = {
	readonly modifiers: readonly string[];
	readonly operators: readonly Operator[];
	read(scope: SearchScope, resourceType: string, value: string): Node;
};

const COMMON_PARAMETERS: Record<string, Common> = {
	_id: { modifiers: ["missing", "not"], operators: ["eq", "ne", "pr"], read: (_scope, _type, value) => readIds(value) },
	_lastUpdated: {
		modifiers: ["missing"],
		operators: ["eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb", "po", "pr"],
		read: (scope, _type, value) => or(splitEscaped(value, ",").map((part) => readLastUpdated(scope, unescaped(part)))),
	},
	_list: {
		modifiers: [],
		operators: ["eq"],
		read: (scope, type, value) => or(splitEscaped(value, ",").map((part) => readList(scope, type, unescaped(part)))),
	},
	_text: { modifiers: [], operators: ["eq", "co"], read: (_scope, _type, value) => readWords("_text", value) },
	_content: { modifiers: [], operators: ["eq", "co"], read: (_scope, _type, value) => readWords("_content", value) },
	"_in-compartment": {
		modifiers: [],
		operators: ["eq"],
		read: (scope, type, value) =>
			or(
				splitEscaped(value, ",").map((part) =>
					compartmentNode(scope.registry, type, ...readCompartment(unescaped(part))),
				),
			),
	},
};

/** Whether `code` is one of the parameters that every type has. */
export const isCommon = (code: string): boolean => Object.hasOwn(COMMON_PARAMETERS, code);

/** Reads a parameter that every type has, with its modifier, or with the operator of a `_filter`. */
export function readCommon(
	scope: SearchScope,
	resourceType: string,
	code: string,
	modifier: string | undefined,
	value: string,
): Node {
	const common = COMMON_PARAMETERS[code] as Common;
	const { operator } = scope;
	if (modifier !== undefined && !common.modifiers.includes(modifier))
		throw unknownModifier(code, modifier, common.modifiers);
	if (operator === undefined) return readModified(scope, resourceType, code, modifier, value);
	requireOperator(code, operator, common.operators);
	if (modifier !== undefined) throw unknownModifier(code, modifier, []);
	if (operator === "pr") return presence(code, flagOf(value));
	const text = asQuery("string", value);
	if (code === "_id" && operator === "ne") return { kind: "not", node: readIds(text) };
	return common.read(scope, resourceType, code === "_lastUpdated" ? prefixOf(operator) + text : text);
}

function readModified(
	scope: SearchScope,
	resourceType: string,
	code: string,
	modifier: string | undefined,
	value: string,
): Node {
	if (modifier === "missing") {
		if (value !== "true" && value !== "false") throw malformed(`${code}:missing`, "true or false");
		return presence(code, value === "false");
	}
	countTests(scope, value.split(",").length);
	const node = (COMMON_PARAMETERS[code] as Common).read(scope, resourceType, value);
	return modifier === "not" ? { kind: "not", node } : node;
}

/** Every resource has an id, and a time of its last update unless it is contained in another. */
function presence(code: string, isThere: boolean): Node {
	if (code === "_lastUpdated") return isThere ? { kind: "updated" } : { kind: "not", node: { kind: "updated" } };
	return isThere ? and([]) : { kind: "nothing" };
}

/** A moment overlaps with a period when it lies in it. */
const prefixOf = (operator: Operator): Prefix => (operator === "po" ? "eq" : (operator as Prefix));

function readIds(value: string): Node {
	const ids = splitEscaped(value, ",").map(unescaped);
	if (ids.includes("")) throw malformed("_id", "an id, or several joined by commas");
	return { kind: "id", ids: ids.filter(isId) };
}

function readLastUpdated({ timeZone, now }: SearchScope, text: string): Node {
	const { prefix, start, end } = readDate("_lastUpdated", text, timeZone, now);
	const updated = (from?: number, to?: number): Node => ({
		kind: "updated",
		...(from !== undefined && { from }),
		...(to !== undefined && { to }),
	});
	switch (prefix) {
		case "gt":
		case "sa":
			return updated(end);
		case "lt":
		case "eb":
			return updated(undefined, start);
		case "ge":
			return updated(start);
		case "le":
			return updated(undefined, end);
		case "ne":
			return or([updated(undefined, start), updated(end)]);
		default:
			return updated(start, end);
	}
}

const MOST_TEXT = 1000;

/** Dashes in a row would be negations within one another, and the database takes few of them. */
function readWords(code: "_text" | "_content", value: string): Node {
	const text = unescaped(value)
		.replace(/-[\s-]*(?=-)/g, "")
		.trim();
	if (text === "") throw malformed(code, "one or more words");
	if (text.length > MOST_TEXT) {
		throw new Problem("too-costly", {
			text: `The words of ${code} may have ${MOST_TEXT} characters together at most. Ask for fewer.`,
			expression: code,
		});
	}
	return { kind: "words", where: code === "_text" ? "narrative" : "content", text };
}

function readCompartment(text: string): [string, string] {
	const [name = "", id = ""] = text.split("/");
	if (!isId(id) || text.split("/").length !== 2) throw malformed("_in-compartment", "a compartment, as Patient/123");
	return [name, id];
}

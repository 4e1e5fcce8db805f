import type { SearchParameterType } from "../../definitions/index.ts";
import { Problem } from "../../kernel/index.ts";
import type { Parameter } from "../parameters.ts";
import { and, type Node } from "../tree.ts";
import type { Operator } from "./operator.ts";
import { readComposite, readMissing, readPlain, readValues } from "./parameter.ts";
import { type SearchScope, unknown } from "./scope.ts";

const ORDERED = ["gt", "lt", "ge", "le", "ap", "sa", "eb"] as const;

/** What has a meaning for a parameter type; `sa`, `eb` and `ap` are those of the prefixes. */
const BY_TYPE: Record<SearchParameterType, readonly Operator[]> = {
	string: ["eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "pr"],
	number: ["eq", "ne", "co", ...ORDERED, "pr"],
	date: ["eq", "ne", "co", ...ORDERED, "po", "pr"],
	quantity: ["eq", "ne", ...ORDERED, "pr"],
	token: ["eq", "ne", "ss", "sb", "in", "ni", "pr"],
	reference: ["eq", "ne", "re", "pr"],
	uri: ["eq", "ne", "pr"],
	special: ["eq", "pr"],
	composite: ["eq"],
};

/** Operators that are a modifier under another name. */
const MODIFIERS: Partial<Record<Operator, string>> = { ss: "below", sb: "above", in: "in", ni: "not-in" };

/**
 * Reads `parameter op value` of a `_filter` at a parameter of a type. An operator holds when it does for some value of
 * the parameter.
 * @throws Problem `value` for an operator without a meaning for the type, which names those that have one.
 */
export function readComparison(scope: SearchScope, operator: Operator, parameter: Parameter, value: string): Node {
	const { code, type } = parameter.definition;
	requireOperator(code, operator, BY_TYPE[type]);
	const text = asQuery(type, value);
	if (parameter.kind === "composite") return readComposite(scope, parameter, undefined, text);
	if (operator === "pr") return readMissing(parameter, flagOf(value) ? "false" : "true");
	const own = `$${operator}`;
	if (parameter.type.operators?.includes(own)) return readValues(scope, parameter, own, text);
	if (PREFIXED.has(type)) return readPlain(scope, parameter, undefined, `${operator}${text}`);
	const node = readPlain(scope, parameter, MODIFIERS[operator], text);
	if (operator !== "ne") return node;
	return and([readMissing(parameter, "false"), { kind: "not", node }]);
}

/** @throws Problem `value` that names the operators allowed. */
export function requireOperator(code: string, operator: Operator, allowed: readonly Operator[]): void {
	if (allowed.includes(operator)) return;
	throw unknown({
		text: `In _filter the search parameter "${code}" has no operator "${operator}". Use ${allowed.join(", ")}.`,
		expression: code,
	});
}

/** Whether what `pr` looks for is to be there. */
export function flagOf(value: string): boolean {
	if (value === "true" || value === "false") return value === "true";
	throw new Problem("value", { text: "The value of pr in _filter must be true or false.", expression: "_filter" });
}

const PREFIXED: ReadonlySet<string> = new Set(["number", "date", "quantity"]);

/** Types whose values have parts in a query, where a backslash and the marks keep their meaning. */
const IN_PARTS: ReadonlySet<string> = new Set(["token", "reference", "quantity", "composite"]);

/** A value of `_filter` is one value: its commas mean themselves. */
export function asQuery(type: string, value: string): string {
	if (!IN_PARTS.has(type)) return value.replace(/[\\,|$]/g, "\\$&");
	return withSystems(value).replace(/\\.|,/gs, (mark) => (mark === "," ? "\\," : mark));
}

/** Names that stand for a system. https://hl7.org/fhir/R4/search_filter.html#ops */
const SYSTEMS: Record<string, string> = {
	loinc: "http://loinc.org",
	snomed: "http://snomed.info/sct",
	rxnorm: "http://www.nlm.nih.gov/research/umls/rxnorm",
	ucum: "http://unitsofmeasure.org",
};

const withSystems = (value: string): string =>
	value.replace(/(?<=^|[|$])(?:loinc|snomed|rxnorm|ucum)(?=\|)/g, (name) => SYSTEMS[name] as string);

import { type CodeSystem, codeSystem } from "./code-system.ts";
import type { PackedFilter } from "./packed.ts";
import { shown, unanswerable } from "./problem.ts";
import { compileRegex } from "./regex.ts";

type Test = (values: readonly string[]) => boolean;

const some =
	(set: ReadonlySet<string>): Test =>
	(values) =>
		values.some((value) => set.has(value));

const not =
	(test: Test): Test =>
	(values) =>
		!test(values);

const without = (set: ReadonlySet<string>, code: string): ReadonlySet<string> => set.difference(new Set([code]));

/** Commas and line breaks part the codes of `in`; blanks around them do not count. */
const listOf = (value: string): ReadonlySet<string> => new Set(value.split(",").map((code) => code.trim()));

/** What the operators of codes alone are given, and never look at. */
const NO_SYSTEM = codeSystem("", { concepts: [] });

/** `isKept`: the test is asked for as long as the server runs, not once for all codes of a system. */
type MakeTest = (value: string, system: CodeSystem, isKept: boolean) => Test;

/** What each operator asks of the property's values. https://hl7.org/fhir/R4/valueset-filter-operator.html */
const OPERATORS: Readonly<Record<string, MakeTest>> = {
	"=": (value) => some(new Set([value])),
	"is-a": (value, system) => some(system.below(known(value, system))),
	"descendent-of": (value, system) => some(without(system.below(known(value, system)), known(value, system))),
	"is-not-a": (value, system) => not(some(system.below(known(value, system)))),
	generalizes: (value, system) => some(system.above(known(value, system))),
	in: (value) => some(listOf(value)),
	"not-in": (value) => not(some(listOf(value))),
	regex: (value, _system, isKept) => {
		const matches = compileRegex(value, isKept);
		return (values) => values.some(matches);
	},
	exists: (value) => (values) => values.length > 0 === (value !== "false"),
};

function known(code: string, system: CodeSystem): string {
	const found = system.find(code);
	if (found !== undefined) return found;
	throw unanswerable(
		`A filter names the code ${shown(code)}, which the code system ${shown(system.url)} does not have.`,
	);
}

/**
 * The codes of a system that pass every filter.
 * @throws Problem 422 for an operator, property, code or regular expression that cannot be answered.
 */
export function filterCodes(system: CodeSystem, filters: readonly PackedFilter[]): readonly string[] {
	const tests = filters.map(([property, operator, value]) => {
		const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
		if (!make) throw unanswerable(`The filter operator ${shown(operator)} is not one of R4's.`);
		if (!system.defines(property)) {
			throw unanswerable(
				`A filter names the property ${shown(property)}, which the code system ${shown(system.url)} does not define.`,
			);
		}
		return { property, test: make(value, system, false) };
	});
	return system.codes.filter((code) => tests.every(({ property, test }) => test(system.values(code, property))));
}

const OF_CODES: readonly string[] = ["=", "in", "not-in", "regex"];

/** A test of codes without a system, for filters that look at nothing else; `undefined` where one looks further. */
export function codeFilter(filters: readonly PackedFilter[]): ((code: string) => boolean) | undefined {
	const tests: ((code: string) => boolean)[] = [];
	for (const [property, operator, value] of filters) {
		if (!["code", "concept"].includes(property) || !OF_CODES.includes(operator)) return undefined;
		const test = OPERATORS[operator]?.(value, NO_SYSTEM, true);
		if (test) tests.push((code) => test([code]));
	}
	return (code) => tests.every((test) => test(code));
}

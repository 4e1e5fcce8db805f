import type { Indexing, Registry } from "../../definitions/index.ts";
import { type Issue, Problem } from "../../kernel/index.ts";
import { COLUMN_CODES, type Parameter, searchTable } from "../parameters.ts";
import type { Operator } from "./operator.ts";

/** What reading a search needs to know beside its parameters. `strict`: an unknown parameter is an error, not a note. */
export type SearchScope = {
	readonly registry: Registry;
	/** The clinic's own FHIR base. */
	readonly base: string;
	readonly timeZone: string;
	readonly strict: boolean;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** The types searched together, where they are several. */
	readonly types?: readonly string[];
	/** The operator of the test of a `_filter` that is being read; it takes the place of modifiers and prefixes. */
	readonly operator?: Operator;
	/** The links that chains and `_has` have made so far, counted in place, and how many of them lead here. */
	readonly links?: { made: number };
	readonly depth?: number;
	/** The tests of values made so far, counted in place; shared by the types of one search. */
	readonly tests?: { made: number };
};

/** Parameters that every type has and no index entry answers. https://hl7.org/fhir/R4/search.html#all */
export const COMMON = [
	"_filter",
	"_has",
	"_id",
	"_in-compartment",
	"_lastUpdated",
	"_list",
	"_text",
	"_content",
] as const;

const unknowns = new WeakSet<Problem>();

/** A Problem that a type does not have what is asked: one of the other types that a chain leads to may have it. */
export function unknown(issue: Omit<Issue, "code">): Problem {
	const problem = new Problem("value", { ...issue, code: "not-supported" });
	unknowns.add(problem);
	return problem;
}

export const isUnknown = (error: unknown): error is Problem => error instanceof Problem && unknowns.has(error);

/** @throws Problem that lists what the type has. */
export function requireParameter({ registry }: SearchScope, resourceType: string, code: string): Parameter {
	const parameter = searchTable(registry, resourceType).parameters.get(code);
	if (parameter) return parameter;
	const indexing = searchTable(registry, resourceType).unready.get(code)?.definition.indexing;
	if (indexing) throw unreadyParameter(resourceType, code, indexing);
	const names = [
		...new Set([...COMMON, ...COLUMN_CODES, ...searchTable(registry, resourceType).parameters.keys()]),
	].sort();
	throw unknown({
		text: `${resourceType} has no search parameter "${code}" on this server. It has: ${names.join(", ")}. To have unknown ones ignored, send the header Prefer: handling=lenient.`,
		expression: code,
	});
}

/** Whether a type has a search parameter, even one whose index is not complete. */
export function hasParameter({ registry }: SearchScope, resourceType: string, code: string): boolean {
	const { parameters, unready } = searchTable(registry, resourceType);
	return parameters.has(code) || unready.has(code);
}

function unreadyParameter(resourceType: string, code: string, { status, done, total }: Indexing): Problem {
	const state =
		status === "stopped"
			? "not indexed: its index job was cancelled or failed. Start it again by $reindex."
			: `being indexed: ${total === undefined ? "waiting for its turn" : `${done} of ${total}`}. Ask again later.`;
	return new Problem("value", {
		text: `The search parameter "${code}" of ${resourceType} is ${state}`,
		expression: code,
		code: "not-supported",
	});
}

/** A modifier that the parameter does not have. */
export function unknownModifier(code: string, modifier: string, allowed: readonly string[]): Problem {
	const names = allowed.map((name) => (name === "[type]" ? "a target type, as :Patient" : `:${name}`));
	const mend = names.length > 0 ? `Use ${names.join(", ")} or no modifier.` : "Leave the modifier out.";
	return unknown({
		text: `The search parameter "${code}" has no modifier ":${modifier}" on this server. ${mend}`,
		expression: code,
	});
}

/** Splits `code:modifier`. */
export function splitModifier(name: string): { code: string; modifier: string | undefined } {
	const colon = name.indexOf(":");
	return colon === -1
		? { code: name, modifier: undefined }
		: { code: name.slice(0, colon), modifier: name.slice(colon + 1) };
}

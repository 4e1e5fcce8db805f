import type { Registry, SearchParameter } from "../../../src/definitions/index.ts";
import type { Resource } from "../../../src/kernel/index.ts";

/** All that an answer depends on beside the query: the resources of one clinic, and what it knows about codes and time. */
export type World = {
	readonly registry: Registry;
	readonly resources: readonly Resource[];
	/** The clinic's own FHIR base: absolute references under it are local. */
	readonly base: string;
	readonly timeZone: string;
	/** Milliseconds since 1970, for the prefix `ap`. */
	readonly now: number;
	/** Whether CodeSystem.caseSensitive is true for this system. */
	isCaseSensitive(system: string): boolean;
	/** Whether `code` is `ancestor` or below it in the system's hierarchy, for `:above` and `:below`. */
	isBelow(system: string, code: string, ancestor: string): boolean;
	/** Whether a value set has this code, for `:in` and `:not-in`. */
	isIn(valueSet: string, system: string, code: string): boolean;
};

/** One value that a parameter's expression selects, with its FHIR type and the code system its binding implies. */
export type Value = {
	readonly data: unknown;
	readonly type: string;
	readonly system?: string;
};

/** What a parameter asks: one comma-separated part of the value, escapes still in it. */
export type Question = {
	readonly world: World;
	readonly parameter: SearchParameter;
	readonly modifier?: string;
	readonly part: string;
};

/** A search parameter type: whether one selected value satisfies one part of the query. */
export type Matcher = (question: Question, value: Value) => boolean;

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (data: unknown): Fields => (typeof data === "object" && data !== null ? (data as Fields) : {});

export const listOf = (data: unknown): readonly unknown[] =>
	data === undefined || data === null ? [] : Array.isArray(data) ? data : [data];

export const textOf = (data: unknown): string | undefined => (typeof data === "string" ? data : undefined);

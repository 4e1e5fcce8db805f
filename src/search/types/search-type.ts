import type { SearchParameter } from "../../definitions/index.ts";
import type { Json, JsonObject, Resource } from "../../kernel/index.ts";
import type { IndexPath } from "../index-path.ts";
import type { Fact, Node } from "../tree.ts";

/** One value that a path selected in a resource being stored. */
export type Selected = {
	readonly value: Json;
	/** FHIR type of the value. */
	readonly type: string;
	/** Code system that the element's binding implies, for codes. */
	readonly system: string | undefined;
	readonly resource: Resource;
	/** The clinic's own FHIR base: absolute references under it are local. */
	readonly base: string;
	readonly timeZone: string;
};

/**
 * Takes what a value gives to the index: equality entries, values kept beside the resource, and that a value is there
 * at all, which an entry says by itself.
 */
export type Index = { key(entry: string): void; fact(fact: Fact, value: Json): void; present(): void };

/** Whether an element is more than its id and extensions: `:missing` counts one that is not as absent. */
export function hasContent(element: JsonObject): boolean {
	for (const name in element) if (name !== "id" && name !== "extension" && name[0] !== "_") return true;
	return false;
}

/** One comma-separated part of a query value at one path, with its escapes still in place. */
export type Asked = {
	readonly parameter: SearchParameter;
	readonly path: IndexPath;
	readonly modifier: string | undefined;
	readonly text: string;
	readonly base: string;
	readonly timeZone: string;
	/** Milliseconds since 1970, for `ap`. */
	readonly now: number;
	/** Whether `name` is a resource type, for `:Type` and bare ids. */
	isResourceType(name: string): boolean;
};

/** A search parameter type: how its values are indexed and how a query for them is read. Both live in one file. */
export type SearchType = {
	readonly name: SearchParameter["type"];
	/** Modifiers that `read` understands, beside `missing`; `[type]` stands for resource types. */
	readonly modifiers: readonly string[];
	/** Operators of `_filter` that `read` understands in place of a modifier. */
	readonly operators?: readonly string[];
	/** The kind of value whose presence `:missing` tests; `p` where only keys are made. */
	readonly presence: Fact | "p";
	index(selected: Selected, index: Index): void;
	/** The tree for one part of a query value. Throws Problem `value` when the part is malformed. */
	read(asked: Asked): Node;
};

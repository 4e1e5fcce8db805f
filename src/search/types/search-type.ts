import type { SearchParameter } from "../../definitions/index.ts";
import type { Json, Resource } from "../../kernel/index.ts";
import type { Node } from "../tree.ts";

/** One value that a parameter's expression selected in a resource being stored. */
export type Selected = {
	readonly resourceType: string;
	readonly parameter: string;
	readonly value: Json;
	/** FHIR type of the value. */
	readonly type: string;
	/** Code system that the element's binding implies, for codes. */
	readonly system: string | undefined;
	readonly resource: Resource;
	/** The clinic's own FHIR base: absolute references under it are local. */
	readonly base: string;
};

/** One comma-separated part of a query value, with its escapes still in place. */
export type Asked = {
	readonly resourceType: string;
	readonly parameter: SearchParameter;
	readonly modifier: string | undefined;
	readonly text: string;
	readonly base: string;
	readonly timeZone: string;
	/** Whether `name` is a resource type, for `:Type` and bare ids. */
	isResourceType(name: string): boolean;
};

/** A search parameter type: how its values are indexed and how a query for them is read. Both live in one file. */
export type SearchType = {
	readonly name: SearchParameter["type"];
	/** Modifiers that `read` understands; any other is refused before it is called. */
	readonly modifiers: readonly string[];
	/** Adds the equality keys of one stored value. */
	index(selected: Selected, add: (key: string) => void): void;
	/** The tree for one part of a query value. Throws Problem `value` when the part is malformed. */
	read(asked: Asked): Node;
};

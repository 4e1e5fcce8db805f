import type { Registry } from "../definitions/index.ts";
import type { Json, JsonObject, Resource } from "../kernel/index.ts";
import { type IndexPath, select } from "./index-path.ts";
import { keyHash, keyText } from "./key.ts";
import { type Entry, searchTable } from "./parameters.ts";
import type { Fact } from "./tree.ts";
import type { Index } from "./types/search-type.ts";

/** What extraction needs to know of the clinic. */
export type ExtractContext = { readonly registry: Registry; readonly base: string; readonly timeZone: string };

/**
 * What the index keeps of a resource: `keys`, hashed equality entries as a PostgreSQL array literal (`{12,-7}`), and
 * `facts`, the values that are compared otherwise, as JSON text: `{"d:effectiveDateTime":[{"a":from,"z":until}],"p":["code"]}`.
 * A repeating element that a composite looks at is kept instance by instance under `c:`.
 */
export type Extract = { readonly keys: string; readonly facts: string };

/** Extracts everything that searches of its type may ask for. */
export function extract(context: ExtractContext, resource: Resource): Extract {
	const table = searchTable(context.registry, resource.resourceType);
	const keys = new Set<string>();
	const facts: JsonObject = {};
	const present: string[] = [];
	for (const entry of table.entries) {
		const writer = new Writer(resource.resourceType, entry.path.name, keys, facts, entry.path.name);
		indexEntry(context, resource, resource, entry, writer);
		if (writer.isPresent) present.push(entry.path.name);
	}
	for (const { path, entries } of table.groups) {
		const instances: Json[] = [];
		const seen = new Set<string>();
		select(path, resource, resource, (instance) => {
			const own: JsonObject = {};
			for (const entry of entries) {
				const full = `${path.name}.${entry.path.name}`;
				const writer = new Writer(resource.resourceType, full, keys, own, entry.path.name, true);
				indexEntry(context, resource, instance, entry, writer);
				if (writer.isPresent) seen.add(full);
			}
			instances.push(own);
		});
		if (instances.length > 0) facts[`c:${path.name}`] = instances;
		present.push(...seen);
	}
	if (present.length > 0) facts.p = present;
	return { keys: `{${[...keys].join(",")}}`, facts: JSON.stringify(facts) };
}

function indexEntry(
	{ base, timeZone }: ExtractContext,
	resource: Resource,
	from: Json,
	{ path, types }: { path: IndexPath; types: Entry["types"] },
	writer: Index,
): void {
	select(path, from, resource, (value, type, system) => {
		for (const searchType of types) searchType.index({ value, type, system, resource, base, timeZone }, writer);
	});
}

/** Collects what one place gives. Inside a group the entries are kept in plain text too, to be told apart by instance. */
class Writer implements Index {
	/** Whether keys came, or a value that gives none; the names of such places tell `:missing` what is there. */
	isPresent = false;
	readonly #type: string;
	readonly #fullName: string;
	readonly #keys: Set<string>;
	readonly #facts: JsonObject;
	readonly #name: string;
	readonly #inGroup: boolean;

	constructor(type: string, fullName: string, keys: Set<string>, facts: JsonObject, name: string, inGroup = false) {
		this.#type = type;
		this.#fullName = fullName;
		this.#keys = keys;
		this.#facts = facts;
		this.#name = name;
		this.#inGroup = inGroup;
	}

	key(entry: string): void {
		this.#keys.add(keyHash(keyText(this.#type, this.#fullName, entry)));
		this.isPresent = true;
		if (this.#inGroup) this.#push("k", entry);
	}

	fact(fact: Fact, value: Json): void {
		this.#push(fact, value);
	}

	present(): void {
		this.isPresent = true;
	}

	#push(fact: Fact, value: Json): void {
		const name = `${fact}:${this.#name}`;
		const list = this.#facts[name];
		if (Array.isArray(list)) list.push(value);
		else this.#facts[name] = [value];
	}
}

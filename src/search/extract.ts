import type { Registry } from "../definitions/index.ts";
import { isObject, type Json, type JsonObject, type Resource } from "../kernel/index.ts";
import { indexAlso } from "./also.ts";
import { type IndexPath, select } from "./index-path.ts";
import { keyHash, keyText, SEPARATOR } from "./key.ts";
import { type Entry, searchTable } from "./parameters.ts";
import type { Fact } from "./tree.ts";
import type { Index } from "./types/search-type.ts";

/** What extraction needs to know of the clinic. */
export type ExtractContext = { readonly registry: Registry; readonly base: string; readonly timeZone: string };

/**
 * What the index keeps of a resource: `keys`, hashed equality entries as a PostgreSQL array literal (`{12,-7}`), and
 * `facts`, the values that are compared otherwise, as JSON text: `{"d:effectiveDateTime":[{"a":from,"z":until}],"p":["code"]}`.
 * A repeating element that a composite looks at is kept instance by instance under `c:`, a contained resource under `#`.
 */
export type Extract = { readonly keys: string; readonly facts: string };

/** Extracts everything that searches of its type may ask for. */
export function extract(context: ExtractContext, resource: Resource): Extract {
	const { resourceType } = resource;
	const keys = new Set<string>();
	const addKey: AddKey = (path, entry) => keys.add(keyHash(keyText(resourceType, path, entry)));
	const facts = collect(context, resource, resource, addKey);
	indexAlso(resource, addKey);
	const contained = containedIn(resource);
	const entered = enteredIn(context, resource);
	if (contained.length + entered.length > 0) {
		const places = referencePlaces(context, resource);
		facts["#"] = [
			...contained.map((inner) => containedFacts(context, resource, inner, places.get(String(inner.id)) ?? [])),
			...entered.map(({ inner, place }) => ({ ...containedFacts(context, inner, inner, [place]), e: true })),
		];
		for (const { resourceType: inner } of [...contained, ...entered.map((one) => one.inner)])
			keys.add(keyHash(containedKey(resourceType, inner)));
	}
	return { keys: `{${[...keys].join(",")}}`, facts: JSON.stringify(facts) };
}

/** The key of resources of a type that contain some resource of another. */
export const containedKey = (resourceType: string, inner: string): string => keyText(resourceType, "#", inner);

const containedIn = ({ contained }: Resource): Resource[] =>
	(Array.isArray(contained) ? contained : []).filter(
		(item): item is Resource => isObject(item) && typeof item.resourceType === "string",
	);

/** Resources that stand where a parameter looks for a reference, as the first entry of a Bundle: a chain leads into them. */
function enteredIn({ registry }: ExtractContext, resource: Resource): { inner: Resource; place: string }[] {
	const found: { inner: Resource; place: string }[] = [];
	for (const { path } of searchTable(registry, resource.resourceType).entries) {
		if (path.type !== "Resource") continue;
		select(path, resource, resource, (value) => {
			if (isObject(value) && typeof value.resourceType === "string")
				found.push({ inner: value as Resource, place: path.name });
		});
	}
	return found;
}

/** What the index keeps of a contained resource: id, type, the places that refer to it, keys in plain text, and facts. */
function containedFacts(
	context: ExtractContext,
	root: Resource,
	inner: Resource,
	places: readonly string[],
): JsonObject {
	const keys: string[] = [];
	const facts = collect(context, root, inner, (path, entry) => keys.push(path + SEPARATOR + entry));
	const id = String(inner.id ?? "");
	return { i: id, t: inner.resourceType, r: [...places], k: keys, f: facts };
}

/** By id, the reference places of a resource that name one of its contained resources. */
function referencePlaces({ registry }: ExtractContext, resource: Resource): Map<string, string[]> {
	const places = new Map<string, string[]>();
	for (const { path } of allEntries(registry, resource.resourceType)) {
		if (path.type !== "Reference") continue;
		select(path, resource, resource, (value) => {
			const reference = isObject(value) ? value.reference : undefined;
			if (typeof reference !== "string" || !reference.startsWith("#")) return;
			const id = reference.slice(1);
			places.set(id, [...(places.get(id) ?? []), path.name]);
		});
	}
	return places;
}

/** Every place of a type, those in groups by their full names. */
function allEntries(registry: Registry, resourceType: string): { path: IndexPath }[] {
	const { entries, groups } = searchTable(registry, resourceType);
	const inGroups = groups.flatMap(({ path, entries: inner }) =>
		inner.map((entry) => ({
			path: { ...entry.path, name: `${path.name}.${entry.path.name}`, steps: [...path.steps, ...entry.path.steps] },
		})),
	);
	return [...entries, ...inGroups];
}

type AddKey = (path: string, entry: string) => void;

/** The facts of `resource`, which is `root` or contained in it; keys go to `addKey`. */
function collect(context: ExtractContext, root: Resource, resource: Resource, addKey: AddKey): JsonObject {
	const table = searchTable(context.registry, resource.resourceType);
	const facts: JsonObject = {};
	const present = new Set<string>();
	for (const entry of table.entries) {
		const writer = new Writer(addKey, entry.path.name, facts, entry.path.name);
		indexEntry(context, root, resource, entry, writer);
		if (writer.isPresent) present.add(entry.path.name);
	}
	for (const { path, entries } of [...table.groups, ...table.ownGroups]) {
		const instances: Json[] = [];
		select(path, resource, root, (instance) => {
			const own: JsonObject = {};
			for (const entry of entries) {
				const full = `${path.name}.${entry.path.name}`;
				const writer = new Writer(addKey, full, own, entry.path.name, true);
				indexEntry(context, root, instance, entry, writer);
				if (!writer.isPresent) continue;
				present.add(full);
				if (own[`k:${entry.path.name}`] === undefined) own[`p:${entry.path.name}`] = [1];
			}
			instances.push(own);
		});
		if (instances.length > 0) facts[`c:${path.name}`] = instances;
	}
	if (present.size > 0) facts.p = [...present];
	return facts;
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
	readonly #addKey: AddKey;
	readonly #fullName: string;
	readonly #facts: JsonObject;
	readonly #name: string;
	readonly #inGroup: boolean;

	constructor(addKey: AddKey, fullName: string, facts: JsonObject, name: string, inGroup = false) {
		this.#addKey = addKey;
		this.#fullName = fullName;
		this.#facts = facts;
		this.#name = name;
		this.#inGroup = inGroup;
	}

	key(entry: string): void {
		this.#addKey(this.#fullName, entry);
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

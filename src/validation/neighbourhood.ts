import { containedById, isObject, type Json, type JsonObject } from "../kernel/index.ts";
import type { Step } from "./walk.ts";

/** Where a resource lies, so that references from it can be followed. */
export type Neighbourhood = {
	/** The resource whose `contained` a `#id` means. */
	readonly container: JsonObject;
	/** The Bundle around it. */
	readonly bundle: BundleIndex | undefined;
	/** Its fullUrl in that Bundle. */
	readonly fullUrl: string | undefined;
};

/** The entries of a Bundle by fullUrl and by `Type/id`. */
export type BundleIndex = { readonly isDocument: boolean; readonly entries: ReadonlyMap<string, Entry> };
export type Entry = {
	readonly resource: JsonObject;
	readonly fullUrl: string | undefined;
	readonly steps: readonly Step[];
};

/** Indexes a Bundle that stands at `steps`. https://hl7.org/fhir/R4/bundle.html#references */
export function indexBundle(bundle: JsonObject, steps: readonly Step[]): BundleIndex {
	const index = new Map<string, Entry>();
	const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
	entries.forEach((entry, i) => {
		if (!isObject(entry) || !isObject(entry.resource)) return;
		const { resource } = entry;
		const fullUrl = typeof entry.fullUrl === "string" ? entry.fullUrl : undefined;
		const found = { resource, fullUrl, steps: [...steps, "entry", i, "resource"] };
		if (fullUrl !== undefined && !index.has(fullUrl)) index.set(fullUrl, found);
		const local = `${text(resource.resourceType)}/${text(resource.id)}`;
		if (resource.id !== undefined && !index.has(local)) index.set(local, found);
	});
	return { isDocument: bundle.type === "document", entries: index };
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** What a reference leads to: a contained resource, or an entry of the Bundle; `undefined` when it is elsewhere. */
export function resolveIn(around: Neighbourhood, reference: string): JsonObject | undefined {
	if (reference === "#") return around.container;
	if (reference.startsWith("#")) return containedById(around.container, reference.slice(1));
	return findEntry(around, reference)?.resource;
}

/** A relative reference is read against the fullUrl it stands under, else as the type and id of any entry. */
export function findEntry({ bundle, fullUrl }: Neighbourhood, reference: string): Entry | undefined {
	if (!bundle) return undefined;
	const plain = reference.replace(/\/_history\/[^/]*$/, "").replace(/#.*$/, "");
	const base = /^(https?:\/\/.*\/)[A-Za-z]+\/[^/]+$/.exec(fullUrl ?? "")?.[1];
	return (base === undefined ? undefined : bundle.entries.get(base + plain)) ?? bundle.entries.get(plain);
}

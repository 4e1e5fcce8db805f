import { Problem, type Resource } from "../kernel/index.ts";
import { canonicalOf, pickVersion, readCanonical } from "./canonical.ts";
import type { Definitions, Profile } from "./profile.ts";
import { generateSnapshot } from "./snapshot.ts";
import { readStructure, type Structure } from "./structure.ts";

/** Definitions that can be put over others: what they build on is then looked for there too. */
export type Layer = Definitions & { over(under: Definitions): Layer };

/** A StructureDefinition that is not read before it is asked for. */
export type Source = { readonly url: string; readonly version?: string; read(): Structure };

/**
 * What is in `over` hides what is in `under` by the same url and version, and is the answer where no version is asked
 * for. Profiles of `under` stay the same objects, so that what was made from them can be shared.
 */
export const layer = (over: Layer, under: Definitions): Layer => over.over(under);

/** A layer of conformance resources; other resources are passed over. Nothing is read before it is asked for. */
export const definitionsOf = (resources: readonly Resource[]): Layer =>
	createLayer(
		resources.flatMap((resource) => (resource.resourceType === "StructureDefinition" ? sourceOf(resource) : [])),
		resources,
	);

function sourceOf(resource: Resource): Source[] {
	const { url, version } = resource;
	if (typeof url !== "string") return [];
	return [{ url, ...(typeof version === "string" && { version }), read: () => readStructure(resource) }];
}

/** Profiles that are derived from so many others are taken for a circle. */
const MOST_BASES = 100;

/** A layer of StructureDefinitions from `sources` and of other conformance resources. */
export function createLayer(sources: readonly Source[], resources: readonly Resource[], under?: Definitions): Layer {
	const byUrl = Map.groupBy(sources, ({ url }) => url);
	const own = Map.groupBy(resources.filter(hasUrl), ({ resourceType, url }) => `${resourceType} ${url}`);
	const made = new Map<Source, Profile | Error>();
	const making = new Set<Source>();

	const make = (source: Source): Profile => {
		const known = made.get(source);
		if (known instanceof Error) throw known;
		if (known !== undefined) return known;
		if (making.has(source) || making.size >= MOST_BASES) throw loop(source);
		making.add(source);
		try {
			const { differential: _, snapshot, ...head } = source.read();
			const elements = snapshot ?? generateSnapshot(source.read(), find);
			const profile = { ...head, elements };
			made.set(source, profile);
			return profile;
		} catch (error) {
			if (error instanceof Problem) made.set(source, error);
			throw error;
		} finally {
			making.delete(source);
		}
	};
	const find = (canonical: string): Profile | undefined => {
		const { url, version } = readCanonical(canonical);
		const source = pickVersion(byUrl.get(url) ?? [], version);
		return source === undefined ? under?.profile(canonical) : make(source);
	};
	const names = () => sources.map(({ url, version }) => canonicalOf(url, version));
	let profiles: readonly string[] | undefined;
	return {
		profile: find,
		get profiles() {
			profiles ??= [...new Set([...names(), ...(under?.profiles ?? [])])];
			return profiles;
		},
		resource: (type, canonical) => {
			const { url, version } = readCanonical(canonical);
			const candidates = own.get(`${type} ${url}`) ?? [];
			const found = pickVersion(candidates.map(versioned), version)?.resource;
			return found ?? under?.resource(type, canonical);
		},
		urls: (type) => {
			const start = `${type} `;
			const here = [...own.keys()].flatMap((key) => (key.startsWith(start) ? [key.slice(start.length)] : []));
			return [...new Set([...here, ...(under?.urls(type) ?? [])])];
		},
		over: (lower) => createLayer(sources, resources, under === undefined ? lower : combine(under, lower)),
	};
}

const hasUrl = (resource: Resource): resource is Resource & { url: string } => typeof resource.url === "string";

const versioned = (resource: Resource): { resource: Resource; version?: string } => ({
	resource,
	...(typeof resource.version === "string" && { version: resource.version }),
});

/** `under` is a layer in its turn, or it stands alone and what is below it is never reached. */
function combine(under: Definitions, lower: Definitions): Definitions {
	return "over" in under ? (under as Layer).over(lower) : under;
}

function loop({ url, version }: Source): Problem {
	const text = `The profile ${canonicalOf(url, version)} is built on itself: look at baseDefinition and the profiles of its types.`;
	return new Problem("unprocessable", { text, expression: "StructureDefinition.baseDefinition" });
}

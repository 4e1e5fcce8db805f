import type { TransactionSession } from "../../store/index.ts";
import { isSame } from "../update.ts";
import type { BundleEntry } from "./entry.ts";
import type { Target } from "./identity.ts";
import type { Replace } from "./references.ts";

const VERSIONED = /^(.*)\/_history\/[^/]+$/;
const RESTFUL = /^(https?:\/\/.+)\/[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;

/**
 * What each link between entries becomes: the fullUrl of an entry, or a relative reference that resolves against
 * the base of the fullUrls, becomes `Type/id` of where the entry ends up. A link that names a version goes on
 * naming one: the version that the transaction makes. https://hl7.org/fhir/R4/bundle.html#references
 */
export async function linksOf(session: TransactionSession, targets: readonly Target[]): Promise<Replace> {
	const places = new Map<string, { reference: string; version: number }>();
	for (const target of targets) {
		const [id] = target.ids;
		if (target.entry.method === "DELETE" || id === undefined) continue;
		const place = { reference: `${target.type}/${id}`, version: await versionAfter(session, target, id) };
		for (const name of namesOf(target.entry, target.type)) if (!places.has(name)) places.set(name, place);
	}
	return (url) => {
		const plain = places.get(url);
		if (plain) return plain.reference === url ? undefined : plain.reference;
		const versioned = VERSIONED.exec(url)?.[1];
		const place = versioned === undefined ? undefined : places.get(versioned);
		return place && `${place.reference}/_history/${place.version}`;
	};
}

/** The texts by which other entries may refer to this one. */
function namesOf({ fullUrl, resource }: BundleEntry, type: string): string[] {
	const own = typeof resource?.id === "string" ? [`${type}/${resource.id}`] : [];
	if (fullUrl === undefined) return own;
	const base = RESTFUL.exec(fullUrl)?.[1];
	return base === undefined ? [fullUrl] : [fullUrl, fullUrl.slice(base.length + 1)];
}

async function versionAfter(session: TransactionSession, { entry, type, found }: Target, id: string): Promise<number> {
	if (entry.method === "POST" && !found) return 1;
	const current = await session.read(type, id);
	if (!current) return ((await session.deletion(type, id))?.version ?? 0) + 1;
	const unchanged = found || (entry.resource?.resourceType === type && isSame(current, entry.resource));
	return unchanged ? current.version : current.version + 1;
}

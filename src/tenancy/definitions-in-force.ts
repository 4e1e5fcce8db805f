import { LRUCache } from "lru-cache";
import type { Resource } from "../kernel/index.ts";
import type { Database } from "./database.ts";
import { packageIds, readDefinitions } from "./definitions.ts";

/** Definitions that belong together. While `stamp` is the same, it is the same object. */
export type DefinitionSet = { readonly stamp: string; readonly resources: readonly Resource[] };

/** What the packages give a clinic: its own go before those for all. */
export type DefinitionsInForce = DefinitionSet & { readonly shared: DefinitionSet };

/**
 * What packages apply to whom. Which there are is asked at most every `FRESH_MS`, so what another process changed is
 * seen at the latest after that; their content is read once, and sets for all clinics are shared by them.
 */
export type InForce = {
	/** Without `tenantId` only what is for all. */
	definitionsFor(tenantId: string | undefined): Promise<DefinitionsInForce>;
	/** Called when this process changed something. */
	forget(): void;
};

const FRESH_MS = 5_000;
/** Packages of single clinics are rare, and some megabytes each. */
const SETS_KEPT = 100;
const NOTHING: DefinitionSet = { stamp: "", resources: [] };

/** How often a set is read anew whose packages were replaced while it was. */
const ATTEMPTS = 3;

type Ids = Awaited<ReturnType<typeof packageIds>>;

/** A package was gone before it was read: what was read is no set that ever was in force. */
class Replaced extends Error {}

/** @throws Replaced */
async function readSet(database: Database, ids: readonly string[]): Promise<DefinitionSet> {
	const resources = await readDefinitions(database, ids);
	const known = new Set((await packageIds(database)).map(({ id }) => id));
	if (!ids.every((id) => known.has(id))) throw new Replaced("packages were replaced while they were read");
	return { stamp: ids.join(" "), resources };
}

export function createInForce(database: Database): InForce {
	let asked: { readonly at: number; readonly ids: Promise<Ids> } | undefined;
	const sets = new LRUCache<string, Promise<DefinitionSet>>({ max: SETS_KEPT });
	const ids = (): Promise<Ids> => {
		if (asked === undefined || performance.now() - asked.at > FRESH_MS) {
			const fresh = packageIds(database).then(keepOnly);
			asked = { at: performance.now(), ids: fresh };
			fresh.catch(() => {
				if (asked?.ids === fresh) asked = undefined;
			});
		}
		return asked.ids;
	};
	/** Sets with a package that is gone are let go. */
	const keepOnly = (current: Ids): Ids => {
		const known = new Set(current.map(({ id }) => id));
		for (const stamp of [...sets.keys()]) if (!stamp.split(" ").every((id) => known.has(id))) sets.delete(stamp);
		return current;
	};
	const setOf = (current: Ids, tenantId: string | undefined): Promise<DefinitionSet> => {
		const mine = current.filter((one) => one.tenantId === tenantId).map(({ id }) => id);
		if (mine.length === 0) return Promise.resolve(NOTHING);
		const stamp = mine.join(" ");
		const known = sets.get(stamp);
		if (known !== undefined) return known;
		const read = readSet(database, mine);
		sets.set(stamp, read);
		read.catch(() => sets.delete(stamp));
		return read;
	};
	const results = new WeakMap<DefinitionSet, WeakMap<DefinitionSet, DefinitionsInForce>>();
	const inForce = async (tenantId: string | undefined): Promise<DefinitionsInForce> => {
		const current = await ids();
		const shared = await setOf(current, undefined);
		const own = tenantId === undefined ? NOTHING : await setOf(current, tenantId);
		const under = results.get(shared) ?? new WeakMap();
		results.set(shared, under);
		const result = under.get(own) ?? { stamp: `${own.stamp}/${shared.stamp}`, resources: own.resources, shared };
		under.set(own, result);
		return result;
	};
	return {
		definitionsFor: async (tenantId) => {
			for (let attempt = 1; ; attempt++) {
				try {
					return await inForce(tenantId);
				} catch (error) {
					if (!(error instanceof Replaced) || attempt === ATTEMPTS) throw error;
					asked = undefined;
				}
			}
		},
		forget: () => {
			asked = undefined;
		},
	};
}

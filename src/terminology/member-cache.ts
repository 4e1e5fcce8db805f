import { LRUCache } from "lru-cache";
import type { Definitions } from "../definitions/index.ts";
import { Problem } from "../kernel/index.ts";
import type { Member } from "./membership.ts";
import type { OwnTerminology } from "./sources.ts";

type Make = (valueSet: string, own: OwnTerminology | undefined) => Promise<Member>;

/** A value set that is not known, or the test of one that is. */
type Entry = Member | Problem;

const MOST_MEMBERS = 2000;
const MOST_OWN_MEMBERS = 5000;
/** Whoever asks names the value set: longer names are not kept. */
const LONGEST_KEY = 2000;

/**
 * Keeps compiled value sets: those of the server by url, those of a clinic's packages as long as its definitions are
 * the same object, what a clinic stores itself while its stamp is the same. Who asks at the same time waits for one.
 */
export function memberCache(make: Make): {
	known(valueSet: string, own: OwnTerminology | undefined): Member | undefined;
	make(valueSet: string, own: OwnTerminology | undefined): Promise<Member>;
} {
	const common = new LRUCache<string, Entry>({ max: MOST_MEMBERS });
	const stamped = new LRUCache<string, Entry>({ max: MOST_OWN_MEMBERS });
	const ofPackages = new WeakMap<Definitions, LRUCache<string, Entry>>();
	const making = new Map<string, Promise<Member>>();
	const packagesCache = (definitions: Definitions): LRUCache<string, Entry> => {
		const cache = ofPackages.get(definitions) ?? new LRUCache<string, Entry>({ max: MOST_MEMBERS });
		ofPackages.set(definitions, cache);
		return cache;
	};
	const placeOf = (valueSet: string, own: OwnTerminology | undefined) => {
		if (valueSet.length > LONGEST_KEY) return undefined;
		if (own === undefined) return { cache: common, key: valueSet };
		const stores = own.codeSystem !== undefined || own.valueSet !== undefined;
		if (stores && own.stamp === undefined) return undefined;
		const cache = own.definitions ? packagesCache(own.definitions) : stores ? stamped : common;
		return { cache, key: stores ? `${own.stamp}\n${valueSet}` : valueSet };
	};
	const entryOf = (valueSet: string, own: OwnTerminology | undefined): Entry | undefined => {
		const place = placeOf(valueSet, own);
		return place?.cache.get(place.key);
	};
	return {
		known: (valueSet, own) => {
			const entry = entryOf(valueSet, own);
			return entry instanceof Problem ? undefined : entry;
		},
		make: async (valueSet, own) => {
			const entry = entryOf(valueSet, own);
			if (entry instanceof Problem) throw entry;
			if (entry) return entry;
			const place = placeOf(valueSet, own);
			if (!place) return make(valueSet, own);
			const name = own?.definitions ? undefined : place.key;
			const under = name === undefined ? undefined : making.get(name);
			if (under) return under;
			const made = make(valueSet, own).then(
				(member) => {
					place.cache.set(place.key, member);
					return member;
				},
				(error: unknown) => {
					if (error instanceof Problem && error.status < 500) place.cache.set(place.key, error);
					throw error;
				},
			);
			if (name === undefined) return made;
			making.set(name, made);
			const end = (): void => void making.delete(name);
			made.then(end, end);
			return made;
		},
	};
}

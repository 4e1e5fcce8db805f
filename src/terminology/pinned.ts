import type { PackedInclude, PackedValueSet } from "./packed.ts";
import { shown, unanswerable } from "./problem.ts";
import type { Sources } from "./sources.ts";

/** Versions of code systems that an expansion is asked to use, by url. https://hl7.org/fhir/R4/valueset-operation-expand.html */
export type Pins = {
	/** Where the value set names none. */
	readonly otherwise: ReadonlyMap<string, string>;
	/** Where it names none; another one is refused. */
	readonly only: ReadonlyMap<string, string>;
	/** Whatever it names. */
	readonly always: ReadonlyMap<string, string>;
};

/** A value set with its includes drawing on these versions. @throws Problem 422 where it names one that `only` forbids. */
export function pinnedSet(set: PackedValueSet, pins: Pins): PackedValueSet {
	const all = (includes: readonly PackedInclude[]): PackedInclude[] => includes.map((include) => pinned(include, pins));
	return { ...set, include: all(set.include), ...(set.exclude && { exclude: all(set.exclude) }) };
}

/** The same for the value sets that it is made of. */
export const pinnedSources = (sources: Sources, pins: Pins): Sources => ({
	...sources,
	valueSet: async (url, version) => {
		const set = await sources.valueSet(url, version);
		return set && pinnedSet(set, pins);
	},
});

function pinned(include: PackedInclude, { otherwise, only, always }: Pins): PackedInclude {
	const { system, version: own } = include;
	if (system === undefined) return include;
	const wanted = only.get(system);
	if (wanted !== undefined && own !== undefined && own !== wanted && !always.has(system)) {
		throw unanswerable(
			`The value set draws on version ${shown(own)} of ${shown(system)}, and only ${shown(wanted)} was asked for.`,
		);
	}
	const version = always.get(system) ?? own ?? wanted ?? otherwise.get(system);
	return version === undefined ? include : { ...include, version };
}

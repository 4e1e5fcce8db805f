import type { Definitions } from "../definitions/index.ts";
import type { Resource } from "../kernel/index.ts";
import { type CodeSystem, codeSystem } from "./code-system.ts";
import type { LargeSystems } from "./large-systems.ts";
import { packCodeSystem, packValueSet } from "./pack.ts";
import type { PackedTerminology, PackedValueSet } from "./packed.ts";

/** Where code systems and value sets are found, by url; `undefined` where there is none. */
export type Sources = {
	/** Of several with the url the one of the version, else a complete one, else any: the caller checks. */
	codeSystem(url: string, version?: string): Promise<CodeSystem | undefined>;
	/** Of several with the url the one of the version, else any: the caller checks. */
	valueSet(url: string, version?: string): Promise<PackedValueSet | undefined>;
	/** Who is asked about systems that are too large for memory. */
	readonly large?: LargeSystems | undefined;
};

/**
 * What a clinic has of its own, beside what the server has for all; it goes before R4's. Each takes a canonical url
 * with or without `|version`; without one the newest is meant.
 */
export type OwnTerminology = {
	codeSystem?(canonical: string): Promise<Resource | undefined>;
	valueSet?(canonical: string): Promise<Resource | undefined>;
	conceptMap?(canonical: string): Promise<Resource | undefined>;
	/** The definitions of the clinic in the place of the server's; what is unpacked of them is kept with the object. */
	readonly definitions?: Definitions;
	/** Names what is stored as it is now: while it stays the same, answers may be kept. Not needed with `definitions` alone. */
	readonly stamp?: string;
};

/** The definitions of R4, unpacked when first asked for. */
export function standardSources(read: () => PackedTerminology): Sources {
	let packed: PackedTerminology | undefined;
	const systems = new Map<string, CodeSystem>();
	const definitions = (): PackedTerminology => {
		packed ??= read();
		return packed;
	};
	return {
		codeSystem: async (url) => {
			const known = systems.get(url);
			const found = known ? undefined : entry(definitions().codeSystems, url);
			if (!found) return known;
			const system = codeSystem(url, found);
			systems.set(url, system);
			return system;
		},
		valueSet: async (url) => entry(definitions().valueSets, url),
	};
}

const entry = <T>(record: Readonly<Record<string, T>>, url: string): T | undefined =>
	Object.hasOwn(record, url) ? record[url] : undefined;

type Kept = {
	readonly codeSystems: Map<string, CodeSystem | undefined>;
	readonly valueSets: Map<string, PackedValueSet | undefined>;
};
const kept = new WeakMap<Definitions, Kept>();

/** What packages define. They do not change, so what was unpacked is kept as long as they are. */
function packageSources(definitions: Definitions): Sources {
	const { codeSystems, valueSets } = kept.get(definitions) ?? { codeSystems: new Map(), valueSets: new Map() };
	kept.set(definitions, { codeSystems, valueSets });
	return {
		codeSystem: async (url, version) =>
			remembered(codeSystems, canonicalOf(url, version), (canonical) => {
				const resource = definitions.resource("CodeSystem", canonical) ?? definitions.resource("CodeSystem", url);
				return resource && codeSystem(url, packCodeSystem(resource));
			}),
		valueSet: async (url, version) =>
			remembered(valueSets, canonicalOf(url, version), (canonical) => {
				const resource = definitions.resource("ValueSet", canonical) ?? definitions.resource("ValueSet", url);
				return resource && packValueSet(resource);
			}),
	};
}

const canonicalOf = (url: string, version: string | undefined): string =>
	version === undefined ? url : `${url}|${version}`;

const MOST_KEPT = 10_000;

function remembered<T>(map: Map<string, T>, key: string, make: (key: string) => T): T {
	const known = map.get(key);
	if (known !== undefined || map.has(key)) return known as T;
	if (map.size >= MOST_KEPT) map.clear();
	const made = make(key);
	map.set(key, made);
	return made;
}

function clinicSources(own: OwnTerminology): Sources {
	const find = async (
		ask: ((canonical: string) => Promise<Resource | undefined>) | undefined,
		url: string,
		version: string | undefined,
	): Promise<Resource | undefined> =>
		(version === undefined ? undefined : await ask?.(canonicalOf(url, version))) ?? (await ask?.(url));
	return {
		codeSystem: async (url, version) => {
			const resource = await find(own.codeSystem, url, version);
			return resource && codeSystem(url, packCodeSystem(resource));
		},
		valueSet: async (url, version) => {
			const resource = await find(own.valueSet, url, version);
			return resource && packValueSet(resource);
		},
	};
}

export type Layers = {
	readonly own?: OwnTerminology | undefined;
	readonly definitions?: Definitions | undefined;
	readonly standard: Sources;
	readonly large?: LargeSystems | undefined;
};

/** The clinic's own before packages, packages before R4; who has the version asked for, or all codes, goes first. */
export function layered({ own, definitions, standard, large }: Layers): Sources {
	const packages = own?.definitions ?? definitions;
	const layers = [
		...(own?.codeSystem || own?.valueSet ? [clinicSources(own)] : []),
		...(packages ? [packageSources(packages)] : []),
		standard,
	];
	return {
		large,
		codeSystem: (url, version) =>
			best(
				layers.map((layer) => () => layer.codeSystem(url, version)),
				({ content, version: held }) => content === "complete" && fits(version, held),
				({ content }) => content === "complete",
				() => true,
			),
		valueSet: (url, version) =>
			best(
				layers.map((layer) => () => layer.valueSet(url, version)),
				({ version: held }) => fits(version, held),
			),
	};
}

const fits = (asked: string | undefined, held: string | undefined): boolean => asked === undefined || asked === held;

/** The first answer of which a wish is true, the wishes in their order; else the last. */
async function best<T>(
	asks: readonly (() => Promise<T | undefined>)[],
	...wishes: readonly ((found: T) => boolean)[]
): Promise<T | undefined> {
	const answers: T[] = [];
	for (const ask of asks) {
		const answer = await ask();
		if (answer === undefined) continue;
		if (wishes[0]?.(answer)) return answer;
		answers.push(answer);
	}
	for (const wish of wishes) {
		const found = answers.find(wish);
		if (found) return found;
	}
	return answers.at(-1);
}

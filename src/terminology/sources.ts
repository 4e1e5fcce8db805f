import type { Definitions } from "../definitions/index.ts";
import type { Resource } from "../kernel/index.ts";
import { type CodeSystem, codeSystem } from "./code-system.ts";
import { type DetailsOfAll, packDetails } from "./details.ts";
import { implicitSet } from "./implicit-sets.ts";
import type { LargeSystems } from "./large-systems.ts";
import { packCodeSystem, packValueSet } from "./pack.ts";
import type { PackedTerminology, PackedValueSet } from "./packed.ts";

/** Where code systems and value sets are found, by url; `undefined` where there is none. */
export type Sources = {
	/** Of several with the url the one of the version, else a complete one, else any: the caller checks. */
	codeSystem(url: string, version?: string): Promise<CodeSystem | undefined>;
	/** Of several with the url the one of the version, else any: the caller checks. */
	valueSet(url: string, version?: string): Promise<PackedValueSet | undefined>;
	/** As `valueSet`. */
	conceptMap(url: string, version?: string): Promise<Resource | undefined>;
	/** Of all that is known of a type, for suggestions. */
	urls(type: DefinedType): readonly string[];
	/** What is known of value sets and of codes only by name. */
	readonly words: Words;
	/** Who is asked about systems that are too large for memory. */
	readonly large?: LargeSystems | undefined;
};

export type DefinedType = "CodeSystem" | "ValueSet" | "ConceptMap";

/** Texts of R4 that stand apart, so that only who shows them reads them. */
export type Words = {
	/** Title of one of R4's value sets. */
	title(valueSet: string): string | undefined;
	/** What R4's value sets call a code of a system that is not here. */
	display(system: string, code: string): string | undefined;
};

/** The parts of R4's terminology, each read when it is first asked for. */
export type Standard = {
	terminology(): PackedTerminology;
	details(): DetailsOfAll;
	conceptMaps(): Readonly<Record<string, Resource>>;
};

/**
 * What a clinic has of its own, beside what the server has for all; it goes before R4's. Each takes a canonical url
 * with or without `|version`; without one the newest is meant.
 */
export type OwnTerminology = {
	codeSystem?(canonical: string): Promise<Resource | undefined>;
	valueSet?(canonical: string): Promise<Resource | undefined>;
	conceptMap?(canonical: string): Promise<Resource | undefined>;
	/** The definitions of the clinic in the place of the server's. */
	readonly definitions?: Definitions;
	/** Names what is stored as it is now: while it stays the same, answers may be kept. Not needed with `definitions` alone. */
	readonly stamp?: string;
};

/** The definitions of R4, unpacked when first asked for. */
export function standardSources(standard: Standard): Sources {
	const systems = new Map<string, CodeSystem>();
	return {
		codeSystem: async (url) => {
			const known = systems.get(url);
			const found = known ? undefined : entry(standard.terminology().codeSystems, url);
			if (!found) return known;
			const system = codeSystem(url, found, () => entry(standard.details().codeSystems, url) ?? {});
			systems.set(url, system);
			return system;
		},
		valueSet: async (url) => entry(standard.terminology().valueSets, url),
		conceptMap: async (url) => entry(standard.conceptMaps(), url),
		urls: (type) => {
			const { codeSystems, valueSets } = standard.terminology();
			return Object.keys({ CodeSystem: codeSystems, ValueSet: valueSets, ConceptMap: standard.conceptMaps() }[type]);
		},
		words: {
			title: (valueSet) => entry(standard.details().valueSets, valueSet),
			display: (system, code) => {
				const codes = entry(standard.details().displays, system);
				return codes && entry(codes, code);
			},
		},
	};
}

const entry = <T>(record: Readonly<Record<string, T>>, url: string): T | undefined =>
	Object.hasOwn(record, url) ? record[url] : undefined;

/** A place of definitions below the clinic's own or R4's. */
type Layer = Pick<Sources, "codeSystem" | "valueSet" | "conceptMap">;

/**
 * What was unpacked, as long as the resource it was made of is kept: whatever version is asked for, and in however many
 * clinics. A resource is never changed.
 */
const unpackedSystems = new WeakMap<Resource, CodeSystem>();
const packedSets = new WeakMap<Resource, { readonly set: PackedValueSet | undefined }>();

function systemOf(url: string, resource: Resource): CodeSystem {
	const known = unpackedSystems.get(resource);
	if (known) return known;
	const packed = packCodeSystem(resource);
	const codes = (): string[] => packed.concepts.map((concept) => (typeof concept === "string" ? concept : concept[0]));
	let details: ReturnType<typeof packDetails> | undefined;
	const system = codeSystem(url, packed, () => {
		details ??= packDetails(resource, codes());
		return details;
	});
	unpackedSystems.set(resource, system);
	return system;
}

function setOf(resource: Resource): PackedValueSet | undefined {
	const known = packedSets.get(resource) ?? { set: packValueSet(resource) };
	packedSets.set(resource, known);
	return known.set;
}

/** What packages define. */
function packageSources(definitions: Definitions): Layer {
	const find = (type: string, url: string, version: string | undefined): Resource | undefined =>
		definitions.resource(type, canonicalOf(url, version)) ?? definitions.resource(type, url);
	return {
		codeSystem: async (url, version) => {
			const resource = find("CodeSystem", url, version);
			return resource && systemOf(url, resource);
		},
		valueSet: async (url, version) => {
			const resource = find("ValueSet", url, version);
			return resource && setOf(resource);
		},
		conceptMap: async (url, version) => find("ConceptMap", url, version),
	};
}

const canonicalOf = (url: string, version: string | undefined): string =>
	version === undefined ? url : `${url}|${version}`;

function clinicSources(own: OwnTerminology): Layer {
	const find = async (
		ask: ((canonical: string) => Promise<Resource | undefined>) | undefined,
		url: string,
		version: string | undefined,
	): Promise<Resource | undefined> =>
		(version === undefined ? undefined : await ask?.(canonicalOf(url, version))) ?? (await ask?.(url));
	return {
		codeSystem: async (url, version) => {
			const resource = await find(own.codeSystem, url, version);
			return resource && systemOf(url, resource);
		},
		valueSet: async (url, version) => {
			const resource = await find(own.valueSet, url, version);
			return resource && setOf(resource);
		},
		conceptMap: (url, version) => find(own.conceptMap, url, version),
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
		...(own?.codeSystem || own?.valueSet || own?.conceptMap ? [clinicSources(own)] : []),
		...(packages ? [packageSources(packages)] : []),
		standard,
	];
	return {
		large,
		urls: (type) => [...new Set([...(packages?.urls(type) ?? []), ...standard.urls(type)])],
		words: standard.words,
		codeSystem: (url, version) =>
			best(
				layers.map((layer) => () => layer.codeSystem(url, version)),
				({ content, version: held }) => content === "complete" && fits(version, held),
				({ content }) => content === "complete",
				() => true,
			),
		valueSet: async (url, version) =>
			(await best(
				layers.map((layer) => () => layer.valueSet(url, version)),
				({ version: held }) => fits(version, held),
			)) ?? implicitSet(url),
		conceptMap: (url, version) =>
			best(
				layers.map((layer) => () => layer.conceptMap(url, version)),
				({ version: held }) => version === undefined || version === held,
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

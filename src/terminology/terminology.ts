import { readFileSync } from "node:fs";
import { Problem, type Resource } from "../kernel/index.ts";
import { type CodeSystem, codeSystem } from "./code-system.ts";
import { type Coding, expand, requireComplete, type Sources } from "./expand.ts";
import { packCodeSystem, packValueSet } from "./pack.ts";
import type { CaseRules, PackedTerminology } from "./packed.ts";
import { shown } from "./problem.ts";

/** The code systems and value sets a clinic stores itself, by canonical url without version; they go before R4's. */
export type OwnTerminology = {
	codeSystem(url: string): Promise<Resource | undefined>;
	valueSet(url: string): Promise<Resource | undefined>;
};

/**
 * Answers questions about codes from the definitions of R4 and of the clinic. What cannot be answered in full is a
 * Problem that names what is missing (404 for an unknown value set or code, 422 otherwise), never an empty list.
 */
export interface Terminology {
	/** Every code of a value set, abstract and inactive ones too; named by canonical url with or without `|version`; 5,000 at most. */
	expand(valueSet: string, own?: OwnTerminology): Promise<readonly Coding[]>;
	/** The concept and all that it subsumes. */
	below(coding: Coding, own?: OwnTerminology): Promise<readonly Coding[]>;
	/** The concept and all that subsume it. */
	above(coding: Coding, own?: OwnTerminology): Promise<readonly Coding[]>;
	/** Whether case counts in the codes of a system; `undefined` where the system is unknown or does not say. */
	isCaseSensitive(system: string): boolean | undefined;
}

const load = <T>(file: string): T => JSON.parse(readFileSync(new URL(`./r4/${file}`, import.meta.url), "utf8"));

let cached: Terminology | undefined;

/** The terminology of the server, one per process; the definitions of R4 are read when first asked for. */
export function loadTerminology(): Terminology {
	cached ??= createTerminology(load<CaseRules>("case.json"), () => load<PackedTerminology>("terminology.json"));
	return cached;
}

/** A terminology over packed definitions, which are asked for once, at the first question. */
export function createTerminology(rules: CaseRules, read: () => PackedTerminology): Terminology {
	const cases = new Map<string, boolean>();
	for (const system of rules.sensitive) cases.set(system, true);
	for (const system of rules.insensitive) cases.set(system, false);
	const standard = standardSources(read);
	const related = async (coding: Coding, own: OwnTerminology | undefined, direction: "below" | "above") => {
		const { system, code } = await findConcept(coding, sourcesOf(own, standard));
		return [...system[direction](code)].map((found) => ({ system: coding.system, code: found }));
	};
	return {
		expand: (valueSet, own) => expand(valueSet, sourcesOf(own, standard)),
		below: (coding, own) => related(coding, own, "below"),
		above: (coding, own) => related(coding, own, "above"),
		isCaseSensitive: (system) => cases.get(system),
	};
}

function standardSources(read: () => PackedTerminology): Sources {
	let packed: PackedTerminology | undefined;
	const systems = new Map<string, CodeSystem>();
	const definitions = (): PackedTerminology => {
		packed ??= read();
		return packed;
	};
	const entry = <T>(record: Readonly<Record<string, T>>, url: string): T | undefined =>
		Object.hasOwn(record, url) ? record[url] : undefined;
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

const sourcesOf = (own: OwnTerminology | undefined, standard: Sources): Sources =>
	own === undefined
		? standard
		: {
				codeSystem: async (url) => {
					const resource = await own.codeSystem(url);
					return resource ? codeSystem(url, packCodeSystem(resource)) : standard.codeSystem(url);
				},
				valueSet: async (url, version) => {
					const resource = await own.valueSet(url);
					const packed = resource && packValueSet(resource);
					const fits = packed && (version === undefined || version === packed.version);
					return fits ? packed : ((await standard.valueSet(url, version)) ?? packed);
				},
			};

async function findConcept(coding: Coding, sources: Sources): Promise<{ system: CodeSystem; code: string }> {
	const system = requireComplete(
		await sources.codeSystem(coding.system),
		coding.system,
		`What is above or below ${shown(coding.code)} cannot be told`,
	);
	const code = system.find(coding.code);
	if (code !== undefined) return { system, code };
	throw new Problem(
		"not-found",
		`The code system ${shown(coding.system)} has no code ${shown(coding.code)}. Name one of its codes.`,
	);
}

import { Problem } from "../kernel/index.ts";
import type { Coding } from "./expand.ts";
import { findValueSet } from "./expand.ts";
import { filterCodes } from "./filter.ts";
import type { PackedInclude } from "./packed.ts";
import type { Sources } from "./sources.ts";

/** A value set as a message names it. */
export type ValueSetSketch = {
	readonly title?: string;
	/** Some of its codes, in its order. */
	readonly samples: readonly Coding[];
	/** Whether there are others. */
	readonly more: boolean;
	/** Systems of which it takes all codes, or by a filter, and that are not here to be listed. */
	readonly systems: readonly string[];
};

const MOST_SAMPLES = 6;
const MOST_DEPTH = 4;

/** @throws Problem 404 for an unknown value set. */
export async function describeValueSet(canonical: string, sources: Sources): Promise<ValueSetSketch> {
	const samples = new Map<string, Coding>();
	const systems = new Set<string>();
	const collect = async (name: string, depth: number, outer: readonly string[]): Promise<string | undefined> => {
		const set = await findValueSet(sources, name, outer);
		for (const include of set.include) {
			if (samples.size > MOST_SAMPLES) break;
			for (const coding of await codesOf(include, sources, systems)) {
				if (samples.size > MOST_SAMPLES) break;
				samples.set(`${coding.system} ${coding.code}`, coding);
			}
			if (include.system !== undefined || depth === MOST_DEPTH) continue;
			for (const inner of include.valueSets ?? []) await collect(inner, depth + 1, [...outer, name]).catch(ignored);
		}
		return set.title;
	};
	const [url = ""] = canonical.split("|");
	const title = (await collect(canonical, 0, [])) ?? sources.words.title(url);
	const all = [...samples.values()];
	return {
		...(title !== undefined && { title }),
		samples: all.slice(0, MOST_SAMPLES),
		more: all.length > MOST_SAMPLES || systems.size > 0,
		systems: [...systems],
	};
}

function ignored(error: unknown): undefined {
	if (error instanceof Problem && error.status < 500) return undefined;
	throw error;
}

async function codesOf(include: PackedInclude, sources: Sources, systems: Set<string>): Promise<readonly Coding[]> {
	const { system: url, codes, filters } = include;
	if (url === undefined) return [];
	if (codes) return codes.map((code) => ({ system: url, code }));
	const system = await sources.codeSystem(url, include.version);
	if (system?.content !== "complete") systems.add(url);
	if (!system || (filters && system.content !== "complete")) return [];
	try {
		const found = filters ? filterCodes(system, filters) : system.codes;
		return found.slice(0, MOST_SAMPLES + 1).map((code) => ({ system: url, code }));
	} catch (error) {
		return ignored(error) ?? [];
	}
}

import type { CodeSystem } from "./code-system.ts";
import type { Concept, LargeSystem } from "./large-systems.ts";
import { findLarge } from "./large-use.ts";
import { unknownSystem } from "./problem.ts";
import { displayOfRuled, ruleOf } from "./ruled-systems.ts";
import type { Sources } from "./sources.ts";

/** A code system as it is found, wherever it lies. */
export type FoundSystem = {
	readonly url: string;
	readonly version: string | undefined;
	readonly name: string | undefined;
	/** Whether every code of it is here, so that a missing one is wrong. */
	readonly isWhole: boolean;
	readonly memory?: CodeSystem;
	readonly large?: LargeSystem;
};

/**
 * The code system of a url: a complete one in memory, a large one in the database, one told by a rule, else what there is of it.
 * @throws Problem 404 that names what is here and how to bring what is not.
 */
export async function findSystem(sources: Sources, url: string, version?: string): Promise<FoundSystem> {
	const memory = await sources.codeSystem(url, version);
	const fits = memory && (version === undefined || memory.version === version);
	if (fits && memory.content === "complete") return inMemory(memory, true);
	const large = await findLarge(sources.large, url, version);
	if (large) return { url, version: large.version, name: large.name, isWhole: true, large };
	if (ruleOf(url) && version === undefined) return { url, version: undefined, name: undefined, isWhole: true };
	if (fits && memory.codes.length > 0) return inMemory(memory, false);
	const held = (await sources.large?.systems())?.filter((system) => system.url === url).map((system) => system.version);
	const versions = [...(held ?? []), ...(memory?.version !== undefined && !fits ? [memory.version] : [])];
	throw unknownSystem(url, version, versions);
}

const inMemory = (memory: CodeSystem, isWhole: boolean): FoundSystem => ({
	url: memory.url,
	version: memory.version,
	name: memory.title,
	isWhole,
	memory,
});

/** The concept of a code, as the system writes it; `undefined` where the system has no such code, as far as it is here. */
export async function findConcept(
	sources: Sources,
	system: FoundSystem,
	code: string,
	language?: string,
): Promise<Concept | undefined> {
	const { url, memory, large } = system;
	if (memory) {
		const found = memory.find(code);
		return found === undefined ? undefined : memory.concept(found);
	}
	if (large) return sources.large?.lookup(url, large.version, code);
	if (!ruleOf(url)?.(code)) return undefined;
	const display = displayOfRuled(url, code, language) ?? sources.words.display(url, code) ?? code;
	return { code, display, inactive: false, designations: [], properties: [] };
}

/** The words for a concept in a language (`hi`, `en-IN`), where there are any. */
export function displayIn({ display, designations }: Concept, language: string | undefined): string {
	if (language === undefined) return display;
	const wanted = language.toLowerCase();
	const exact = designations.find((one) => one.language?.toLowerCase() === wanted);
	const base = wanted.split("-")[0];
	const near = exact ?? designations.find((one) => one.language?.toLowerCase().split("-")[0] === base);
	return near?.value ?? display;
}

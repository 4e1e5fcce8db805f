import { readFileSync } from "node:fs";
import type { Definitions } from "../definitions/index.ts";
import { Problem, type Resource } from "../kernel/index.ts";
import type { CodeSystem } from "./code-system.ts";
import { describeValueSet, type ValueSetSketch } from "./describe.ts";
import type { DetailsOfAll } from "./details.ts";
import { type Coding, expand, requireComplete } from "./expand.ts";
import type { LargeSystems } from "./large-systems.ts";
import { memberCache } from "./member-cache.ts";
import { compileMembership, type Member, type MembershipAnswer } from "./membership.ts";
import type { CaseRules, PackedTerminology } from "./packed.ts";
import { shown } from "./problem.ts";
import { layered, type OwnTerminology, type Sources, standardSources } from "./sources.ts";

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
	/**
	 * A test of codes against a value set, compiled once and kept: by url for what the server has for all clinics, by
	 * `own.stamp` for a clinic's own; without a stamp it is made anew.
	 * @throws Problem 404 for an unknown value set, 422 for one that cannot be asked.
	 */
	membership(valueSet: string, own?: OwnTerminology): Promise<Member>;
	/** One coding against a value set; at once where the value set is compiled and in memory; `unknown` also for an unknown set. */
	check(valueSet: string, coding: { system?: string; code: string }, own?: OwnTerminology): MembershipAnswer;
	/** Title and some codes of a value set, for messages. */
	describe(valueSet: string, own?: OwnTerminology): Promise<ValueSetSketch>;
	/** Whether case counts in the codes of a system; `undefined` where the system is unknown or does not say. */
	isCaseSensitive(system: string): boolean | undefined;
}

const load = <T>(file: string): T => JSON.parse(readFileSync(new URL(`./r4/${file}`, import.meta.url), "utf8"));

/** What a terminology has beyond R4. */
export type TerminologyOptions = {
	/** Packages and our own profiles, for all clinics. */
	readonly definitions?: Definitions;
	/** Code systems in the database. */
	readonly large?: LargeSystems;
};

let rules: ReadonlyMap<string, boolean> | undefined;
let standard: Sources | undefined;
let bare: Terminology | undefined;

/** The terminology of the server; the definitions of R4 are read when first asked for, once per process. */
export function loadTerminology(options?: TerminologyOptions): Terminology {
	rules ??= caseRules(load<CaseRules>("case.json"));
	standard ??= standardSources({
		terminology: once(() => load<PackedTerminology>("terminology.json")),
		details: once(() => load<DetailsOfAll>("details.json")),
		conceptMaps: once(() => load<Record<string, Resource>>("concept-maps.json")),
	});
	if (options) return createTerminology(rules, standard, options);
	bare ??= createTerminology(rules, standard, {});
	return bare;
}

function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}

const caseRules = ({ sensitive, insensitive }: CaseRules): ReadonlyMap<string, boolean> =>
	new Map([
		...sensitive.map((system) => [system, true] as const),
		...insensitive.map((system) => [system, false] as const),
	]);

function createTerminology(
	cases: ReadonlyMap<string, boolean>,
	standard: Sources,
	{ definitions, large }: TerminologyOptions,
): Terminology {
	const sourcesOf = (own: OwnTerminology | undefined): Sources => layered({ own, definitions, standard, large });
	const related = async (coding: Coding, own: OwnTerminology | undefined, direction: "below" | "above") => {
		const { system, code } = await findConcept(coding, sourcesOf(own));
		return [...system[direction](code)].map((found) => ({ system: coding.system, code: found }));
	};
	const members = memberCache((valueSet, own) => compileMembership(valueSet, sourcesOf(own)));
	return {
		expand: (valueSet, own) => expand(valueSet, sourcesOf(own)),
		below: (coding, own) => related(coding, own, "below"),
		above: (coding, own) => related(coding, own, "above"),
		membership: async (valueSet, own) => members.known(valueSet, own) ?? members.make(valueSet, own),
		check: (valueSet, coding, own) => {
			const member = members.known(valueSet, own);
			if (member) return member(coding);
			return members.make(valueSet, own).then((made) => made(coding), unknownSet);
		},
		describe: (valueSet, own) => describeValueSet(valueSet, sourcesOf(own)),
		isCaseSensitive: (system) => cases.get(system),
	};
}

function unknownSet(error: unknown): "unknown" {
	if (error instanceof Problem && error.status < 500) return "unknown";
	throw error;
}

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

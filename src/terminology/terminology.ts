import { readFileSync } from "node:fs";
import type { Definitions } from "../definitions/index.ts";
import { Problem, type Resource } from "../kernel/index.ts";
import { type Ancestry, ancestry } from "./ancestry.ts";
import type { DetailsOfAll } from "./details.ts";
import { type Coding, expand, findValueSet } from "./expand.ts";
import { type ExpansionOptions, type ExpansionPage, expansionPage } from "./expansion-page.ts";
import { hintFor, hinting } from "./hint.ts";
import type { LargeSystem, LargeSystems, Subsumption } from "./large-systems.ts";
import { type CodeQuestion, type ConceptDetails, lookupConcept } from "./lookup.ts";
import { memberCache } from "./member-cache.ts";
import { compileMembership, compilePacked, type Member, type MembershipAnswer } from "./membership.ts";
import { packValueSet } from "./pack.ts";
import type { CaseRules, PackedTerminology, PackedValueSet } from "./packed.ts";
import { unanswerable } from "./problem.ts";
import { relatedCodes } from "./related.ts";
import {
	type DefinedType,
	layered,
	type OwnTerminology,
	type Sources,
	type Standard,
	standardSources,
} from "./sources.ts";
import { type SubsumptionQuestion, subsumption } from "./subsumes.ts";
import { type Translation, type TranslationQuestion, translateBy } from "./translate.ts";
import { unpackValueSet } from "./unpack.ts";
import {
	type AskedCoding,
	type CodeVerdict,
	type CodingJudgement,
	judgeCoding,
	type ValidateCodeOptions,
	validateInSet,
	validateInSystem,
} from "./validate-code.ts";

/** A value set by canonical url with or without `|version`, or as a ValueSet resource that comes with the question. */
export type AskedValueSet = string | Resource;

/**
 * Answers questions about codes from the definitions of R4, of packages and of the clinic, and from large systems in
 * the database. What cannot be answered in full is a Problem that names what is missing (404 for what is not known,
 * 422 otherwise), never an empty list.
 */
export interface Terminology {
	/** Every code of a value set, abstract and inactive ones too; 5,000 at most. */
	expand(valueSet: AskedValueSet, own?: OwnTerminology): Promise<readonly Coding[]>;
	/** A page of a value set, with words. */
	expansion(valueSet: AskedValueSet, options: ExpansionOptions, own?: OwnTerminology): Promise<ExpansionPage>;
	/** A value set by canonical as it is known here: a stored one as it is, one of R4 without its narrative. @throws Problem 404 */
	valueSet(canonical: string, own?: OwnTerminology): Promise<Resource>;
	/** The concept and all that it subsumes; 5,000 at most of a large system. */
	below(coding: Coding, own?: OwnTerminology): Promise<readonly Coding[]>;
	/** The concept and all that subsume it. */
	above(coding: Coding, own?: OwnTerminology): Promise<readonly Coding[]>;
	/**
	 * A test of codes against a value set, compiled once and kept: by url for what the server has for all clinics, with
	 * `own.definitions` as long as that is the same object, by `own.stamp` for what is asked by functions; else made anew.
	 * @throws Problem 404 for an unknown value set, 422 for one that cannot be asked.
	 */
	membership(valueSet: string, own?: OwnTerminology): Promise<Member>;
	/** One coding against a value set; at once where the value set is compiled and in memory; `unknown` also for an unknown set. */
	check(
		valueSet: string,
		coding: { readonly system?: string; readonly code: string },
		own?: OwnTerminology,
	): MembershipAnswer;
	/** Whether a coding is in a value set, and rightly named. */
	validateInSet(
		coding: AskedCoding,
		valueSet: AskedValueSet,
		options: ValidateCodeOptions,
		own?: OwnTerminology,
	): Promise<CodeVerdict>;
	/** Whether a coding is of its code system, and rightly named. */
	validateInSystem(
		coding: AskedCoding & { readonly system: string },
		options: ValidateCodeOptions,
		own?: OwnTerminology,
	): Promise<CodeVerdict>;
	/** Whether the system of a coding has its code, and names it so; `undefined` where that cannot be told. */
	judge(coding: AskedCoding & { readonly system: string }, own?: OwnTerminology): Promise<CodingJudgement | undefined>;
	/** Everything that is known of a concept. */
	lookup(question: CodeQuestion, own?: OwnTerminology): Promise<ConceptDetails>;
	/** Which of two codes subsumes the other. */
	subsumes(question: SubsumptionQuestion, own?: OwnTerminology): Promise<Subsumption>;
	/** Which of other codes of its system stand above and below a concept. */
	ancestry(
		coding: Coding & { readonly version?: string },
		others: readonly string[],
		own?: OwnTerminology,
	): Promise<Ancestry>;
	/** Translates by these maps, and by those that they name. */
	translate(maps: readonly Resource[], question: TranslationQuestion, own?: OwnTerminology): Promise<Translation>;
	/** A ConceptMap by canonical; `undefined` where there is none. */
	conceptMap(canonical: string, own?: OwnTerminology): Promise<Resource | undefined>;
	/** What may be meant by a canonical that is not known, as the end of a message; empty where none is near. */
	hint(type: DefinedType, canonical: string, own?: OwnTerminology): Promise<string>;
	/** R4's maps that have a group from a system, or to it. */
	standardMaps(system: string, side: "source" | "target"): readonly Resource[];
	/** Code systems that R4 defines here in full, and the large ones of the installation. */
	systems(): Promise<{
		readonly standard: readonly { readonly url: string; readonly version?: string }[];
		readonly large: readonly LargeSystem[];
	}>;
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

/** R4's part, the same for every terminology of the process. */
type Base = { readonly cases: ReadonlyMap<string, boolean>; readonly standard: Standard; readonly sources: Sources };

let base: Base | undefined;
let bare: Terminology | undefined;

/** The terminology of the server; the definitions of R4 are read when first asked for, once per process. */
export function loadTerminology(options?: TerminologyOptions): Terminology {
	base ??= loadBase();
	if (options) return createTerminology(base, options);
	bare ??= createTerminology(base, {});
	return bare;
}

function loadBase(): Base {
	const { sensitive, insensitive } = load<CaseRules>("case.json");
	const standard: Standard = {
		terminology: once(() => load<PackedTerminology>("terminology.json")),
		details: once(() => load<DetailsOfAll>("details.json")),
		conceptMaps: once(() => load<Record<string, Resource>>("concept-maps.json")),
	};
	const cases = new Map([
		...sensitive.map((system) => [system, true] as const),
		...insensitive.map((system) => [system, false] as const),
	]);
	return { cases, standard, sources: standardSources(standard) };
}

function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}

function createTerminology(
	{ cases, standard, sources: standardOnes }: Base,
	{ definitions, large }: TerminologyOptions,
): Terminology {
	const sourcesOf = (own: OwnTerminology | undefined): Sources =>
		layered({ own, definitions, standard: standardOnes, large });
	const members = memberCache((valueSet, own) => compileMembership(valueSet, sourcesOf(own)));
	const membership = async (valueSet: string, own?: OwnTerminology): Promise<Member> =>
		members.known(valueSet, own) ?? members.make(valueSet, own);
	return {
		expand: async (valueSet, own) => {
			const sources = sourcesOf(own);
			const { set, name } = await setOf(valueSet, sources);
			return expand(set, name, sources);
		},
		expansion: async (valueSet, options, own) => {
			const sources = sourcesOf(own);
			const { set, name } = await setOf(valueSet, sources);
			return expansionPage(set, name, options, sources);
		},
		valueSet: async (canonical, own) => {
			const [url = "", version] = canonical.split("|");
			const packed = await findValueSet(sourcesOf(own), canonical, []);
			const resource =
				(own?.definitions ?? definitions)?.resource("ValueSet", canonical) ?? (await own?.valueSet?.(canonical));
			if (resource && (version === undefined || resource.version === version)) return resource;
			return unpackValueSet(url, packed, packed.title ?? standardOnes.words.title(url));
		},
		below: (coding, own) => relatedCodes(coding, "below", sourcesOf(own)),
		above: (coding, own) => relatedCodes(coding, "above", sourcesOf(own)),
		membership,
		check: (valueSet, coding, own) => {
			const member = members.known(valueSet, own);
			return member ? member(coding) : membership(valueSet, own).then((made) => made(coding), unknownSet);
		},
		validateInSet: async (coding, valueSet, options, own) => {
			const sources = sourcesOf(own);
			if (typeof valueSet === "string") {
				const member = await hinting("ValueSet", valueSet, sources, () => membership(valueSet, own));
				return validateInSet(coding, valueSet, member, options, sources);
			}
			const { set, name } = packedOf(valueSet);
			return validateInSet(coding, name, await compilePacked(set, name, sources), options, sources);
		},
		validateInSystem: (coding, options, own) => validateInSystem(coding, options, sourcesOf(own)),
		judge: (coding, own) => judgeCoding(coding, sourcesOf(own)),
		lookup: (question, own) => {
			const sources = sourcesOf(own);
			return hinting("CodeSystem", question.system, sources, () => lookupConcept(question, sources));
		},
		subsumes: (question, own) => subsumption(question, sourcesOf(own)),
		ancestry: (coding, others, own) => ancestry(coding, coding.version, others, sourcesOf(own)),
		translate: (maps, question, own) => translateBy(maps, question, (canonical) => mapOf(canonical, sourcesOf(own))),
		conceptMap: (canonical, own) => mapOf(canonical, sourcesOf(own)),
		hint: (type, canonical, own) => hintFor(type, canonical, sourcesOf(own)),
		standardMaps: (system, side) =>
			Object.values(standard.conceptMaps()).filter(({ group }) =>
				(group as { source?: string; target?: string }[] | undefined)?.some((one) => one[side] === system),
			),
		systems: async () => ({
			standard: Object.entries(standard.terminology().codeSystems).flatMap(([url, { version, content, concepts }]) =>
				content === undefined && concepts.length > 0 ? [{ url, ...(version !== undefined && { version }) }] : [],
			),
			large: (await large?.systems()) ?? [],
		}),
		isCaseSensitive: (system) => cases.get(system),
	};
}

type NamedSet = { readonly set: PackedValueSet; readonly name: string };

const setOf = async (valueSet: AskedValueSet, sources: Sources): Promise<NamedSet> =>
	typeof valueSet === "string"
		? {
				set: await hinting("ValueSet", valueSet, sources, () => findValueSet(sources, valueSet, [])),
				name: valueSet,
			}
		: packedOf(valueSet);

function packedOf(resource: Resource): NamedSet {
	const name = typeof resource.url === "string" ? resource.url : "given";
	const set = packValueSet(resource);
	if (set) return { set, name };
	throw unanswerable("The ValueSet says nothing of its codes: give it a compose with an include.");
}

async function mapOf(canonical: string, sources: Sources): Promise<Resource | undefined> {
	const [url = "", version] = canonical.split("|");
	const map = await sources.conceptMap(url, version);
	return map && (version === undefined || map.version === version) ? map : undefined;
}

function unknownSet(error: unknown): "unknown" {
	if (error instanceof Problem && error.status < 500) return "unknown";
	throw error;
}

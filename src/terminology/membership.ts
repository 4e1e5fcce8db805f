import { Problem } from "../kernel/index.ts";
import type { CodeSystem } from "./code-system.ts";
import { findValueSet } from "./expand.ts";
import { codeFilter, filterCodes } from "./filter.ts";
import type { LargeSystems } from "./large-systems.ts";
import { conceptFilters, findLarge, isAmong } from "./large-use.ts";
import type { PackedInclude, PackedValueSet } from "./packed.ts";
import { shown, unanswerable } from "./problem.ts";
import { ruleOf } from "./ruled-systems.ts";
import type { Sources } from "./sources.ts";
import { someWork, spend, spendParts, type Work } from "./work.ts";

/** Whether a code is in a value set; `unknown` where that cannot be told here. */
export type Membership = "in" | "out" | "unknown";

/** Told at once where the code systems are in memory, later where the database must be asked. */
export type MembershipAnswer = Membership | Promise<Membership>;

/**
 * A value set as codes are checked against it. A coding without `system` stands for a plain `code` element and is in
 * the set if its code is, of whatever system; the empty system, for a Coding that names none, is in no set.
 */
export type Member = {
	(coding: { readonly system?: string; readonly code: string }): MembershipAnswer;
	/** The systems that codes of the set can be of, as far as they are known. */
	readonly systems: readonly string[];
};

type Compiled = {
	/** The systems that codes of the set can be of. */
	readonly systems: ReadonlySet<string>;
	/** A part of the set is not known, so that nothing is surely out of it. */
	readonly isOpen: boolean;
	test(system: string, code: string): MembershipAnswer;
};
type Compilation = { readonly sources: Sources; readonly done: Map<string, Compiled>; readonly work: Work };
type CodeTest = (code: string) => MembershipAnswer;

const MOST_VALUE_SETS = 200;
const NOTHING_KNOWN: Compiled = { systems: new Set(), isOpen: true, test: () => "unknown" };

/**
 * Compiles a value set to a test of codes without listing what it holds: a system that is not here makes only its own
 * codes `unknown`.
 * @throws Problem 404 for an unknown value set, 422 for one that contains itself or too many others.
 */
export const compileMembership = async (canonical: string, sources: Sources): Promise<Member> =>
	memberOf(await compileValueSet({ sources, done: new Map(), work: someWork() }, canonical, []));

/** The same for a value set that comes with the question. */
export const compilePacked = async (set: PackedValueSet, name: string, sources: Sources): Promise<Member> =>
	memberOf(await compileComposition({ sources, done: new Map(), work: someWork() }, set, [name]));

function memberOf({ systems, isOpen, test }: Compiled): Member {
	const all = [...systems];
	const [only] = all;
	const inAny = (code: string): MembershipAnswer =>
		all.length === 1 && only !== undefined ? test(only, code) : some(all.map((one) => () => test(one, code)));
	const member = ({ system, code }: { readonly system?: string; readonly code: string }): MembershipAnswer => {
		if (system !== undefined) return system === "" ? "out" : test(system, code);
		return isOpen ? but(inAny(code), (known) => (known === "out" ? "unknown" : known)) : inAny(code);
	};
	return Object.assign(member, { systems: all });
}

async function compileValueSet(
	compilation: Compilation,
	canonical: string,
	within: readonly string[],
): Promise<Compiled> {
	const known = compilation.done.get(canonical);
	if (known) return known;
	if (within.includes(canonical)) {
		throw unanswerable(`A value set is made of itself: ${[...within, canonical].map(shown).join(" → ")}.`);
	}
	if (within.length + compilation.done.size >= MOST_VALUE_SETS) {
		throw new Problem(
			"too-costly",
			`The value set ${shown(canonical)} is made of more than ${MOST_VALUE_SETS} value sets: name a simpler one.`,
		);
	}
	const set = await findValueSet(compilation.sources, canonical, within);
	const compiled = await compileComposition(compilation, set, [...within, canonical]);
	compilation.done.set(canonical, compiled);
	return compiled;
}

async function compileComposition(
	compilation: Compilation,
	set: PackedValueSet,
	path: readonly string[],
): Promise<Compiled> {
	spendParts(compilation.work, set, path.at(-1) ?? "");
	const { include, exclude = [], inactive } = set;
	const included: Compiled[] = [];
	for (const one of include) included.push(await compileInclude(compilation, one, path, inactive ?? true));
	const excluded: Compiled[] = [];
	for (const one of exclude) excluded.push(await compileInclude(compilation, one, path, true));
	return minus(either(included), either(excluded));
}

/** A part that is not here does not take the rest along: what it alone could tell is unknown. */
async function compilePart(compilation: Compilation, canonical: string, path: readonly string[]): Promise<Compiled> {
	try {
		return await compileValueSet(compilation, canonical, path);
	} catch (error) {
		if (error instanceof Problem && error.kind === "not-found") return NOTHING_KNOWN;
		throw error;
	}
}

async function compileInclude(
	compilation: Compilation,
	include: PackedInclude,
	path: readonly string[],
	inactive: boolean,
): Promise<Compiled> {
	const parts: Compiled[] = [];
	for (const valueSet of include.valueSets ?? []) parts.push(await compilePart(compilation, valueSet, path));
	const { system } = include;
	if (system !== undefined) {
		const test = await compileSystem(compilation, include, system, inactive, path.at(-1) ?? "");
		parts.unshift({
			systems: new Set([system]),
			isOpen: false,
			test: (asked, code) => (asked === system ? test(code) : "out"),
		});
	}
	const [first = NOTHING_KNOWN, ...others] = parts;
	if (others.length === 0) return first;
	return {
		systems: parts
			.filter(({ isOpen }) => !isOpen)
			.map(({ systems }) => systems)
			.reduce((a, b) => a.intersection(b), firstClosed(parts)),
		isOpen: parts.every(({ isOpen }) => isOpen),
		test: (asked, code) =>
			every(
				parts.map(
					({ test }) =>
						() =>
							test(asked, code),
				),
			),
	};
}

const firstClosed = (parts: readonly Compiled[]): ReadonlySet<string> =>
	parts.find(({ isOpen }) => !isOpen)?.systems ?? new Set(parts.flatMap(({ systems }) => [...systems]));

async function compileSystem(
	{ sources, work }: Compilation,
	include: PackedInclude,
	url: string,
	inactive: boolean,
	valueSet: string,
): Promise<CodeTest> {
	const { codes, filters, version } = include;
	if (codes && filters) return () => "unknown";
	const system = await sources.codeSystem(url, version);
	const active = inactive ? undefined : activeTest(sources, system, url, version);
	if (codes) {
		const test = listed(codes, system);
		return active ? (code) => every([() => test(code), () => active(code)]) : test;
	}
	const fits = version === undefined || version === system?.version;
	if (system?.content === "complete" && (fits || !sources.large)) {
		if (filters) spend(work, system.codes.length * filters.length, valueSet);
		const test: CodeTest = fits ? complete(system, filters) : () => "unknown";
		return active ? (code) => every([() => test(code), () => active(code)]) : test;
	}
	const rule = ruleOf(url);
	if (rule) return ruled(rule, filters);
	const { large } = sources;
	const fragment = !filters && fits ? system : undefined;
	const inFragment: CodeTest = (code) => (fragment?.find(code) === undefined ? "unknown" : "in");
	const test: CodeTest = large ? (code) => askLarge(large, include, url, code, inFragment) : inFragment;
	return active ? (code) => every([() => test(code), () => active(code)]) : test;
}

function listed(codes: readonly string[], system: CodeSystem | undefined): CodeTest {
	if (!system || system.caseSensitive === true) {
		const set = new Set(codes);
		return (code) => (set.has(code) ? "in" : "out");
	}
	const folded = new Set(codes.map((code) => code.toLowerCase()));
	return (code) => (folded.has(code.toLowerCase()) ? "in" : "out");
}

function complete(system: CodeSystem, filters: PackedInclude["filters"]): CodeTest {
	if (!filters) return (code) => (system.find(code) === undefined ? "out" : "in");
	let passing: ReadonlySet<string> | undefined;
	try {
		passing = new Set(filterCodes(system, filters));
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
	}
	return (code) => {
		const found = system.find(code);
		if (found === undefined) return "out";
		return passing === undefined ? "unknown" : passing.has(found) ? "in" : "out";
	};
}

/** What the rule does not allow is out whatever the filters say. */
function ruled(rule: (code: string) => boolean, filters: PackedInclude["filters"]): CodeTest {
	const passes = codeFilterOf(filters ?? []);
	return (code) => (rule(code) ? (passes === undefined ? "unknown" : passes(code) ? "in" : "out") : "out");
}

function codeFilterOf(filters: NonNullable<PackedInclude["filters"]>): ((code: string) => boolean) | undefined {
	try {
		return codeFilter(filters);
	} catch (error) {
		if (error instanceof Problem) return undefined;
		throw error;
	}
}

/** What is loaded is the whole system, so it goes before a fragment. */
async function askLarge(
	large: LargeSystems,
	{ filters, version }: PackedInclude,
	url: string,
	code: string,
	otherwise: CodeTest,
): Promise<Membership> {
	const system = await findLarge(large, url, version);
	if (!system) return otherwise(code);
	try {
		return (await isAmong(large, system, conceptFilters(filters), code)) ? "in" : "out";
	} catch (error) {
		if (error instanceof Problem && error.status < 500) return "unknown";
		throw error;
	}
}

/** Of a code that the set holds otherwise: whether it is in use. */
function activeTest(
	sources: Sources,
	system: CodeSystem | undefined,
	url: string,
	version: string | undefined,
): CodeTest {
	const { large } = sources;
	const inMemory = (code: string): Membership => {
		const known = system?.find(code);
		return system && known !== undefined && !system.isActive(known) ? "out" : "in";
	};
	if (!large || system?.content === "complete") return inMemory;
	return async (code) => {
		const concept = await large.lookup(url, version, code);
		return concept ? (concept.inactive ? "out" : "in") : inMemory(code);
	};
}

/** Parts joined, by system where that is all they hold, so that a test does not walk them all. */
function either(parts: readonly Compiled[]): Compiled {
	if (parts.length === 1 && parts[0]) return parts[0];
	const systems = new Set(parts.flatMap((part) => [...part.systems]));
	const isOpen = parts.some((part) => part.isOpen);
	const bySystem = new Map(
		[...systems].map((system) => [system, parts.filter((one) => one.isOpen || one.systems.has(system))]),
	);
	const open = parts.filter((part) => part.isOpen);
	return {
		systems,
		isOpen,
		test: (system, code) => {
			const [first, ...others] = bySystem.get(system) ?? open;
			if (!first) return "out";
			if (others.length === 0) return first.test(system, code);
			return some(
				[first, ...others].map(
					({ test }) =>
						() =>
							test(system, code),
				),
			);
		},
	};
}

function minus(included: Compiled, excluded: Compiled): Compiled {
	if (excluded.systems.size === 0 && !excluded.isOpen) return included;
	const isNot: Record<Membership, Membership> = { in: "out", out: "in", unknown: "unknown" };
	return {
		...included,
		test: (system, code) =>
			every([() => included.test(system, code), () => but(excluded.test(system, code), (answer) => isNot[answer])]),
	};
}

const but = (answer: MembershipAnswer, change: (known: Membership) => Membership): MembershipAnswer =>
	typeof answer === "string" ? change(answer) : answer.then(change);

/** The first `decisive` answer, else `unknown` if one was; answers that must wait are waited for only if they matter. */
function combine(asks: readonly (() => MembershipAnswer)[], decisive: "in" | "out"): MembershipAnswer {
	const otherwise = decisive === "in" ? "out" : "in";
	const waiting: Promise<Membership>[] = [];
	let result: Membership = otherwise;
	for (const ask of asks) {
		const answer = ask();
		if (answer === decisive) {
			for (const one of waiting) one.catch(() => undefined);
			return decisive;
		}
		if (typeof answer !== "string") waiting.push(answer);
		else if (answer === "unknown") result = "unknown";
	}
	if (waiting.length === 0) return result;
	return Promise.all(waiting).then((answers) =>
		answers.includes(decisive) ? decisive : answers.includes("unknown") ? "unknown" : result,
	);
}

const some = (asks: readonly (() => MembershipAnswer)[]): MembershipAnswer => combine(asks, "in");
const every = (asks: readonly (() => MembershipAnswer)[]): MembershipAnswer => combine(asks, "out");

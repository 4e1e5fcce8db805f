import { Problem } from "../kernel/index.ts";
import { displayIn, type FoundSystem, findConcept, findSystem } from "./find-concept.ts";
import { hintFor } from "./hint.ts";
import type { Concept } from "./large-systems.ts";
import type { Member } from "./membership.ts";
import { shown } from "./problem.ts";
import type { Sources } from "./sources.ts";

/** A coding to be judged. Without `system` it is a plain code. */
export type AskedCoding = {
	readonly system?: string | undefined;
	readonly version?: string | undefined;
	readonly code: string;
	readonly display?: string | undefined;
};

export type ValidateCodeOptions = {
	readonly language?: string | undefined;
	/** Whether a code that only groups others may be chosen. */
	readonly abstract: boolean;
};

/** What $validate-code answers: `message` says why not, or what could not be told. */
export type CodeVerdict = {
	readonly result: boolean;
	readonly message?: string;
	/** What the code should be called. */
	readonly display?: string;
	readonly system?: string;
	readonly version?: string;
	readonly code?: string;
	readonly inactive?: boolean;
};

/** Whether a code is one of its code system. https://hl7.org/fhir/R4/codesystem-operation-validate-code.html */
export async function validateInSystem(
	coding: AskedCoding & { readonly system: string },
	options: ValidateCodeOptions,
	sources: Sources,
): Promise<CodeVerdict> {
	const looked = await look(coding, options, sources);
	if (typeof looked === "string") {
		return { result: false, message: looked + (await hintFor("CodeSystem", coding.system, sources)) };
	}
	const { system, concept } = looked;
	if (concept) return verdictOf(coding, system, concept, options);
	const message = system.isWhole
		? `The code system ${shown(coding.system)} has no code ${shown(coding.code)}.`
		: `Whether ${shown(coding.code)} is a code of ${shown(coding.system)} cannot be told: only a part of that code system is here.`;
	return { result: false, message };
}

/**
 * What a code system says of a coding: that all is well, that it has no such code, or what the code is called where the
 * display is none of its names. `undefined` where it cannot be told: the system is not here in full, or lets codes be
 * made (an expression of SNOMED CT).
 */
export type CodingJudgement = "fine" | "absent" | { readonly called: string };

/** Judges a coding by its system alone, without a value set; what has no names of its own is called as one likes. */
export async function judgeCoding(
	coding: AskedCoding & { readonly system: string },
	sources: Sources,
): Promise<CodingJudgement | undefined> {
	const looked = await look(coding, { abstract: true }, sources);
	if (typeof looked === "string" || !looked.system.isWhole) return undefined;
	const { system, concept } = looked;
	if (!concept) return system.url === SNOMED && !/^\d+$/.test(coding.code) ? undefined : "absent";
	const { display, designations } = concept;
	const isNamed =
		(system.memory ?? system.large) !== undefined && (display !== concept.code || designations.length > 0);
	if (!isNamed || coding.display === undefined) return "fine";
	return names(concept, display).has(folded(coding.display)) ? "fine" : { called: display };
}

const SNOMED = "http://snomed.info/sct";

/**
 * Whether a code is in a value set, and called by one of its names. A plain code is looked for in all systems of the
 * set. https://hl7.org/fhir/R4/valueset-operation-validate-code.html
 */
export async function validateInSet(
	coding: AskedCoding,
	valueSet: string,
	member: Member,
	options: ValidateCodeOptions,
	sources: Sources,
): Promise<CodeVerdict> {
	const { code } = coding;
	const name = shown(valueSet);
	const system = coding.system ?? (await systemOf(code, member));
	if (system === undefined)
		return { result: false, message: `The code ${shown(code)} is not in the value set ${name}.` };
	const answer = await member({ system, code });
	const named = `${shown(system)}#${shown(code)}`;
	if (answer === "out") return { result: false, message: `The code ${named} is not in the value set ${name}.` };
	const looked = await look({ ...coding, system }, options, sources);
	const known = typeof looked === "string" ? undefined : looked;
	if (answer === "unknown") {
		const why = typeof looked === "string" ? looked : "a part of the value set is not known here.";
		return { result: false, message: `Whether ${named} is in the value set ${name} cannot be told: ${why}` };
	}
	if (known?.concept) return verdictOf({ ...coding, system }, known.system, known.concept, options);
	const display = sources.words.display(system, code);
	const message = typeof looked === "string" && coding.version !== undefined ? { message: looked } : {};
	return { result: true, system, code, ...(display !== undefined && { display }), ...message };
}

async function systemOf(code: string, member: Member): Promise<string | undefined> {
	let open: string | undefined;
	for (const system of member.systems) {
		const answer = await member({ system, code });
		if (answer === "in") return system;
		if (answer === "unknown") open ??= system;
	}
	return open;
}

type Looked = { readonly system: FoundSystem; readonly concept: Concept | undefined };

/** The concept, or in words why it cannot be looked at. */
async function look(
	{ system: url, version, code }: AskedCoding & { readonly system: string },
	{ language }: ValidateCodeOptions,
	sources: Sources,
): Promise<Looked | string> {
	try {
		const system = await findSystem(sources, url, version);
		return { system, concept: await findConcept(sources, system, code, language) };
	} catch (error) {
		if (error instanceof Problem && error.kind === "not-found") return error.message;
		throw error;
	}
}

function verdictOf(
	{ code, display: given }: AskedCoding,
	system: FoundSystem,
	concept: Concept,
	{ abstract, language }: ValidateCodeOptions,
): CodeVerdict {
	const display = displayIn(concept, language);
	const facts = {
		display,
		system: system.url,
		...(system.version !== undefined && { version: system.version }),
		code: concept.code,
		...(concept.inactive && { inactive: true }),
	};
	if (concept.abstract && !abstract) {
		const message = `The code ${shown(code)} of ${shown(system.url)} only groups others: choose one below it, or say abstract=true.`;
		return { ...facts, result: false, message };
	}
	if (given !== undefined && !names(concept, display).has(folded(given))) {
		const message = `"${shown(given)}" is not what the code ${shown(code)} of ${shown(system.url)} is called: it is "${display}".`;
		return { ...facts, result: false, message };
	}
	if (concept.inactive) return { ...facts, result: true, message: `The code ${shown(code)} is no longer in use.` };
	return { ...facts, result: true };
}

const folded = (text: string): string => text.trim().replace(/\s+/g, " ").toLowerCase();

const names = ({ display, designations }: Concept, shownAs: string): ReadonlySet<string> =>
	new Set([display, shownAs, ...designations.map(({ value }) => value)].map(folded));

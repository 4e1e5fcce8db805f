import { Problem } from "../kernel/index.ts";
import { displayIn, findConcept, findSystem } from "./find-concept.ts";
import type { Concept } from "./large-systems.ts";
import { shown } from "./problem.ts";
import type { Sources } from "./sources.ts";

export type CodeQuestion = {
	readonly system: string;
	readonly version?: string | undefined;
	readonly code: string;
	/** BCP 47; in which displays are wanted where there are any. */
	readonly language?: string | undefined;
};

/** What is known of a concept. */
export type ConceptDetails = Concept & {
	readonly system: { readonly url: string; readonly version: string | undefined; readonly name: string };
	/** Codes directly above and below; empty where the system is flat, or asked for below another name. */
	readonly parents: readonly string[];
	readonly children: readonly string[];
};

/** https://hl7.org/fhir/R4/codesystem-operation-lookup.html @throws Problem 404 for an unknown system or code. */
export async function lookupConcept(question: CodeQuestion, sources: Sources): Promise<ConceptDetails> {
	const { code, language } = question;
	const system = await findSystem(sources, question.system, question.version);
	const concept = await findConcept(sources, system, code, language);
	if (!concept) {
		const state = system.isWhole ? "has no" : "is here in part only, without the";
		throw new Problem("not-found", `The code system ${shown(question.system)} ${state} code ${shown(code)}.`);
	}
	const { parents, children } = system.memory?.neighbours(concept.code) ?? { parents: [], children: [] };
	const { url, version, name } = system;
	return {
		...concept,
		display: displayIn(concept, language),
		system: { url, version, name: name ?? url },
		parents,
		children,
	};
}

import { Problem } from "../kernel/index.ts";
import { findSystem } from "./find-concept.ts";
import type { Subsumption } from "./large-systems.ts";
import { shown } from "./problem.ts";
import type { Sources } from "./sources.ts";

export type SubsumptionQuestion = {
	readonly system: string;
	readonly version?: string | undefined;
	readonly codeA: string;
	readonly codeB: string;
};

/**
 * Which of two codes stands above the other. https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
 * @throws Problem 404 for an unknown system or code.
 */
export async function subsumption(question: SubsumptionQuestion, sources: Sources): Promise<Subsumption> {
	const { system: url, version, codeA, codeB } = question;
	const { memory, large, isWhole } = await findSystem(sources, url, version);
	if (memory) {
		const [a, b] = [memory.find(codeA), memory.find(codeB)];
		if (a === undefined || b === undefined) throw missing(url, a === undefined ? codeA : codeB);
		if (a === b) return "equivalent";
		if (memory.below(a).has(b)) return "subsumes";
		if (memory.above(a).has(b)) return "subsumed-by";
		if (isWhole) return "not-subsumed";
		throw new Problem("unprocessable", {
			text: `Whether ${shown(a)} subsumes ${shown(b)} cannot be told: the code system ${shown(url)} is here in part only.`,
			code: "not-supported",
		});
	}
	const answer = large && (await sources.large?.subsumes(url, large.version, codeA, codeB));
	if (answer) return answer;
	if (large) {
		const known = await sources.large?.among(url, large.version, [codeA, codeB], []);
		throw missing(url, known?.has(codeA) ? codeB : codeA);
	}
	if (codeA === codeB) return "equivalent";
	return "not-subsumed";
}

const missing = (url: string, code: string): Problem =>
	new Problem("not-found", `The code system ${shown(url)} has no code ${shown(code)}. Name one of its codes.`);

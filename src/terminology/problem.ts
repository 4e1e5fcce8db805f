import { Problem } from "../kernel/index.ts";

/** A url as a message may show it: what a client sends can be of any length. */
export const shown = (url: string): string => (url.length > 200 ? `${url.slice(0, 200)}…` : url);

/** A terminology question that is well-formed and that this server cannot answer: 422, issue code `not-supported`. */
export const unanswerable = (text: string): Problem => new Problem("unprocessable", { text, code: "not-supported" });

/** A code system, or a version of it, that is not here: 404. `held` are the versions that are. */
export const unknownSystem = (url: string, version: string | undefined, held: readonly string[]): Problem =>
	new Problem(
		"not-found",
		held.length > 0
			? `Version ${shown(version ?? "")} of the code system ${shown(url)} is not here: ${held.map(shown).join(", ")} is.`
			: `The code system ${shown(url)} is not known here, or without its codes. Store it as a CodeSystem whose content is "complete", or load it with \`phc terminology load\`.`,
	);

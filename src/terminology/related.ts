import { Problem } from "../kernel/index.ts";
import { type Coding, MOST_CODES, requireComplete } from "./expand.ts";
import { findLarge } from "./large-use.ts";
import { shown } from "./problem.ts";
import type { Sources } from "./sources.ts";

/**
 * The concept and all above or below it.
 * @throws Problem 404 for an unknown code, 422 for a system that is not here in full, or for more than 5,000 codes.
 */
export async function relatedCodes(
	{ system: url, code }: Coding,
	direction: "above" | "below",
	sources: Sources,
): Promise<readonly Coding[]> {
	const memory = await sources.codeSystem(url);
	const large = memory?.content === "complete" ? undefined : await findLarge(sources.large, url);
	if (large && sources.large) {
		const codes = await sources.large.related(url, large.version, code, direction, MOST_CODES);
		if (codes.length === 0) throw missing(url, code);
		if (codes.length > MOST_CODES) {
			throw new Problem(
				"too-costly",
				`More than ${MOST_CODES} codes of ${shown(url)} are ${direction} ${shown(code)}: ask for one that is further ${direction === "below" ? "down" : "up"}.`,
			);
		}
		return codes.map((found) => ({ system: url, code: found }));
	}
	const system = requireComplete(memory, url, `What is above or below ${shown(code)} cannot be told`);
	const known = system.find(code);
	if (known === undefined) throw missing(url, code);
	return [...system[direction](known)].map((found) => ({ system: url, code: found }));
}

const missing = (url: string, code: string): Problem =>
	new Problem("not-found", `The code system ${shown(url)} has no code ${shown(code)}. Name one of its codes.`);

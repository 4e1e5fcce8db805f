import type { JsonObject } from "../kernel/index.ts";
import type { RunWalk } from "./run.ts";
import type { CodingCheck } from "./validate.ts";
import { note, placeOf, quote } from "./walk.ts";

/** Says so where the system of the Coding the walk stands at has no such code, or calls it otherwise. */
export function checkCoding(walk: RunWalk, { system, version, code, display }: JsonObject): void {
	if (typeof system !== "string" || typeof code !== "string") return;
	const told = walk.run.codings({
		system,
		code,
		...(typeof version === "string" && { version }),
		...(typeof display === "string" && { display }),
	});
	if (!told) return;
	const place = placeOf(walk);
	const tell = (answer: Awaited<ReturnType<CodingCheck>>): void => {
		const named = quote(`${system}|${code}`, MOST_NAMED);
		if (answer === "absent") {
			note(walk, "code-absent", `has ${named}, a code that this system does not have`, place);
		} else if (typeof answer === "object") {
			const text = `should be called as ${named} is, which is ${quote(answer.called, MOST_NAMED)}: check that the code is the one meant`;
			note(walk, "display", text, `${place}.display`);
		}
	};
	walk.run.pending.push(told.then(tell));
}

/** Room for the canonical of a system and the code behind it. */
const MOST_NAMED = 160;

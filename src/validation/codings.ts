import type { CheckedCoding, CodingCheck } from "./validate.ts";

/** What a system says of a coding, as soon as it is known. */
type Answer = ReturnType<CodingCheck>;

/** What the systems of codings say of them; `undefined` for those that are not asked about. */
export type Codings = (coding: CheckedCoding) => Answer | undefined;

/** Each may be a question to the database; no record of an honest visit has so many different ones. */
const MOST_CODINGS = 200;

/** Keeps the answers of one validation, and asks one question after the other, so that others have the database too. */
export function askOnce(check: CodingCheck | undefined): Codings {
	const answers = new Map<string, Answer>();
	let last: Promise<unknown> = Promise.resolve();
	return (coding) => {
		const { system, version, code, display } = coding;
		const question = JSON.stringify([system, version, code, display]);
		const known = answers.get(question);
		if (known || !check || answers.size >= MOST_CODINGS) return known;
		const answer = last.then(() => check(coding));
		answers.set(question, answer);
		last = answer;
		return answer;
	};
}

import { Problem } from "../../kernel/index.ts";
import { PREFIXES, type Prefix } from "../tree.ts";

const PREFIXED = new RegExp(`^(${PREFIXES.join("|")})(?=[-+.\\d])`);

/** Takes the prefix off an ordered value; `eq` when there is none. https://hl7.org/fhir/R4/search.html#prefix */
export function splitPrefix(text: string): { prefix: Prefix; rest: string } {
	const prefix = PREFIXED.exec(text)?.[1];
	return prefix === undefined ? { prefix: "eq", rest: text } : { prefix: prefix as Prefix, rest: text.slice(2) };
}

/** A value that its parameter type cannot read; `form` says what would be right. */
export const malformed = (parameter: string, form: string): Problem =>
	new Problem("value", {
		text: `The value of the search parameter "${parameter}" must be ${form}.`,
		expression: parameter,
	});

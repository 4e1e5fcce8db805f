import { numberText } from "../../../src/kernel/index.ts";
import { decimal } from "./decimal.ts";
import { unescaped } from "./escape.ts";
import { holds, sought } from "./interval.ts";
import type { Matcher } from "./world.ts";

/** https://hl7.org/fhir/R4/search.html#number */
export const number: Matcher = ({ part }, { data }) => {
	const text = numberText(data);
	if (text === undefined) return false;
	const exact = decimal(text);
	return holds(sought(unescaped(part)), { low: exact, high: exact });
};

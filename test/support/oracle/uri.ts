import { unescaped } from "./escape.ts";
import { type Matcher, textOf } from "./world.ts";

/** Whole and case-sensitive; `:above` and `:below` by path segments. https://hl7.org/fhir/R4/search.html#uri */
export const uri: Matcher = ({ part, modifier }, { data }) => {
	const [sought, stored] = [unescaped(part), textOf(data)];
	if (stored === undefined) return false;
	if (modifier === "below") return isBelow(stored, sought);
	if (modifier === "above") return isBelow(sought, stored);
	return stored === sought;
};

/** A version after `|` lies below the canonical it is of. */
const isBelow = (lower: string, upper: string): boolean =>
	lower === upper ||
	(/^https?:/.test(upper) &&
		(lower.startsWith(upper.endsWith("/") ? upper : `${upper}/`) || lower.startsWith(`${upper}|`)));

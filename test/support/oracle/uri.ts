import { unescaped } from "./escape.ts";
import { type Matcher, textOf } from "./world.ts";

/** Whole and case-sensitive; `:above` and `:below` by path segments, and a version lies below its canonical. https://hl7.org/fhir/R4/search.html#uri */
export const uri: Matcher = ({ part, modifier }, { data }) => {
	const [sought, stored] = [unescaped(part), textOf(data)];
	if (stored === undefined) return false;
	if (modifier === "below") return isBelow(stored, sought) || stored.startsWith(`${sought}|`);
	if (modifier === "above") return isBelow(sought, stored);
	return stored === sought;
};

const isBelow = (lower: string, upper: string): boolean =>
	lower === upper || (/^https?:/.test(upper) && lower.startsWith(upper.endsWith("/") ? upper : `${upper}/`));

import { LRUCache } from "lru-cache";
import { ucumDefinitions } from "./definitions.ts";
import { parseTerm } from "./term.ts";

const LONGEST = 200;
const ANNOTATION = /\{[\x20-\x7a|~]*\}/g;
/** Where it follows nothing, it stands for a one. */
const ANNOTATION_ALONE = /(?<=^|[./(])\{[\x20-\x7a|~]*\}/g;

const valid = new LRUCache<string, boolean>({ max: 5000 });

/**
 * Whether a text is a unit of UCUM, case-sensitive. Units without a linear scale (`[pH]`, `dB`) are, alone and with a
 * prefix, though they cannot be converted; blanks in annotations pass, as R4's own lists have them. https://ucum.org/ucum#section-Special-Units-on-non-ratio-Scales
 */
export function isUnit(code: string): boolean {
	const known = valid.get(code);
	if (known !== undefined) return known;
	const plain = code.length <= LONGEST ? code.replace(ANNOTATION_ALONE, "1").replace(ANNOTATION, "") : "";
	const found = plain !== "" && (parseTerm(plain) !== undefined || isSpecial(plain));
	if (code.length <= LONGEST) valid.set(code, found);
	return found;
}

function isSpecial(symbol: string): boolean {
	const { units, prefixes } = ucumDefinitions();
	if (units.has(symbol)) return true;
	return [1, 2].some((length) => prefixes.has(symbol.slice(0, length)) && units.get(symbol.slice(length))?.metric);
}

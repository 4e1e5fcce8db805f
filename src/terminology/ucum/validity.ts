import { LRUCache } from "lru-cache";
import { ucumDefinitions } from "./definitions.ts";
import { parseTerm } from "./term.ts";

const valid = new LRUCache<string, boolean>({ max: 5000 });

/**
 * Whether a text is a unit of UCUM, case-sensitive. Units without a linear scale (`[pH]`, `dB`) are, alone and with a
 * prefix, though they cannot be converted. https://ucum.org/ucum#section-Special-Units-on-non-ratio-Scales
 */
export function isUnit(code: string): boolean {
	const known = valid.get(code);
	if (known !== undefined) return known;
	const found = parseTerm(code) !== undefined || isSpecial(code.replace(/\{[\x21-\x7a|~]*\}$/, ""));
	if (code.length <= 200) valid.set(code, found);
	return found;
}

function isSpecial(symbol: string): boolean {
	const { units, prefixes } = ucumDefinitions();
	if (units.has(symbol)) return true;
	return [1, 2].some((length) => prefixes.has(symbol.slice(0, length)) && units.get(symbol.slice(length))?.metric);
}

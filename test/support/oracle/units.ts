import { type Decimal, decimal } from "./decimal.ts";

/** UCUM codes as exact multiples of one unit of their kind. https://ucum.org/ucum */
const UNITS: Record<string, readonly [factor: string, unit: string]> = {
	ug: ["0.000001", "g"],
	mg: ["0.001", "g"],
	g: ["1", "g"],
	kg: ["1000", "g"],
	"[lb_av]": ["453.59237", "g"],
	mm: ["0.001", "m"],
	cm: ["0.01", "m"],
	m: ["1", "m"],
	s: ["1", "s"],
	min: ["60", "s"],
	h: ["3600", "s"],
	d: ["86400", "s"],
};

/** What a UCUM code is a multiple of; a code beyond the table is a unit of its own. */
export function canonicalUnit(code: string): { readonly factor: Decimal; readonly unit: string } {
	const [factor, unit] = UNITS[code] ?? ["1", code];
	return { factor: decimal(factor), unit };
}

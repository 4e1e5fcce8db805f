import { LRUCache } from "lru-cache";
import { decimalFactor, decimalText, divide, reduced, type Scaled, scaledOf } from "./rational.ts";
import { type BaseUnits, parseTerm } from "./term.ts";

/**
 * A UCUM unit against the base units of its dimension: a value `v` is `(v + offset) × digits × 10^exponent ÷ divisor`
 * of `unit`. `unit` is the same text for all units that can be compared (`g.m-1.s-2` for every pressure, `1` for none).
 */
export type CanonicalUnit = {
	readonly unit: string;
	readonly digits: bigint;
	readonly exponent: number;
	readonly divisor: bigint;
	readonly offset: Scaled | undefined;
};

/** Values are exact up to here; beyond (a third of something) they are rounded half away from zero. */
const SIGNIFICANT_DIGITS = 20;
const LONGEST_VALUE = 400;
const LARGEST_EXPONENT = 400;
const LONGEST_CODE = 200;

const cache = new LRUCache<string, { readonly unit: CanonicalUnit | undefined }>({ max: 5000 });

/**
 * The canonical form of a UCUM code; `undefined` when the code is not valid UCUM or its scale is not linear (`[pH]`, `dB`).
 * The table of units is read at the first call. https://ucum.org/ucum#section-Semantics
 */
export function canonicalUnit(code: string): CanonicalUnit | undefined {
	if (code.length > LONGEST_CODE) return undefined;
	const known = cache.get(code);
	if (known) return known.unit;
	const base = parseTerm(code);
	const unit = base && canonicalOf(base);
	cache.set(code, { unit });
	return unit;
}

function canonicalOf({ factor, powers, offset }: BaseUnits): CanonicalUnit {
	const bases = [...powers].sort(([a], [b]) => (a < b ? -1 : 1));
	return {
		unit: bases.map(([base, power]) => (power === 1 ? base : `${base}${power}`)).join(".") || "1",
		...decimalFactor(reduced(factor)),
		offset: offset === undefined ? undefined : scaledOf(offset),
	};
}

/**
 * A quantity in base units, so that equal amounts give equal texts whatever unit they were written in:
 * `1` `g` and `1000` `mg` are both `1` `g`; `36.8` `Cel` is `309.95` `K`. `value` is a decimal text, with or without
 * exponent; the answer is plain, exact to 20 significant digits. `undefined` for an unknown unit, and for a value that
 * is no decimal or is beyond what a measurement can be (400 characters, an exponent over 400).
 */
export function canonicalQuantity(value: string, code: string): { value: string; unit: string } | undefined {
	const unit = canonicalUnit(code);
	const scaled = unit && value.length <= LONGEST_VALUE ? scaledOf(value) : undefined;
	if (!unit || !scaled || Math.abs(scaled.exponent) > LARGEST_EXPONENT) return undefined;
	const { digits, exponent } = unit.offset ? add(scaled, unit.offset) : scaled;
	const product = { digits: digits * unit.digits, exponent: exponent + unit.exponent };
	const quotient = unit.divisor === 1n ? product : divide(product, unit.divisor, SIGNIFICANT_DIGITS);
	return { value: decimalText(quotient, SIGNIFICANT_DIGITS), unit: unit.unit };
}

function add(a: Scaled, b: Scaled): Scaled {
	const exponent = Math.min(a.exponent, b.exponent);
	const at = (scaled: Scaled): bigint => scaled.digits * 10n ** BigInt(scaled.exponent - exponent);
	return { digits: at(a) + at(b), exponent };
}

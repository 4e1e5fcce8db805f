/** A decimal number without rounding: `digits` × 10^-`scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

const FORM = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
const MOST_EXPONENT = 400;
const MOST_DIGITS = 100;

/**
 * Reads a number as a query writes it; `half` is half a unit of its last written digit. `1e2` counts as `1.0e2`,
 * as the standard's own example has it. `undefined` when it is no number or beyond any use.
 * https://hl7.org/fhir/R4/search.html#number
 */
export function readDecimal(text: string): { value: Decimal; half: Decimal } | undefined {
	const match = FORM.exec(text);
	if (!match || text.length > MOST_DIGITS) return undefined;
	const [, sign, whole = "", fraction = "", exponent] = match;
	const power = Number(exponent ?? 0);
	if (Math.abs(power) > MOST_EXPONENT) return undefined;
	const scale = fraction.length - power;
	const digits = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
	const unitScale = exponent !== undefined && fraction === "" ? scale + 1 : scale;
	return { value: { digits, scale }, half: { digits: 5n, scale: unitScale + 1 } };
}

/** a + b */
export function plus(a: Decimal, b: Decimal): Decimal {
	const scale = Math.max(a.scale, b.scale);
	return { digits: shift(a, scale) + shift(b, scale), scale };
}

/** a − b */
export const minus = (a: Decimal, b: Decimal): Decimal => plus(a, { digits: -b.digits, scale: b.scale });

/** A tenth of the size of a, without its sign. */
export const tenth = ({ digits, scale }: Decimal): Decimal => ({
	digits: digits < 0n ? -digits : digits,
	scale: scale + 1,
});

/** `a` at fewer decimal places, halves upwards. */
export function roundedTo({ digits, scale }: Decimal, places: number): Decimal {
	const unit = 10n ** BigInt(scale - places);
	const doubled = 2n * digits + unit;
	const below = doubled / (2n * unit);
	return { digits: doubled < 0n && doubled % (2n * unit) !== 0n ? below - 1n : below, scale: places };
}

const shift = ({ digits, scale }: Decimal, to: number): bigint => digits * 10n ** BigInt(to - scale);

/** Plain decimal text, without an exponent. */
export function decimalText({ digits, scale }: Decimal): string {
	if (scale <= 0) return String(digits * 10n ** BigInt(-scale));
	const sign = digits < 0n ? "-" : "";
	const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
	return `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

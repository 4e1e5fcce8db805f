/** An exact fraction; `denominator` is above zero. It is reduced only where `reduced` says so. */
export type Rational = { readonly numerator: bigint; readonly denominator: bigint };

export const ONE: Rational = { numerator: 1n, denominator: 1n };

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/;

/** A decimal as an integer times a power of ten: `36.80` is 3680 and -2. */
export type Scaled = { readonly digits: bigint; readonly exponent: number };

/** The number a decimal text writes, exactly; `undefined` when it writes none. */
export function scaledOf(text: string): Scaled | undefined {
	const match = DECIMAL.exec(text);
	if (!match) return undefined;
	const [, sign, whole = "", fraction = "", exponent = "0"] = match;
	const digits = BigInt(whole + fraction);
	return { digits: sign === "-" ? -digits : digits, exponent: Number(exponent) - fraction.length };
}

/** @throws Error when `text` is no decimal. */
export function rationalOf(text: string): Rational {
	const scaled = scaledOf(text);
	if (!scaled) throw new Error(`"${text}" is no decimal`);
	const { digits, exponent } = scaled;
	return exponent < 0
		? { numerator: digits, denominator: 10n ** BigInt(-exponent) }
		: { numerator: digits * 10n ** BigInt(exponent), denominator: 1n };
}

export const times = (a: Rational, b: Rational): Rational => ({
	numerator: a.numerator * b.numerator,
	denominator: a.denominator * b.denominator,
});

/** `value` is above zero. */
export const inverse = (value: Rational): Rational => ({ numerator: value.denominator, denominator: value.numerator });

export function reduced({ numerator, denominator }: Rational): Rational {
	let a = numerator < 0n ? -numerator : numerator;
	let b = denominator;
	while (b > 0n) [a, b] = [b, a % b];
	return { numerator: numerator / a, denominator: denominator / a };
}

/**
 * A reduced fraction as `digits × 10^exponent ÷ divisor`, the divisor free of 2 and 5: it is 1 for each number that a
 * decimal can write, so that most products need no division.
 */
export function decimalFactor(value: Rational): Scaled & { readonly divisor: bigint } {
	let digits = value.numerator;
	let divisor = value.denominator;
	let exponent = 0;
	for (const [prime, other] of [
		[2n, 5n],
		[5n, 2n],
	] as const) {
		while (divisor % prime === 0n) {
			divisor /= prime;
			digits *= other;
			exponent -= 1;
		}
	}
	return { digits, exponent, divisor };
}

const lengthOf = (digits: bigint): number => (digits < 0n ? -digits : digits).toString().length;

/**
 * `digits ÷ divisor` cut after at least `places` significant digits, with one digit more that is 0 only where nothing
 * was cut off: rounding the answer once to `places` is rounding the exact quotient.
 */
export function divide({ digits, exponent }: Scaled, divisor: bigint, places: number): Scaled {
	const shift = Math.max(0, places + 1 - (lengthOf(digits) - lengthOf(divisor)));
	const dividend = digits * 10n ** BigInt(shift);
	const quotient = dividend / divisor;
	const cut = quotient * divisor === dividend ? 0n : digits < 0n ? -1n : 1n;
	return { digits: quotient * 10n + cut, exponent: exponent - shift - 1 };
}

/** Half away from zero. */
function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
	const half = dividend < 0n ? -(divisor / 2n) : divisor / 2n;
	return (dividend + half) / divisor;
}

/** The one plain decimal text of a number, to at most `places` significant digits: no exponent, no trailing zeros. */
export function decimalText({ digits, exponent }: Scaled, places: number): string {
	const surplus = lengthOf(digits) - places;
	if (surplus > 0) {
		digits = roundedQuotient(digits, 10n ** BigInt(surplus));
		exponent += surplus;
	}
	if (digits === 0n) return "0";
	const sign = digits < 0n ? "-" : "";
	let text = (digits < 0n ? -digits : digits).toString();
	const significant = text.length - trailingZeros(text);
	exponent += text.length - significant;
	text = text.slice(0, significant);
	if (exponent >= 0) return sign + text + "0".repeat(exponent);
	const point = text.length + exponent;
	return point > 0 ? `${sign}${text.slice(0, point)}.${text.slice(point)}` : `${sign}0.${"0".repeat(-point)}${text}`;
}

function trailingZeros(text: string): number {
	let zeros = 0;
	while (text.charCodeAt(text.length - 1 - zeros) === 48) zeros++;
	return zeros;
}

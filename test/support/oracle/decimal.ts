/** An exact decimal: `digits × 10^exponent`, as written. */
export type Decimal = { readonly digits: bigint; readonly exponent: number };

/** @throws when `text` is no decimal. https://hl7.org/fhir/R4/datatypes.html#decimal */
export function decimal(text: string): Decimal {
	const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
	if (!match) throw new Error(`no decimal: ${text}`);
	const [, sign, whole, fraction = "", exponent = "0"] = match;
	return {
		digits: BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`),
		exponent: Number(exponent) - fraction.length,
	};
}

export function add(a: Decimal, b: Decimal): Decimal {
	const exponent = Math.min(a.exponent, b.exponent);
	return { digits: at(a, exponent) + at(b, exponent), exponent };
}

export const multiply = (a: Decimal, b: Decimal): Decimal => ({
	digits: a.digits * b.digits,
	exponent: a.exponent + b.exponent,
});

export const negate = (a: Decimal): Decimal => ({ digits: -a.digits, exponent: a.exponent });

/** Below 0, 0 or above 0 as `a` is less than, equal to or greater than `b`. */
export const compare = (a: Decimal, b: Decimal): number => Number(sign(add(a, negate(b)).digits));

const sign = (digits: bigint): bigint => (digits < 0n ? -1n : digits > 0n ? 1n : 0n);

const at = (a: Decimal, exponent: number): bigint => a.digits * 10n ** BigInt(a.exponent - exponent);

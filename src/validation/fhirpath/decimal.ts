import { numberText } from "../../kernel/index.ts";

/** A number of JSON: a double where its text survives it, else its text (`RawNumber`). */
export type NumberValue = number | { readonly rawJSON: string };

/** A decimal number without rounding: `digits` × 10^-`scale`. */
type Decimal = { readonly digits: bigint; readonly scale: number };

const FORM = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
const MOST_DIGITS = 400;
/** Digits after the point that a quotient is carried to. */
const PLACES = 20;

/** A number by its text, without leading zeros that JSON forbids. */
export function numberOf(text: string): NumberValue {
	const plain = text.replace(/^\+/, "").replace(/^(-?)0+(?=\d)/, "$1");
	const double = Number(plain);
	return String(double) === plain ? double : (JSON.rawJSON(plain) as NumberValue);
}

/** `undefined` for what is no number, or one beyond any use. */
function read(value: NumberValue): Decimal | undefined {
	const match = FORM.exec(numberText(value) ?? "");
	if (!match || match[0].length > MOST_DIGITS) return undefined;
	const [, sign, whole = "", fraction = "", exponent] = match;
	const power = Number(exponent ?? 0);
	if (Math.abs(power) > MOST_DIGITS) return undefined;
	return { digits: BigInt(whole + fraction) * (sign === "-" ? -1n : 1n), scale: fraction.length - power };
}

const shift = ({ digits, scale }: Decimal, to: number): bigint => digits * 10n ** BigInt(to - scale);

function write({ digits, scale }: Decimal): NumberValue | undefined {
	if (scale < 0) return write({ digits: digits * 10n ** BigInt(-scale), scale: 0 });
	const size = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
	if (size.length > MOST_DIGITS) return undefined;
	const sign = digits < 0n ? "-" : "";
	return numberOf(scale === 0 ? sign + size : `${sign}${size.slice(0, -scale)}.${size.slice(-scale)}`);
}

/** Plain decimal text, without an exponent, digits as they were written. */
export function decimalText(value: NumberValue): string {
	const text = numberText(value) ?? "";
	if (!/[eE]/.test(text)) return text;
	const plain = read(value);
	const written = plain && write(plain);
	return (written !== undefined && numberText(written)) || text;
}

/** Below, equal or above zero as a is below, equal to or above b. Doubles that keep their text compare as they are. */
export function compareNumbers(a: NumberValue, b: NumberValue): number | undefined {
	if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
	const left = read(a);
	const right = read(b);
	if (!left || !right) return undefined;
	const scale = Math.max(left.scale, right.scale);
	const difference = shift(left, scale) - shift(right, scale);
	return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** One text for all ways to write a number. */
export function numberKey(value: NumberValue): string {
	const decimal = read(value);
	if (!decimal) return numberText(value) ?? "";
	const plain = numberText(write(decimal) ?? value) ?? "";
	return plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain === "-0" ? "0" : plain;
}

export type Arithmetic = "+" | "-" | "*" | "/" | "div" | "mod";

/** The result of an operation; `undefined` for a division by zero and for numbers beyond any use. */
export function calculate(operator: Arithmetic, a: NumberValue, b: NumberValue): NumberValue | undefined {
	const left = read(a);
	const right = read(b);
	if (!left || !right) return undefined;
	if (operator === "*") return write({ digits: left.digits * right.digits, scale: left.scale + right.scale });
	const scale = Math.max(left.scale, right.scale);
	const x = shift(left, scale);
	const y = shift(right, scale);
	if (operator === "+") return write({ digits: x + y, scale });
	if (operator === "-") return write({ digits: x - y, scale });
	if (y === 0n) return undefined;
	if (operator === "div") return write({ digits: x / y, scale: 0 });
	if (operator === "mod") return write({ digits: x % y, scale });
	return trimmed(rounded(x * 10n ** BigInt(PLACES + 1), y), PLACES);
}

/** The quotient of a number that has one digit too many, rounded half away from zero. */
function rounded(dividend: bigint, divisor: bigint): bigint {
	const quotient = dividend / divisor;
	return (quotient + (quotient < 0n ? -5n : 5n)) / 10n;
}

function trimmed(digits: bigint, scale: number): NumberValue | undefined {
	while (scale > 0 && digits % 10n === 0n) {
		digits /= 10n;
		scale--;
	}
	return write({ digits, scale });
}

export type Rounding = "ceiling" | "floor" | "truncate" | "round";

/** To `places` digits after the point; half goes away from zero. */
export function roundNumber(way: Rounding, value: NumberValue, places: number): NumberValue | undefined {
	const decimal = read(value);
	if (!decimal || places < 0 || places > MOST_DIGITS) return undefined;
	if (decimal.scale <= places) return write(decimal);
	const unit = 10n ** BigInt(decimal.scale - places);
	const whole = decimal.digits / unit;
	const rest = decimal.digits % unit;
	const size = rest < 0n ? -rest : rest;
	const up = way === "ceiling" ? rest > 0n : way === "round" && decimal.digits > 0n && size * 2n >= unit;
	const down = way === "floor" ? rest < 0n : way === "round" && decimal.digits < 0n && size * 2n >= unit;
	return write({ digits: whole + (up ? 1n : down ? -1n : 0n), scale: places });
}

/** The digit that makes `digits` followed by it pass the Luhn test. */
export function luhnDigit(digits: string): string {
	let sum = 0;
	for (let i = digits.length - 1, double = true; i >= 0; i--, double = !double) {
		const digit = digits.charCodeAt(i) - 48;
		sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
	}
	return String((10 - (sum % 10)) % 10);
}

const SPACE = 100_000_000_000;
/** Odd and no multiple of 5, so that multiplying by it visits every number below `SPACE` once. */
const STEP = 61_803_398_877n;

/** A fictitious 14-digit number, dashed 2-4-4-4, that passes the Luhn test; different for every index of a seed. */
export function fourteenDigits(prefix: string, seed: number, index: number): string {
	const serial = Number((BigInt(index) * STEP + BigInt(Math.abs(seed)) * 7_919_000_009n) % BigInt(SPACE));
	const body = prefix + String(serial).padStart(11, "0");
	const all = body + luhnDigit(body);
	return `${all.slice(0, 2)}-${all.slice(2, 6)}-${all.slice(6, 10)}-${all.slice(10)}`;
}

/** An Indian number that nobody can hold: no subscriber number begins with 0 behind an area code. */
export const phone = (index: number): string => `+915550${String(index % 1_000_000).padStart(6, "0")}`;

import { isObject, type Json, numberText } from "../../kernel/index.ts";

/** Whether two values are the same in every part: what `fixed[x]` asks for. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
	if (Array.isArray(one)) {
		return Array.isArray(other) && one.length === other.length && one.every((item, i) => isSame(item, other[i]));
	}
	if (isObject(one)) {
		if (!isObject(other)) return false;
		const keys = Object.keys(one);
		return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
	}
	return isSamePrimitive(one, other);
}

/**
 * Whether a value has all that `pattern[x]` names: each of its properties, and for each item of its arrays one that
 * has all of that item. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_
 */
export function holds(pattern: Json | undefined, value: Json | undefined): boolean {
	if (Array.isArray(pattern)) {
		return Array.isArray(value) && pattern.every((wanted) => value.some((item) => holds(wanted, item)));
	}
	if (isObject(pattern)) {
		return isObject(value) && Object.keys(pattern).every((key) => holds(pattern[key], value[key]));
	}
	return isSamePrimitive(pattern, value);
}

/** Numbers by their value: `1.0` and `1` are one number, written twice. */
function isSamePrimitive(one: Json | undefined, other: Json | undefined): boolean {
	if (one === other) return true;
	const a = numberText(one);
	const b = numberText(other);
	return a !== undefined && b !== undefined && canonicalDecimal(a) === canonicalDecimal(b);
}

/** Digits without zeros at the ends, and the power of ten they stand at. */
function canonicalDecimal(text: string): string {
	const [, sign = "", whole = "", fraction = "", exponent = "0"] =
		/^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
	const digits = (whole + fraction).replace(/^0+/, "");
	const kept = digits.replace(/0+$/, "");
	if (kept === "") return "0";
	return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

import { isId, isRawNumber } from "../kernel/index.ts";
import { narrativeFault } from "./narrative.ts";

/** How a primitive type is written in JSON. `test` decides; `rule` says what is right, as the end of "… must be". */
export type Format = {
	readonly json: "string" | "boolean" | "number";
	readonly test: (value: unknown) => boolean;
	readonly rule: string;
};

const MAX_TEXT = 1024 * 1024;
const MAX_INTEGER = 2_147_483_647;
const MAX_DIGITS = 18;
const MAX_DECIMAL_TEXT = 100;
/** Beyond it a decimal has no double and no sensible numeric index; no measurement comes near. */
const MAX_EXPONENT = 300;

const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?";
const ZONE = "(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))";
const DAY = "(?!0000)\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const PARTIAL = "(?!0000)\\d{4}(?:-(?:0[1-9]|1[0-2]))?";
const DATE = new RegExp(`^(?:${DAY}|${PARTIAL})$`);
const DATE_TIME = new RegExp(`^(?:${DAY}(?:T${TIME}${ZONE})?|${PARTIAL})$`);
const INSTANT = new RegExp(`^${DAY}T${TIME}${ZONE}$`);
const TIME_ONLY = new RegExp(`^${TIME}$`);
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const text = (rule: string, test: (value: string) => boolean): Format => ({
	json: "string",
	test: (value) => typeof value === "string" && test(value),
	rule,
});
const integer = (rule: string, least: number): Format => ({
	json: "number",
	test: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_INTEGER,
	rule,
});

const TEXT_RULE = "text of at most 1 MB with a visible character and no control characters but tab and line ends";
const URI_RULE = "a URI without spaces";

/** By type name. https://hl7.org/fhir/R4/datatypes.html#primitive */
export const FORMATS: Readonly<Record<string, Format>> = {
	boolean: { json: "boolean", test: (value) => typeof value === "boolean", rule: "true or false" },
	integer: integer("a whole number from -2147483648 to 2147483647, written in digits only", -MAX_INTEGER - 1),
	positiveInt: integer("a whole number from 1 to 2147483647, written in digits only", 1),
	unsignedInt: integer("a whole number from 0 to 2147483647, written in digits only", 0),
	decimal: {
		json: "number",
		test: isDecimal,
		rule: "a number of at most 18 significant digits, its exponent within ±300",
	},
	date: text("a date of the calendar as YYYY, YYYY-MM or YYYY-MM-DD", (value) => DATE.test(value) && isRealDay(value)),
	dateTime: text(
		"YYYY, YYYY-MM, YYYY-MM-DD or a full YYYY-MM-DDThh:mm:ss with zone (Z or +05:30), and in the calendar",
		(value) => DATE_TIME.test(value) && isRealDay(value),
	),
	instant: text(
		"a full YYYY-MM-DDThh:mm:ss with zone (Z or +05:30), and in the calendar",
		(value) => INSTANT.test(value) && isRealDay(value),
	),
	time: text("a time of day as hh:mm:ss, without zone", (value) => TIME_ONLY.test(value)),
	string: text(TEXT_RULE, isText),
	markdown: text(TEXT_RULE, isText),
	code: text("a code without spaces at its ends and no space but single ones inside", isCode),
	id: text("an id of 1 to 64 letters, digits, hyphens and dots", isId),
	uri: text(URI_RULE, isToken),
	url: text(URI_RULE, isToken),
	canonical: text("a canonical URL without spaces, with |version where wanted", isToken),
	oid: text("an OID as urn:oid:1.2.3", (value) => OID.test(value)),
	uuid: text("a UUID as urn:uuid: and 32 lower-case hexadecimal digits with hyphens", (value) => UUID.test(value)),
	base64Binary: text("base64 of at least one byte, in groups of four characters", isBase64),
	xhtml: text(
		"an XHTML <div> without control characters",
		(value) => isCleanText(value) && narrativeFault(value) === undefined,
	),
};

/** What is amiss with a value of the right JSON kind, told without repeating it; `undefined` when the rule says enough. */
export function reason(type: string, value: unknown): string | undefined {
	if (typeof value !== "string") return undefined;
	if (value === "") return "it is empty; leave it out";
	if (!value.isWellFormed()) return "it holds half of a surrogate pair";
	if (!isCleanText(value)) return "it is blank or holds control characters";
	if (type === "xhtml") return undefined;
	return value.length > MAX_TEXT && isTextType(type) ? `it has ${value.length} characters` : undefined;
}

const isTextType = (type: string): boolean => type === "string" || type === "markdown";

/**
 * Zeros at either end are not counted: they tell precision, which is kept as written, and HL7's own example
 * `Observation/decimal` has 19 digits that way. The length is bounded all the same.
 */
function isDecimal(value: unknown): boolean {
	if (typeof value === "number") return Number.isFinite(value);
	if (!isRawNumber(value) || value.rawJSON.length > MAX_DECIMAL_TEXT) return false;
	const [, digits = "", exponent = "0"] = /^-?([\d.]+)(?:[eE](.*))?$/.exec(value.rawJSON) ?? [];
	if (Math.abs(Number(exponent)) > MAX_EXPONENT) return false;
	return digits.replace(".", "").replace(/^0+|0+$/g, "").length <= MAX_DIGITS;
}

/** Whether the day is in its month; the pattern has seen to everything else. */
function isRealDay(value: string): boolean {
	if (value.length < 10) return true;
	const day = (value.charCodeAt(8) - 48) * 10 + value.charCodeAt(9) - 48;
	if (day < 29) return true;
	const month = (value.charCodeAt(5) - 48) * 10 + value.charCodeAt(6) - 48;
	if (month !== 2) return day < 31 || month === 1 || month === 3 || month === 5 || month === 7 || isLateLong(month);
	const year = Number(value.slice(0, 4));
	return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const isLateLong = (month: number): boolean => month === 8 || month === 10 || month === 12;

/** At most 1 MB, by characters; only a longer text is counted in code points. */
function isText(value: string): boolean {
	if (!isCleanText(value)) return false;
	return value.length <= MAX_TEXT || (value.length <= 2 * MAX_TEXT && [...value].length <= MAX_TEXT);
}

/** Something visible, no control characters but tab and line ends, no half surrogate pair. */
function isCleanText(value: string): boolean {
	let visible = false;
	let surrogates = false;
	for (let i = 0; i < value.length; i++) {
		const c = value.charCodeAt(i);
		if (c > 32) {
			visible = true;
			if (c >= 0xd800 && c <= 0xdfff) surrogates = true;
		} else if (c < 32 && c !== 9 && c !== 10 && c !== 13) return false;
	}
	return visible && (!surrogates || value.isWellFormed());
}

function isToken(value: string): boolean {
	let surrogates = false;
	for (let i = 0; i < value.length; i++) {
		const c = value.charCodeAt(i);
		if (c <= 32) return false;
		if (c >= 0xd800 && c <= 0xdfff) surrogates = true;
	}
	return value.length > 0 && (!surrogates || value.isWellFormed());
}

function isCode(value: string): boolean {
	let spaced = true;
	let surrogates = false;
	for (let i = 0; i < value.length; i++) {
		const c = value.charCodeAt(i);
		if (c < 32 || (c === 32 && spaced)) return false;
		spaced = c === 32;
		if (c >= 0xd800 && c <= 0xdfff) surrogates = true;
	}
	return !spaced && (!surrogates || value.isWellFormed());
}

/** Line ends and spaces may break it up. A loop, because a pattern runs out of stack on megabytes. */
function isBase64(value: string): boolean {
	let characters = 0;
	let padding = 0;
	for (let i = 0; i < value.length; i++) {
		const c = value.charCodeAt(i);
		if (c === 32 || c === 9 || c === 10 || c === 13) continue;
		characters++;
		if (c === 61) padding++;
		else if (padding > 0 || !isBase64Character(c)) return false;
	}
	return characters > 0 && characters % 4 === 0 && padding <= 2;
}

const isBase64Character = (c: number): boolean =>
	(c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 43 || c === 47;

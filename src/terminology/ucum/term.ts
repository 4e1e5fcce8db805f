import { ucumDefinitions } from "./definitions.ts";
import { inverse, ONE, type Rational, rationalOf, times } from "./rational.ts";

/** A unit in base units: `factor` times the product of each base unit to its power. */
export type BaseUnits = {
	readonly factor: Rational;
	readonly powers: ReadonlyMap<string, number>;
	/** Only for a special unit that stands alone: added to a value before the factor. */
	readonly offset?: string;
};

/** What is longer, or leaves these bounds on the way, is no unit anyone measures in. */
const MOST_CHARACTERS = 200;
const LARGEST = 10n ** 1000n;

/**
 * A case-sensitive UCUM expression in base units, its factor exact but not reduced; `undefined` when it is not valid, or
 * not linear (`[pH]`, `dB`). Takes two milliseconds at most, whatever the text. https://ucum.org/ucum#section-Grammar-of-Units-and-Terms
 */
export function parseTerm(code: string): BaseUnits | undefined {
	if (code.length === 0 || code.length > MOST_CHARACTERS) return undefined;
	const parser = { code, at: 0 };
	const unit = readTerm(parser);
	return parser.at === code.length ? unit : undefined;
}

type Parser = { readonly code: string; at: number };

const NONE: BaseUnits = { factor: ONE, powers: new Map() };

/** Left to right: `/m.s` is `s/m`. */
function readTerm(parser: Parser): BaseUnits | undefined {
	let product: BaseUnits | undefined;
	let operator = parser.code[parser.at] === "/" ? parser.code[parser.at++] : undefined;
	do {
		const unit = readComponent(parser);
		if (!unit) return undefined;
		if (operator === undefined) product = unit;
		else product = multiply(product ?? NONE, operator === "/" ? -1 : 1, unit);
		if (!product) return undefined;
		operator = undefined;
		const next = parser.code[parser.at];
		if (next === "." || next === "/") {
			operator = next;
			parser.at++;
		}
	} while (operator !== undefined);
	return product;
}

const ANNOTATION = /\{[\x21-\x7a|~]*\}/y;
/** A symbol or number with its exponent; what stands in brackets may hold any sign. */
const SIMPLE = /(?:\[[^[\]]*\]|[^[\](){}./\s])+/y;

function readComponent(parser: Parser): BaseUnits | undefined {
	if (parser.code[parser.at] === "(") {
		parser.at++;
		const inner = readTerm(parser);
		return parser.code[parser.at++] === ")" ? inner : undefined;
	}
	const text = readMatch(parser, SIMPLE);
	const annotation = readMatch(parser, ANNOTATION);
	if (text !== undefined) return readSimple(text);
	return annotation === undefined ? undefined : NONE;
}

function readMatch(parser: Parser, pattern: RegExp): string | undefined {
	pattern.lastIndex = parser.at;
	const text = pattern.exec(parser.code)?.[0];
	parser.at += text?.length ?? 0;
	return text;
}

function readSimple(text: string): BaseUnits | undefined {
	if (/^\d+$/.test(text)) return /[1-9]/.test(text) ? { factor: rationalOf(text), powers: new Map() } : undefined;
	const match = /^(.*?)([+-]?\d{1,2})?$/.exec(text);
	const unit = symbolUnit(match?.[1] ?? "");
	return unit && match?.[2] !== undefined ? multiply(NONE, Number(match[2]), unit) : unit;
}

const resolved = new Map<string, BaseUnits | undefined>();

/** A symbol with or without prefix: `mm` is `m` and `m`, `m[Hg]` a symbol of its own. */
function symbolUnit(symbol: string): BaseUnits | undefined {
	const { units, prefixes } = ucumDefinitions();
	if (units.has(symbol)) return definedUnit(symbol);
	for (const length of [2, 1]) {
		const prefix = prefixes.get(symbol.slice(0, length));
		const rest = symbol.slice(length);
		if (prefix === undefined || !units.get(rest)?.metric) continue;
		const unit = definedUnit(rest);
		const scale = rationalOf(prefix);
		return unit && (unit.offset === undefined ? scaled(unit, scale) : undefined);
	}
	return undefined;
}

function definedUnit(symbol: string): BaseUnits | undefined {
	if (!resolved.has(symbol)) resolved.set(symbol, define(symbol));
	return resolved.get(symbol);
}

function define(symbol: string): BaseUnits | undefined {
	const definition = ucumDefinitions().units.get(symbol);
	if (!definition || definition.nonLinear) return undefined;
	if (definition.term === undefined) return { factor: ONE, powers: new Map([[symbol, 1]]) };
	const unit = parseTerm(definition.term);
	const [numerator = "1", denominator = "1"] = definition.factor.split("/");
	const factor = times(rationalOf(numerator), inverse(rationalOf(denominator)));
	return unit && { ...scaled(unit, factor), ...(definition.offset && { offset: definition.offset }) };
}

const scaled = (unit: BaseUnits, factor: Rational): BaseUnits => ({ ...unit, factor: times(unit.factor, factor) });

/** `left × right^power`; `undefined` beyond the bounds, and for a temperature scale, which is no factor of anything. */
function multiply(left: BaseUnits, power: number, right: BaseUnits): BaseUnits | undefined {
	if (left.offset !== undefined || right.offset !== undefined) return undefined;
	const step = power < 0 ? inverse(right.factor) : right.factor;
	let { factor } = left;
	for (let i = Math.abs(power); i > 0; i--) {
		factor = times(factor, step);
		if (factor.numerator > LARGEST || factor.denominator > LARGEST) return undefined;
	}
	const powers = new Map(left.powers);
	for (const [base, exponent] of right.powers) {
		const sum = (powers.get(base) ?? 0) + exponent * power;
		if (sum === 0) powers.delete(base);
		else powers.set(base, sum);
	}
	return { factor, powers };
}

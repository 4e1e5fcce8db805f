import { isObject, type Json, type JsonObject, numberText } from "../../kernel/index.ts";
import { canonicalQuantity } from "../../terminology/index.ts";
import { splitEscaped, unescaped } from "../escape.ts";
import type { Node, Prefix } from "../tree.ts";
import { type Bounds, boundsOf } from "./number.ts";
import { malformed, splitPrefix } from "./prefix.ts";
import { type Asked, hasContent, type SearchType } from "./search-type.ts";

const UCUM = "http://unitsofmeasure.org";
/** The system of a currency code, which Money leaves out. */
const CURRENCIES = "urn:iso:std:iso:4217";

/**
 * Quantity: `number`, `number|system|code`, `number||code`. Units of UCUM are compared in base units, so that `1 g`
 * finds `1000 mg`. A Range, and a value with a comparator, stands for all numbers between its ends.
 * A stored value is `{l, h, o, s, c, u}` (low, high, which end is open, system, code, unit) and `{w, x, k}` (low, high
 * and unit in base units). https://hl7.org/fhir/R4/search.html#quantity
 */
export const quantity: SearchType = {
	name: "quantity",
	modifiers: [],
	presence: "q",
	index({ value, type }, index) {
		const fact = isObject(value) ? factOf(value, type) : undefined;
		if (fact) index.fact("q", fact);
		else if (isObject(value) && hasContent(value)) index.present();
	},
	read({ parameter, path, text }: Asked): Node {
		const parts = splitEscaped(text, "|").map(unescaped);
		const { prefix, rest } = splitPrefix(parts[0] ?? "");
		const bounds = boundsOf(rest);
		if (!bounds || parts.length > 3 || parts.length === 2) {
			throw malformed(
				parameter.code,
				"number, number|system|code or number||code, as 5.4|http://unitsofmeasure.org|mg",
			);
		}
		const [, system = "", code = ""] = parts;
		return { kind: "fact", fact: "q", path: path.name, test: testOf(prefix, bounds, system, code) };
	},
};

type End = { readonly text: string; readonly json: Json };

function factOf(value: JsonObject, type: string): JsonObject | undefined {
	if (type === "Range") return rangeFact(value);
	if (type === "SampledData") return isObject(value.origin) ? factOf(value.origin, "Quantity") : undefined;
	const number = endOf(value.value);
	if (!number) return undefined;
	const unit =
		type === "Money" ? { s: CURRENCIES, c: value.currency } : { s: value.system, c: value.code, u: value.unit };
	const { comparator } = value;
	const isBelow = comparator === "<" || comparator === "<=";
	const isAbove = comparator === ">" || comparator === ">=";
	const open = comparator === "<" ? "h" : comparator === ">" ? "l" : undefined;
	return assemble(isBelow ? undefined : number, isAbove ? undefined : number, open, unit);
}

function rangeFact({ low, high }: JsonObject): JsonObject | undefined {
	const unitOf = isObject(low) ? low : isObject(high) ? high : undefined;
	if (!unitOf) return undefined;
	const unit = { s: unitOf.system, c: unitOf.code, u: unitOf.unit };
	return assemble(
		isObject(low) ? endOf(low.value) : undefined,
		isObject(high) ? endOf(high.value) : undefined,
		undefined,
		unit,
	);
}

const endOf = (value: Json | undefined): End | undefined => {
	const text = numberText(value);
	return text === undefined ? undefined : { text, json: value as Json };
};

function assemble(low: End | undefined, high: End | undefined, open: string | undefined, unit: JsonObject): JsonObject {
	const fact: JsonObject = {
		...(low && { l: low.json }),
		...(high && { h: high.json }),
		...(open !== undefined && { o: open }),
	};
	for (const [name, value] of Object.entries(unit)) if (typeof value === "string") fact[name] = value;
	if (unit.s !== UCUM || typeof unit.c !== "string") return fact;
	const { c: code } = unit;
	const base = (end: End | undefined) => end && canonicalQuantity(end.text, code);
	const [w, x] = [base(low), base(high)];
	const k = (w ?? x)?.unit;
	if (k === undefined) return fact;
	return { ...fact, ...(w && { w: JSON.rawJSON(w.value) }), ...(x && { x: JSON.rawJSON(x.value) }), k };
}

function testOf(prefix: Prefix, bounds: Bounds, system: string, code: string): string {
	if (code === "") {
		const ofSystem = system === "" ? "" : ` && @.s == ${JSON.stringify(system)}`;
		return `(${spanTest(prefix, bounds, "l", "h")})${ofSystem}`;
	}
	const name = JSON.stringify(code);
	if (system === "") return `(${spanTest(prefix, bounds, "l", "h")}) && (@.c == ${name} || @.u == ${name})`;
	const base = system === UCUM ? inBaseUnits(bounds, code) : undefined;
	if (base) return `(${spanTest(prefix, base.bounds, "w", "x")}) && @.k == ${JSON.stringify(base.unit)}`;
	return `(${spanTest(prefix, bounds, "l", "h")}) && @.s == ${JSON.stringify(system)} && @.c == ${name}`;
}

function inBaseUnits(bounds: Bounds, code: string): { bounds: Bounds; unit: string } | undefined {
	const base = (text: string): string => canonicalQuantity(text, code)?.value ?? text;
	const unit = canonicalQuantity(bounds.value, code)?.unit;
	if (unit === undefined) return undefined;
	const { value, low, high, near } = bounds;
	return {
		unit,
		bounds: { value: base(value), low: base(low), high: base(high), near: [base(near[0]), base(near[1])] },
	};
}

/** The test of a stored span; an end that is not there is endless. */
function spanTest(prefix: Prefix, { value, low, high, near }: Bounds, l: string, h: string): string {
	const [L, H] = [`@.${l}`, `@.${h}`];
	const endless = (end: string): string => `!exists(${end})`;
	const inside = `(${L} >= ${low} && ${H} < ${high})`;
	const above = (n: string): string => `(${endless(H)} || ${H} > ${n})`;
	const below = (n: string): string => `(${endless(L)} || ${L} < ${n})`;
	const [touchesAbove, touchesBelow] = [`(${H} == ${value} && !(@.o == "h"))`, `(${L} == ${value} && !(@.o == "l"))`];
	switch (prefix) {
		case "eq":
			return inside;
		case "ne":
			return `${endless(L)} || ${endless(H)} || ${L} < ${low} || ${H} >= ${high}`;
		case "gt":
			return above(value);
		case "lt":
			return below(value);
		case "ge":
			return `${above(value)} || ${touchesAbove}`;
		case "le":
			return `${below(value)} || ${touchesBelow}`;
		case "sa":
			return `${L} > ${value} || (${L} == ${value} && @.o == "l")`;
		case "eb":
			return `${H} < ${value} || (${H} == ${value} && @.o == "h")`;
		case "ap":
			return `(${endless(H)} || ${H} > ${near[0]} || (${H} == ${near[0]} && !(@.o == "h")))
				&& (${endless(L)} || ${L} < ${near[1]} || (${L} == ${near[1]} && !(@.o == "l")))`;
	}
}

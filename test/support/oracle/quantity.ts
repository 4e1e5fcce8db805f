import { numberText } from "../../../src/kernel/index.ts";
import { type Decimal, decimal } from "./decimal.ts";
import { splitAt, unescaped } from "./escape.ts";
import { holds, type Interval, type Sought, scaled, scaledInterval, sought } from "./interval.ts";
import { canonicalUnit } from "./units.ts";
import { type Fields, fieldsOf, type Matcher, textOf, type Value } from "./world.ts";

const UCUM = "http://unitsofmeasure.org";
const CURRENCIES = "urn:iso:std:iso:4217";

/** Numbers with the words for their unit. */
type Measured = {
	readonly interval: Interval;
	readonly system?: string;
	readonly code?: string;
	readonly unit?: string;
};

/**
 * `value` whatever the unit, `value|system|` in any unit of a system, `value||code` by code or unit as written, `value|system|code` by system and code, where
 * UCUM units are compared as measures. https://hl7.org/fhir/R4/search.html#quantity
 */
export const quantity: Matcher = ({ part }, value) => {
	const [number = "", system, code] = splitAt(part, "|").map(unescaped);
	const question = sought(number);
	const measured = measuredOf(value);
	if (measured === undefined) return false;
	if (system === undefined || code === undefined) return holds(question, measured.interval);
	if (code === "") return (system === "" || system === measured.system) && holds(question, measured.interval);
	if (system === "") return [measured.code, measured.unit].includes(code) && holds(question, measured.interval);
	if (system !== measured.system || measured.code === undefined) return false;
	return system === UCUM
		? asMeasures(question, code, measured.interval, measured.code)
		: code === measured.code && holds(question, measured.interval);
};

function asMeasures(question: Sought, code: string, target: Interval, targetCode: string): boolean {
	const [asked, stored] = [canonicalUnit(code), canonicalUnit(targetCode)];
	return asked.unit === stored.unit && holds(scaled(question, asked.factor), scaledInterval(target, stored.factor));
}

function measuredOf({ data, type }: Value): Measured | undefined {
	const fields = fieldsOf(data);
	switch (type) {
		case "Range":
			return ofRange(fieldsOf(fields.low), fieldsOf(fields.high));
		case "SampledData":
			return ofQuantity(fieldsOf(fields.origin));
		case "Money":
			return ofQuantity({ value: fields.value, system: CURRENCIES, code: fields.currency });
		default:
			return ofQuantity(fields);
	}
}

function ofQuantity(fields: Fields): Measured | undefined {
	const exact = exactOf(fields);
	return exact && { interval: compared(exact, textOf(fields.comparator)), ...unitOf(fields) };
}

/** `<5` is any number below 5. */
function compared(exact: Decimal, comparator: string | undefined): Interval {
	if (comparator === undefined) return { low: exact, high: exact };
	const open = comparator.length === 1;
	return comparator.startsWith("<") ? { high: exact, highOpen: open } : { low: exact, lowOpen: open };
}

function ofRange(low: Fields, high: Fields): Measured | undefined {
	const ends = { low: exactOf(low), high: exactOf(high) };
	return ends.low || ends.high ? { interval: ends, ...unitOf({ ...high, ...low }) } : undefined;
}

const exactOf = ({ value }: Fields): Decimal | undefined => {
	const text = numberText(value);
	return text === undefined ? undefined : decimal(text);
};

const unitOf = ({ system, code, unit }: Fields) => ({ system: textOf(system), code: textOf(code), unit: textOf(unit) });

import { type Compiled, fromSingle, fromTruth, singleOf } from "../compiled.ts";
import { decimalText, type NumberValue, numberOf } from "../decimal.ts";
import { readMoment } from "../moment.ts";
import { type Node, node, textNode } from "../node.ts";
import { isNumber } from "../number-value.ts";
import { argument, type Call, type FunctionDefinition } from "../place.ts";
import { compareQuantities, type Quantity, readQuantity } from "../quantity.ts";

import { isMoment, isQuantity } from "../values.ts";

type Convert = (item: Node) => Node | undefined;

const TRUE_TEXTS = new Set(["true", "t", "yes", "y", "1", "1.0"]);
const FALSE_TEXTS = new Set(["false", "f", "no", "n", "0", "0.0"]);
const INTEGER = /^[+-]?\d{1,10}$/;
const DECIMAL = /^[+-]?\d{1,100}(\.\d{1,100})?$/;
const QUANTITY =
	/^([+-]?\d{1,100}(?:\.\d{1,100})?)\s*(?:'([^']+)'|(year|month|week|day|hour|minute|second|millisecond)s?)?$/;
const MOST_INTEGER = 2 ** 31 - 1;

function toBoolean({ value }: Node): Node | undefined {
	if (typeof value === "boolean") return node(value, "System.Boolean");
	const text = isNumber(value) ? decimalText(value) : typeof value === "string" ? value.toLowerCase() : "";
	if (TRUE_TEXTS.has(text)) return node(true, "System.Boolean");
	return FALSE_TEXTS.has(text) ? node(false, "System.Boolean") : undefined;
}

function toInteger({ value }: Node): Node | undefined {
	if (typeof value === "boolean") return node(value ? 1 : 0, "System.Integer");
	const number = isNumber(value)
		? value
		: typeof value === "string" && INTEGER.test(value)
			? numberOf(value)
			: undefined;
	const double = number === undefined ? Number.NaN : Number(decimalText(number));
	return Number.isInteger(double) && Math.abs(double) <= MOST_INTEGER ? node(double, "System.Integer") : undefined;
}

function toDecimal({ value }: Node): Node | undefined {
	if (typeof value === "boolean") return node(value ? 1 : 0, "System.Decimal");
	if (isNumber(value)) return node(value, "System.Decimal");
	return typeof value === "string" && DECIMAL.test(value) ? node(numberOf(value), "System.Decimal") : undefined;
}

function toText(item: Node): Node | undefined {
	const { value } = item;
	if (typeof value === "string") return textNode(value);
	if (typeof value === "boolean") return textNode(String(value));
	if (isNumber(value)) return textNode(decimalText(value));
	if (!isQuantity(item)) return undefined;
	const quantity = readQuantity(value);
	if (!quantity) return undefined;
	const { code, calendar } = value as { code?: string; calendar?: boolean };
	const number = decimalText(quantity.value);
	return textNode(calendar ? `${number} ${code}${number === "1" ? "" : "s"}` : `${number} '${quantity.code}'`);
}

/** A moment of the kind asked, from one of any kind or from text. */
const toMoment =
	(type: "Date" | "DateTime" | "Time"): Convert =>
	(item) => {
		const text = item.value;
		if (typeof text !== "string") return undefined;
		const plain = type === "Time" ? text.replace(/^T/, "") : text;
		const moment = readMoment(plain);
		if (!moment || (moment.kind === "time") !== (type === "Time")) return undefined;
		if (type === "Date") {
			return isMoment(item) || !plain.includes("T") ? node(plain.split("T")[0], "System.Date") : undefined;
		}
		return node(plain, `System.${type}`);
	};

function toQuantity(item: Node): Node | undefined {
	const { value } = item;
	if (isQuantity(item)) return readQuantity(value) && node(value, "System.Quantity");
	if (typeof value === "boolean") return quantityNode(value ? 1 : 0, "1");
	if (isNumber(value)) return quantityNode(value, "1");
	const [, number, code, unit] = (typeof value === "string" && QUANTITY.exec(value)) || [];
	if (number === undefined) return undefined;
	return quantityNode(numberOf(number), code ?? unit ?? "1", unit !== undefined);
}

const quantityNode = (value: NumberValue, code: string, calendar = false): Node =>
	node(calendar ? { value, code, calendar } : { value, code }, "System.Quantity");

const conversion = (convert: Convert): FunctionDefinition => ({
	least: 0,
	most: 0,
	compile: ({ input }) =>
		fromSingle(undefined, input.closed, (focus, env) => {
			const item = singleOf(input.nodes(focus, env));
			return item?.value === undefined ? undefined : convert(item);
		}),
});

const convertible = (convert: Convert): FunctionDefinition => ({
	least: 0,
	most: 0,
	compile: ({ input }) =>
		fromTruth(input.closed, (focus, env) => {
			const item = singleOf(input.nodes(focus, env));
			return item?.value === undefined ? undefined : convert(item) !== undefined;
		}),
});

/** To a quantity in the unit given, where it has that dimension; only the value in the same unit is exact. */
function quantityIn(call: Call): Compiled {
	const { input } = call;
	const unit = argument(call, 0);
	return fromSingle(["System.Quantity"], input.closed && (unit?.closed ?? true), (focus, env) => {
		const item = singleOf(input.nodes(focus, env));
		const quantity = item && toQuantity(item);
		if (!quantity || !unit) return quantity;
		const wanted = singleOf(unit.nodes(focus, env))?.value;
		const read = readQuantity(quantity.value) as Quantity;
		if (typeof wanted !== "string") return undefined;
		return wanted === read.code || compareQuantities(read, { value: 0, code: wanted }) !== undefined
			? quantity
			: undefined;
	});
}

const BY_TYPE: Readonly<Record<string, Convert>> = {
	Boolean: toBoolean,
	Integer: toInteger,
	Decimal: toDecimal,
	String: toText,
	Date: toMoment("Date"),
	DateTime: toMoment("DateTime"),
	Time: toMoment("Time"),
	Quantity: toQuantity,
};

/** http://hl7.org/fhirpath/N1/#conversion */
export const CONVERSION: Readonly<Record<string, FunctionDefinition>> = {
	...Object.fromEntries(
		Object.entries(BY_TYPE).flatMap(([type, convert]) => [
			[`to${type}`, conversion(convert)],
			[`convertsTo${type}`, convertible(convert)],
		]),
	),
	toQuantity: { least: 0, most: 1, compile: quantityIn },
};

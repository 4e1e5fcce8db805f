import { type Compiled, fromSingle, singleOf } from "../compiled.ts";
import { calculate, compareNumbers, type NumberValue, type Rounding, roundNumber } from "../decimal.ts";
import { untellable } from "../env.ts";
import { integerNode, type Node, node } from "../node.ts";
import { isNumber } from "../number-value.ts";
import { argument, type Call, type FunctionDefinition } from "../place.ts";
import { readQuantity } from "../quantity.ts";
import { isQuantity } from "../values.ts";
import { wholeOf } from "./collection.ts";

const numeric = (operate: (value: NumberValue, node: Node) => Node | undefined): FunctionDefinition => ({
	least: 0,
	most: 0,
	compile: ({ input }) =>
		fromSingle(undefined, input.closed, (focus, env) => {
			const item = singleOf(input.nodes(focus, env));
			if (item?.value === undefined) return undefined;
			if (!isNumber(item.value)) throw untellable();
			return operate(item.value, item);
		}),
});

const decimalNode = (value: NumberValue | undefined): Node | undefined =>
	value === undefined ? undefined : node(value, "System.Decimal");

/** By way of a double: what has no exact decimal result. */
const double = (operate: (value: number) => number): FunctionDefinition =>
	numeric((value) => {
		const result = operate(Number(typeof value === "number" ? value : value.rawJSON));
		return Number.isFinite(result) ? decimalNode(result) : undefined;
	});

const rounding = (way: Rounding): FunctionDefinition =>
	numeric((value) => {
		const whole = roundNumber(way, value, 0);
		return typeof whole === "number" ? integerNode(whole) : undefined;
	});

function abs({ input }: Call): Compiled {
	return fromSingle(undefined, input.closed, (focus, env) => {
		const item = singleOf(input.nodes(focus, env));
		if (item?.value === undefined) return undefined;
		const quantity = isQuantity(item) ? readQuantity(item.value) : undefined;
		if (quantity) return node({ value: positive(quantity.value), code: quantity.code }, "System.Quantity");
		if (!isNumber(item.value)) throw untellable();
		const type = item.type === "decimal" || item.type === "System.Decimal" ? "System.Decimal" : "System.Integer";
		return node(positive(item.value), type);
	});
}

const positive = (value: NumberValue): NumberValue =>
	(compareNumbers(value, 0) ?? 0) < 0 ? (calculate("-", 0, value) ?? value) : value;

function round(call: Call): Compiled {
	const { input } = call;
	const places = argument(call, 0);
	return fromSingle(["System.Decimal"], input.closed && (places?.closed ?? true), (focus, env) => {
		const value = singleOf(input.nodes(focus, env))?.value;
		if (value === undefined) return undefined;
		const digits = places ? wholeOf(places, focus, env) : 0;
		if (!isNumber(value) || digits === undefined || digits < 0) throw untellable();
		return decimalNode(roundNumber("round", value, digits));
	});
}

const binary = (operate: (a: number, b: number) => number): FunctionDefinition => ({
	least: 1,
	most: 1,
	compile: (call) => {
		const { input } = call;
		const other = argument(call, 0) as Compiled;
		return fromSingle(["System.Decimal"], input.closed && other.closed, (focus, env) => {
			const a = singleOf(input.nodes(focus, env))?.value;
			const b = singleOf(other.nodes(focus, env))?.value;
			if (a === undefined || b === undefined) return undefined;
			if (!isNumber(a) || !isNumber(b)) throw untellable();
			const double = operate(toDouble(a), toDouble(b));
			return Number.isFinite(double) ? decimalNode(double) : undefined;
		});
	},
});

const toDouble = (value: NumberValue): number => Number(typeof value === "number" ? value : value.rawJSON);

/** http://hl7.org/fhirpath/N1/#math */
export const MATH: Readonly<Record<string, FunctionDefinition>> = {
	abs: { least: 0, most: 0, compile: abs },
	ceiling: rounding("ceiling"),
	floor: rounding("floor"),
	truncate: rounding("truncate"),
	round: { least: 0, most: 1, compile: round },
	exp: double(Math.exp),
	ln: double(Math.log),
	sqrt: double(Math.sqrt),
	log: binary((value, base) => Math.log(value) / Math.log(base)),
	power: binary((value, exponent) => value ** exponent),
};

import { type Compiled, fromSingle, singleOf } from "./compiled.ts";
import { type Arithmetic, calculate, type NumberValue } from "./decimal.ts";
import { LONGEST_TEXT, untellable } from "./env.ts";
import { addTime } from "./moment.ts";
import { integerNode, type Node, node, textNode } from "./node.ts";
import { isNumber } from "./number-value.ts";
import { readQuantity } from "./quantity.ts";
import { isMoment, isQuantity } from "./values.ts";

/** Compiles `+ - * / div mod`. http://hl7.org/fhirpath/N1/#math */
export function compileArithmetic(operator: Arithmetic, left: Compiled, right: Compiled): Compiled {
	const closed = left.closed && right.closed;
	const a = left.count;
	const b = right.count;
	const compiled = fromSingle(undefined, closed, (focus, env) => {
		const x = singleOf(left.nodes(focus, env));
		const y = singleOf(right.nodes(focus, env));
		return x?.value === undefined || y?.value === undefined ? undefined : operate(operator, x, y);
	});
	if (operator !== "+" || !a || !b) return compiled;
	return { ...compiled, types: ["System.Integer"], count: (focus, env) => a(focus, env) + b(focus, env) };
}

const isWhole = ({ type, value }: Node): boolean =>
	typeof value === "number" && Number.isInteger(value) && type !== "System.Decimal" && type !== "decimal";

const MOST_EXACT = 2 ** 31;

function operate(operator: Arithmetic, a: Node, b: Node): Node | undefined {
	const x = a.value;
	const y = b.value;
	if (isNumber(x) && isNumber(y)) {
		const whole = (isWhole(a) && isWhole(b) && operator !== "/") || operator === "div";
		if (whole && (operator === "+" || operator === "-") && typeof x === "number" && typeof y === "number") {
			if (Math.abs(x) < MOST_EXACT && Math.abs(y) < MOST_EXACT) return integerNode(operator === "+" ? x + y : x - y);
		}
		const result = calculate(operator, x, y);
		return result === undefined ? undefined : node(result, whole ? "System.Integer" : "System.Decimal");
	}
	if (isMoment(a) && isQuantity(b) && (operator === "+" || operator === "-")) return laterBy(operator, a, b);
	if (isQuantity(a)) return withQuantity(operator, a, b);
	if (operator === "+" && typeof x === "string" && typeof y === "string" && !isMoment(a) && !isMoment(b)) {
		if (x.length + y.length > LONGEST_TEXT) throw untellable();
		return textNode(x + y);
	}
	throw untellable();
}

function laterBy(operator: "+" | "-", moment: Node, quantity: Node): Node | undefined {
	const { value, code } = quantity.value as { value: NumberValue; code?: string };
	const amount = Number(typeof value === "number" ? value : value?.rawJSON);
	if (typeof code !== "string" || Number.isNaN(amount)) throw untellable();
	const text = addTime(moment.value as string, operator === "+" ? amount : -amount, code);
	if (text === undefined) throw untellable();
	return node(text, moment.type);
}

/** Of quantities only those that need no new unit. */
function withQuantity(operator: Arithmetic, a: Node, b: Node): Node | undefined {
	const x = readQuantity(a.value);
	const y = isNumber(b.value) ? { value: b.value, code: "1" } : readQuantity(b.value);
	if (!x || !y) throw untellable();
	const same = x.code === y.code;
	const sum = operator === "+" || operator === "-";
	if ((sum && !same) || (!sum && !same && y.code !== "1") || operator === "div" || operator === "mod")
		throw untellable();
	if (operator === "*" && same && x.code !== "1") throw untellable();
	const value = calculate(operator, x.value, y.value);
	const code = operator === "/" && same ? "1" : x.code;
	return value === undefined ? undefined : node({ value, code }, "System.Quantity");
}

import { isRawNumber } from "../../kernel/index.ts";
import type { NumberValue } from "./decimal.ts";

/** Whether a JSON value is a number, in either form. */
export const isNumber = (value: unknown): value is NumberValue => typeof value === "number" || isRawNumber(value);

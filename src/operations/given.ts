import { isObject, type Json, type JsonObject, numberText, Problem, type Resource } from "../kernel/index.ts";
import type { Input } from "./operation.ts";

const wrong = (name: string, what: string): Problem =>
	new Problem("value", { text: `The parameter "${name}" must be ${what}.`, expression: name });

/** The text of a parameter that is given once. @throws Problem 400 for another kind of value. */
export function textOf(input: Input, name: string): string | undefined {
	const value = input.get(name)?.[0];
	if (value === undefined) return undefined;
	if (typeof value === "string" && value !== "") return value;
	throw wrong(name, "a text");
}

/** All texts of a parameter. */
export const textsOf = (input: Input, name: string): readonly string[] =>
	(input.get(name) ?? []).map((value) => {
		if (typeof value === "string" && value !== "") return value;
		throw wrong(name, "a text");
	});

/** @throws Problem 400 for anything but true and false. */
export function booleanOf(input: Input, name: string): boolean | undefined {
	const value = input.get(name)?.[0];
	if (value === undefined) return undefined;
	if (value === true || value === "true") return true;
	if (value === false || value === "false") return false;
	throw wrong(name, "true or false");
}

/** @throws Problem 400 for anything but a whole number from 0 to 2,147,483,647. */
export function countOf(input: Input, name: string): number | undefined {
	const value = input.get(name)?.[0];
	if (value === undefined) return undefined;
	const text = typeof value === "string" ? value : numberText(value);
	if (text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= 2 ** 31 - 1) return Number(text);
	throw wrong(name, "a whole number that is not negative");
}

/** @throws Problem 400 for what is no object: a GET cannot give one. */
export function objectOf(input: Input, name: string): JsonObject | undefined {
	const value = input.get(name)?.[0];
	if (value === undefined) return undefined;
	if (isObject(value)) return value;
	throw wrong(name, "an element, given by POST in a Parameters resource");
}

/** @throws Problem 400 for what is no resource of the type. */
export function resourceOf(input: Input, name: string, type: string): Resource | undefined {
	const object = objectOf(input, name);
	if (object === undefined) return undefined;
	if (object.resourceType === type) return object as Resource;
	throw wrong(name, `a resource of type ${type}`);
}

/** A coding as a client gives it. */
export type GivenCoding = {
	readonly system?: string;
	readonly version?: string;
	readonly code: string;
	readonly display?: string;
};

/** @throws Problem 400 for a Coding without code. */
export function codingOf(value: Json | undefined, name: string): GivenCoding {
	if (!isObject(value) || typeof value.code !== "string" || value.code === "") {
		throw wrong(name, "a Coding with a code");
	}
	const { system, version, code, display } = value;
	return {
		...(typeof system === "string" && { system }),
		...(typeof version === "string" && { version }),
		code,
		...(typeof display === "string" && { display }),
	};
}

/** Names under which a plain code and what belongs to it come. */
export type CodeNames = { readonly code: string; readonly system: string; readonly version: string };

/** Each is a question of its own; no concept is coded in so many systems. */
const MOST_CODINGS = 100;

/**
 * The codings asked about: of `code` with `system`, of `coding`, or all of `codeableConcept`; just one of the three.
 * @throws Problem 400 where none or several are given, or a concept has no coding, or more than 100.
 */
export function codingsOf(input: Input, names: CodeNames): readonly GivenCoding[] {
	const asked = [names.code, "coding", "codeableConcept"].filter((name) => input.has(name));
	if (asked.length !== 1) {
		throw new Problem("required", `Give one of ${names.code} (with ${names.system}), coding and codeableConcept.`);
	}
	if (asked[0] === "coding") return [codingOf(input.get("coding")?.[0], "coding")];
	if (asked[0] === "codeableConcept") {
		const { coding } = objectOf(input, "codeableConcept") ?? {};
		if (Array.isArray(coding) && coding.length > MOST_CODINGS) {
			throw wrong("codeableConcept", `a CodeableConcept with at most ${MOST_CODINGS} codings`);
		}
		if (Array.isArray(coding) && coding.length > 0) {
			return coding.map((one, n) => codingOf(one, `codeableConcept.coding[${n}]`));
		}
		throw wrong("codeableConcept", "a CodeableConcept with a coding");
	}
	const { code, system, version } = names;
	const [plain, ofSystem, ofVersion, display] = [code, system, version, "display"].map((name) => textOf(input, name));
	return [
		{
			...(ofSystem !== undefined && { system: ofSystem }),
			...(ofVersion !== undefined && { version: ofVersion }),
			code: plain ?? "",
			...(display !== undefined && { display }),
		},
	];
}

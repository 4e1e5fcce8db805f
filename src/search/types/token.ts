import { isObject, type Json, type JsonObject, Problem } from "../../kernel/index.ts";
import { loadTerminology } from "../../terminology/index.ts";
import { splitEscaped, unescaped } from "../escape.ts";
import { fold } from "../fold.ts";
import { entryOf } from "../key.ts";
import { type Node, or } from "../tree.ts";
import { malformed } from "./prefix.ts";
import { type Asked, hasContent, type Index, type SearchType } from "./search-type.ts";
import { textNode } from "./string.ts";

/**
 * Token: `code`, `system|code`, `|code` (no system), `system|` (any code of it). A code is compared as its system
 * says: exactly where the system is case-sensitive, else without regard to case.
 * https://hl7.org/fhir/R4/search.html#token
 */
export const token: SearchType = {
	name: "token",
	modifiers: ["not", "text", "of-type", "in", "not-in", "above", "below"],
	presence: "p",
	index(selected, index) {
		const { value, type, system } = selected;
		if (!isObject(value)) return indexCode(index, primitive(value), system);
		if (hasContent(value)) index.present();
		if (type === "CodeableConcept") {
			indexText(index, value.text);
			for (const coding of objects(value.coding)) indexCoding(index, coding);
		} else if (type === "Identifier") indexIdentifier(index, value);
		else if (type === "ContactPoint") indexCode(index, textOf(value.value), textOf(value.system));
		else indexCoding(index, value);
	},
	read(asked: Asked): Node {
		switch (asked.modifier) {
			case "text":
				return textNode("t", asked.path.name, requiredFold(asked), false);
			case "of-type":
				return readOfType(asked);
			case "in":
			case "not-in":
				return { kind: "concepts", path: asked.path.name, set: { relation: "in", valueSet: requiredText(asked) } };
			case "above":
			case "below":
				return readHierarchy(asked, asked.modifier);
			default:
				return readCode(asked);
		}
	},
};

/** The system that true and false have in a query, and nowhere else. https://hl7.org/fhir/R4/search.html#token */
const SPECIAL_VALUES = "http://terminology.hl7.org/CodeSystem/special-values";

const foldCode = (code: string): string => code.normalize("NFC").toLowerCase();

function indexCoding(index: Index, coding: JsonObject): void {
	indexCode(index, textOf(coding.code), textOf(coding.system));
	indexText(index, coding.display);
}

function indexIdentifier(index: Index, identifier: JsonObject): void {
	const value = textOf(identifier.value);
	indexCode(index, value, textOf(identifier.system));
	const type = isObject(identifier.type) ? identifier.type : undefined;
	indexText(index, type?.text);
	if (value === undefined) return;
	for (const { system, code } of objects(type?.coding)) {
		if (typeof code === "string")
			index.key(entryOf("of-type", textOf(system) ?? "", spelling(code, textOf(system)), foldCode(value)));
	}
}

/** Adds the entries of a code, or of an identifier's value. That without a system is spelled as its own system compares. */
export function indexCode(index: Pick<Index, "key">, code: string | undefined, system: string | undefined): void {
	if (code !== undefined) {
		index.key(entryOf(...codeWords(code, system)));
		index.key(entryOf("coding", system ?? "", spelling(code, system)));
	}
	if (system !== undefined) index.key(entryOf("system", system));
}

const codeWords = (code: string, system: string | undefined): string[] =>
	isSensitive(system) ? ["code", code] : ["folded", foldCode(code)];

const spelling = (code: string, system: string | undefined): string => (isSensitive(system) ? code : foldCode(code));

const isSensitive = (system: string | undefined): boolean =>
	system !== undefined && loadTerminology().isCaseSensitive(system) === true;

function indexText(index: Index, text: Json | undefined): void {
	const folded = typeof text === "string" ? fold(text) : "";
	if (folded !== "") index.fact("t", folded);
}

/** The entries by which a code of a known system, or of none, is found. */
export const codingEntry = (system: string, code: string): string =>
	entryOf("coding", system, spelling(code, system === "" ? undefined : system));

/** Reads a code, or an identifier's value, in any of its four forms. */
export function readCode({ parameter, path, text }: Asked): Node {
	const parts = splitEscaped(text, "|").map(unescaped);
	const [named = "", code] = parts;
	const system = path.type === "boolean" && named === SPECIAL_VALUES ? "" : named;
	if (parts.length > 2 || text === "" || text === "|") {
		throw malformed(parameter.code, "code, system|code, |code or system|; write a literal | as \\|");
	}
	const key = (entry: string): Node => ({
		kind: "key",
		path: path.name,
		entry,
		selective: parameter.code === "identifier",
	});
	if (code === undefined) return or([key(entryOf("folded", foldCode(system))), key(entryOf("code", system))]);
	return code === "" ? key(entryOf("system", system)) : key(codingEntry(system, code));
}

/** `system|code|value`, all within one Identifier. */
function readOfType({ parameter, path, text }: Asked): Node {
	if (path.type !== "Identifier") {
		throw new Problem("value", {
			text: `The modifier ":of-type" is for identifiers, and "${parameter.code}" is none. Leave the modifier out.`,
			expression: parameter.code,
			code: "not-supported",
		});
	}
	const [system = "", code = "", value = "", ...more] = splitEscaped(text, "|").map(unescaped);
	if (system === "" || code === "" || value === "" || more.length > 0) {
		throw malformed(
			`${parameter.code}:of-type`,
			"system|code|value, the type's system and code and the identifier's value",
		);
	}
	return {
		kind: "key",
		path: path.name,
		entry: entryOf("of-type", system, spelling(code, system), foldCode(value)),
		selective: true,
	};
}

function readHierarchy({ parameter, path, text }: Asked, relation: "above" | "below"): Node {
	const [system = "", code = "", ...more] = splitEscaped(text, "|").map(unescaped);
	if (system === "" || code === "" || more.length > 0) throw malformed(`${parameter.code}:${relation}`, "system|code");
	return { kind: "concepts", path: path.name, set: { relation, system, code } };
}

function requiredText({ parameter, modifier, text }: Asked): string {
	const value = unescaped(text);
	if (value === "") throw malformed(`${parameter.code}:${modifier}`, "the URL of a ValueSet");
	return value;
}

function requiredFold({ parameter, text }: Asked): string {
	const folded = fold(unescaped(text));
	if (folded === "") throw malformed(`${parameter.code}:text`, "a text of at least one character that is no space");
	return folded;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

const primitive = (value: Json): string | undefined =>
	typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;

const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

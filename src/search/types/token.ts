import { isObject, type Json, type JsonObject, Problem } from "../../kernel/index.ts";
import { splitEscaped, unescaped } from "../escape.ts";
import { keyText } from "../key.ts";
import type { Node } from "../tree.ts";
import type { Asked, SearchType, Selected } from "./search-type.ts";

/**
 * Token: `code`, `system|code`, `|code` (no system), `system|` (any code of it).
 * Each stored code gives three keys: by code alone, by system and code, and by system alone.
 * Codes match without regard to case, as R4 asks when a system does not say otherwise.
 * https://hl7.org/fhir/R4/search.html#token
 */
export const token: SearchType = {
	name: "token",
	modifiers: [],
	index(selected, add) {
		codesOf(selected, (code, system) => {
			const key = (form: string, ...parts: string[]) =>
				add(keyText(selected.resourceType, selected.parameter, form, ...parts));
			if (code !== undefined) {
				key("code", fold(code));
				key("coding", system ?? "", fold(code));
			}
			if (system !== undefined) key("system", system);
		});
	},
	read({ resourceType, parameter, text }: Asked): Node {
		const parts = splitEscaped(text, "|").map(unescaped);
		const key = (form: string, ...values: string[]): Node => ({
			kind: "key",
			text: keyText(resourceType, parameter.code, form, ...values),
			selective: parameter.code === "identifier",
		});
		const [system, code] = parts;
		if (parts.length > 2 || text === "" || text === "|") throw malformed(parameter.code);
		if (code === undefined) return key("code", fold(system as string));
		if (code === "") return key("system", system as string);
		return key("coding", system as string, fold(code));
	},
};

const malformed = (parameter: string): Problem =>
	new Problem("value", {
		text: `The value of the token parameter "${parameter}" must be code, system|code, |code or system|. Write a literal | as \\|.`,
		expression: parameter,
	});

const fold = (code: string): string => code.normalize("NFC").toLowerCase();

type Take = (code: string | undefined, system: string | undefined) => void;

function codesOf({ value, type, system }: Selected, take: Take): void {
	if (!isObject(value)) take(primitive(value), system);
	else if (type === "CodeableConcept") {
		for (const coding of Array.isArray(value.coding) ? value.coding : [])
			if (isObject(coding)) taken(coding, "code", take);
	} else taken(value, VALUED.has(type) ? "value" : "code", take);
}

/** Types whose code stands in their element `value`. */
const VALUED = new Set(["Identifier", "ContactPoint"]);

function taken(value: JsonObject, property: string, take: Take): void {
	const code = value[property];
	const { system } = value;
	take(typeof code === "string" ? code : undefined, typeof system === "string" ? system : undefined);
}

const primitive = (value: Json): string | undefined =>
	typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;

import { splitAt, unescaped } from "./escape.ts";
import { startsWith } from "./string.ts";
import { type Fields, fieldsOf, listOf, type Matcher, textOf, type Value, type World } from "./world.ts";

/** A code of a stored value, and the system it is of. */
type Coded = { readonly code?: string; readonly system?: string };

/** The value forms and modifiers of https://hl7.org/fhir/R4/search.html#token; `:not` and `:not-in` are the caller's to turn round. */
export const token: Matcher = ({ part, modifier, world }, value) => {
	if (modifier === "text") return textsOf(value).some((text) => startsWith(text, unescaped(part)));
	const parts = splitAt(part, "|").map(unescaped);
	if (modifier === "of-type") return isOfType(parts, value, world);
	if (modifier === "in")
		return codesOf(value).some(({ code, system }) => code && system && world.isIn(unescaped(part), system, code));
	return codesOf(value).some((coded) =>
		modifier === "above" || modifier === "below"
			? isRelated(parts, coded, modifier, world)
			: isCoded(parts, coded, world),
	);
};

/** `[code]`, `[system]|[code]`, `|[code]`, `[system]|` */
export function isCoded(parts: readonly string[], coded: Coded, world: World): boolean {
	const [first = "", code] = parts;
	if (code === undefined) return isSameCode(first, coded, world);
	if (code === "") return coded.system === first;
	return (coded.system ?? "") === first && isSameCode(code, coded, world);
}

/** "case sensitive as appropriate to the code system ... if in doubt, case-insensitive". */
function isSameCode(code: string, coded: Coded, world: World): boolean {
	if (coded.code === undefined) return false;
	const exactly = coded.system !== undefined && world.isCaseSensitive(coded.system);
	const folded = (text: string) => (exactly ? text : text.normalize("NFC").toLowerCase());
	return folded(code) === folded(coded.code);
}

/** `:of-type=system|code|value`, both within one Identifier. */
function isOfType(parts: readonly string[], { data }: Value, world: World): boolean {
	const [system = "", code = "", value = ""] = parts;
	const { type, ...identifier } = fieldsOf(data);
	const types = listOf(fieldsOf(type).coding).map((coding) => codedOf(fieldsOf(coding), "code"));
	return (
		types.some((coded) => isCoded([system, code], coded, world)) &&
		isCoded([value], codedOf(identifier, "value"), world)
	);
}

function isRelated(parts: readonly string[], coded: Coded, modifier: string, { isBelow }: World): boolean {
	const [system, code] = parts;
	if (system === undefined || code === undefined) throw new Error(":above and :below need system|code");
	if (coded.system !== system || coded.code === undefined) return false;
	return modifier === "below" ? isBelow(system, coded.code, code) : isBelow(system, code, coded.code);
}

function codesOf({ data, type, system }: Value): Coded[] {
	if (typeof data === "string" || typeof data === "boolean") return [{ code: String(data), system }];
	const fields = fieldsOf(data);
	if (type === "CodeableConcept") return listOf(fields.coding).map((coding) => codedOf(fieldsOf(coding), "code"));
	return [codedOf(fields, type === "Identifier" || type === "ContactPoint" ? "value" : "code")];
}

const codedOf = (fields: Fields, name: string): Coded => ({
	code: textOf(fields[name]),
	system: textOf(fields.system),
});

/** "the text associated with the code or identifier". */
function textsOf({ data, type }: Value): string[] {
	const fields = fieldsOf(data);
	const texts =
		type === "CodeableConcept"
			? [fields.text, ...listOf(fields.coding).map((coding) => fieldsOf(coding).display)]
			: [type === "Identifier" ? fieldsOf(fields.type).text : fields.display];
	return texts.map(textOf).filter((text) => text !== undefined);
}

import { unescaped } from "./escape.ts";
import { fieldsOf, listOf, type Matcher, textOf, type Value } from "./world.ts";

/** https://hl7.org/fhir/R4/search.html#string */
export const string: Matcher = ({ part, modifier }, value) => {
	const sought = unescaped(part);
	return partsOf(value).some((stored) => {
		if (modifier === "exact") return stored.normalize("NFC") === sought.normalize("NFC");
		if (modifier === "contains") return fold(stored).includes(fold(sought));
		return startsWith(stored, sought);
	});
};

/** "case-insensitive and accent-insensitive ... starts with". */
export const startsWith = (stored: string, sought: string): boolean => fold(stored).startsWith(fold(sought));

const MARKED_SCRIPT = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u;

/** Without case, without the accents of Latin, Greek and Cyrillic; vowel signs of other scripts are letters and stay. */
export function fold(text: string): string {
	let base = "";
	let folded = "";
	for (const character of text.normalize("NFKD")) {
		const isMark = /\p{Mn}/u.test(character);
		if (!isMark) base = character;
		if (!isMark || !MARKED_SCRIPT.test(base)) folded += character;
	}
	return folded.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** "a string search on HumanName or Address matches on any of the parts". */
function partsOf({ data, type }: Value): string[] {
	const fields = fieldsOf(data);
	const names = PARTS[type];
	const parts = names ? names.flatMap((name) => listOf(fields[name])) : [data];
	return parts.map(textOf).filter((text) => text !== undefined);
}

const PARTS: Record<string, readonly string[]> = {
	HumanName: ["text", "family", "given", "prefix", "suffix"],
	Address: ["text", "line", "city", "district", "state", "country", "postalCode"],
};

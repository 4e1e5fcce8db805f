import { Problem } from "../kernel/index.ts";

/**
 * Splits `text` at each `mark` that no backslash escapes; the parts keep their escapes.
 * @throws Problem `value` for a backslash at the end. https://hl7.org/fhir/R4/search.html#escaping
 */
export function splitEscaped(text: string, mark: "," | "|" | "$"): string[] {
	if (!text.includes("\\")) return text.split(mark);
	const parts: string[] = [];
	let part = "";
	for (let i = 0; i < text.length; i++) {
		if (text[i] === "\\") part += text[i] + (text[++i] ?? dangling());
		else if (text[i] === mark) {
			parts.push(part);
			part = "";
		} else part += text[i];
	}
	return [...parts, part];
}

function dangling(): never {
	throw new Problem("value", "A search value ends in a single backslash. Write \\\\ for a backslash.");
}

/** Takes the escapes out of a part: `a\,b` → `a,b`. */
export const unescaped = (part: string): string => (part.includes("\\") ? part.replace(/\\([\\,|$])/g, "$1") : part);

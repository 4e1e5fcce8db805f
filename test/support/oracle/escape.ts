/** Splits at each `mark` that no backslash escapes; the parts keep their escapes. https://hl7.org/fhir/R4/search.html#escaping */
export const splitAt = (text: string, mark: string): string[] => {
	const parts = [""];
	for (const piece of text.match(/\\[\s\S]|[^\\]/g) ?? []) {
		if (piece === mark) parts.push("");
		else parts[parts.length - 1] += piece;
	}
	return parts;
};

export const unescaped = (part: string): string => part.replace(/\\([\\,|$])/g, "$1");

export const escaped = (text: string): string => text.replace(/[\\,|$]/g, "\\$&");

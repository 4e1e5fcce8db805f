/** A source file taken apart: `code` without comments and with every string emptied, and the strings in order. */
export type SourceText = {
	readonly code: string;
	readonly strings: readonly string[];
	readonly imports: readonly string[];
};

const IMPORT = /\b(?:from|import)\s*\(?\s*"(\d+)"/g;
const MAY_PRECEDE_REGEX = /(?:^|[(,=:[!&|?{};+\n]|=>|\breturn|\btypeof)\s*$/;

/**
 * Splits TypeScript into code and strings, well enough to look for imports, names and SQL: each string stands in `code`
 * as its number in `strings`. Imports of types count as imports.
 */
export function readSource(text: string): SourceText {
	const strings: string[] = [];
	let code = "";
	for (let i = 0; i < text.length; ) {
		const char = text[i] as string;
		const end = endOfComment(text, i) ?? endOfRegex(text, i, code);
		if (end !== undefined) {
			code += " ";
			i = end;
		} else if (char === '"' || char === "'" || char === "`") {
			const close = endOfQuoted(text, i);
			code += `"${strings.length}"`;
			strings.push(text.slice(i + 1, close));
			i = close + 1;
		} else {
			code += char;
			i++;
		}
	}
	const imports = [...code.matchAll(IMPORT)].map((match) => strings[Number(match[1])] as string);
	return { code, strings, imports };
}

function endOfComment(text: string, start: number): number | undefined {
	if (text.startsWith("//", start)) return lineEnd(text, start);
	if (!text.startsWith("/*", start)) return undefined;
	const end = text.indexOf("*/", start + 2);
	return end === -1 ? text.length : end + 2;
}

function endOfRegex(text: string, start: number, before: string): number | undefined {
	if (text[start] !== "/" || !MAY_PRECEDE_REGEX.test(before.slice(-40))) return undefined;
	let inClass = false;
	for (let i = start + 1; i < text.length && text[i] !== "\n"; i++) {
		if (text[i] === "\\") i++;
		else if (text[i] === "[") inClass = true;
		else if (text[i] === "]") inClass = false;
		else if (text[i] === "/" && !inClass) return i + 1;
	}
	return undefined;
}

/** Index of the closing quote; what a template puts in by `${…}` belongs to its string. */
function endOfQuoted(text: string, start: number): number {
	const quote = text[start];
	for (let i = start + 1; i < text.length; i++) {
		if (text[i] === "\\") i++;
		else if (text[i] === quote) return i;
		else if (quote === "`" && text.startsWith("${", i)) i = endOfHole(text, i + 2);
	}
	return text.length;
}

function endOfHole(text: string, start: number): number {
	let depth = 1;
	for (let i = start; i < text.length; i++) {
		const char = text[i];
		if (char === '"' || char === "'" || char === "`") i = endOfQuoted(text, i);
		else if (char === "{") depth++;
		else if (char === "}" && --depth === 0) return i;
	}
	return text.length;
}

function lineEnd(text: string, start: number): number {
	const end = text.indexOf("\n", start);
	return end === -1 ? text.length : end;
}

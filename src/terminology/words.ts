import type { Concept } from "./large-systems.ts";

const fold = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text: string): readonly string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * A test of concepts by what someone types: each word must begin a word of one and the same name of the concept, or
 * the text its code. Case and accents do not count.
 */
export function matcher(text: string): (concept: Concept) => boolean {
	const typed = wordsOf(text);
	const start = text.trim().toLowerCase();
	const matches = (name: string): boolean => {
		const words = wordsOf(name);
		return typed.every((one) => words.some((word) => word.startsWith(one)));
	};
	return ({ code, display, designations }) =>
		code.toLowerCase().startsWith(start) ||
		(typed.length > 0 && (matches(display) || designations.some(({ value }) => matches(value))));
}

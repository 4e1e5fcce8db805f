import { isObject, type Json } from "../../kernel/index.ts";
import { unescaped } from "../escape.ts";
import { fold } from "../fold.ts";
import { entryOf } from "../key.ts";
import type { Node } from "../tree.ts";
import { malformed } from "./prefix.ts";
import { type Asked, hasContent, type SearchType } from "./search-type.ts";

/** Code points of a text's beginning that are indexed; longer beginnings are narrowed by them, then compared. */
const BEGINNING = 3;

/**
 * String: the beginning of any part of a name or address, without case and accents; `:contains` anywhere,
 * `:exact` the whole part as written. https://hl7.org/fhir/R4/search.html#string
 */
export const string: SearchType = {
	name: "string",
	modifiers: ["exact", "contains"],
	operators: ["$eq", "$ne", "$co", "$sw", "$ew", "$gt", "$lt", "$ge", "$le"],
	presence: "p",
	index({ value, type }, index) {
		if (isObject(value) && hasContent(value)) index.present();
		for (const part of partsOf(value, type)) {
			const folded = fold(part);
			if (folded === "") continue;
			index.fact("s", folded);
			index.key(entryOf("exact", part.normalize("NFC")));
			const beginning = beginningOf(folded);
			if (beginning !== undefined) index.key(entryOf("begins", beginning));
		}
	},
	read({ parameter, path, modifier, text }: Asked): Node {
		const value = unescaped(text);
		const folded = fold(value);
		if (folded === "") throw malformed(parameter.code, "a text of at least one character that is no space");
		if (modifier === "exact")
			return { kind: "key", path: path.name, entry: entryOf("exact", value.normalize("NFC")), selective: false };
		const isAnywhere = modifier === "contains" || modifier === "$co";
		if ((isAnywhere || modifier === "$ew") && folded.length > MOST_PATTERN)
			throw malformed(parameter.code, `a text of ${MOST_PATTERN} characters at most, where it may stand anywhere`);
		const test = modifier === "$ew" ? endTest(folded) : COMPARISONS[modifier ?? ""]?.(JSON.stringify(folded));
		return test ? { kind: "fact", fact: "s", path: path.name, test } : textNode("s", path.name, folded, isAnywhere);
	},
};

/** Any part and an end are found by regular expressions, and PostgreSQL compiles none that is too long. */
const MOST_PATTERN = 1000;

const endTest = (folded: string): string =>
	`@ like_regex ${JSON.stringify(`${folded.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`)}`;

/** Comparisons of whole texts in the order of their code points. */
const COMPARISONS: Record<string, (literal: string) => string> = {
	$eq: (literal) => `@ == ${literal}`,
	$ne: (literal) => `@ != ${literal}`,
	$gt: (literal) => `@ > ${literal}`,
	$lt: (literal) => `@ < ${literal}`,
	$ge: (literal) => `@ >= ${literal}`,
	$le: (literal) => `@ <= ${literal}`,
};

/** A test of folded text: its beginning (narrowed by the index where it is long enough), or any part of it. */
export function textNode(fact: "s" | "t", path: string, folded: string, contains: boolean): Node {
	const literal = JSON.stringify(folded);
	if (contains) return { kind: "fact", fact, path, test: `@ like_regex ${literal} flag "q"` };
	const beginning = fact === "s" ? beginningOf(folded) : undefined;
	return {
		kind: "fact",
		fact,
		path,
		test: `@ starts with ${literal}`,
		...(beginning !== undefined && { narrow: entryOf("begins", beginning) }),
	};
}

function beginningOf(folded: string): string | undefined {
	if (folded.length < BEGINNING) return undefined;
	const points = Array.from(folded.slice(0, BEGINNING * 2));
	return points.length < BEGINNING ? undefined : points.slice(0, BEGINNING).join("");
}

const PARTS: Record<string, readonly string[]> = {
	HumanName: ["text", "family", "given", "prefix", "suffix"],
	Address: ["text", "line", "city", "district", "state", "postalCode", "country"],
};

function partsOf(value: Json, type: string): string[] {
	if (typeof value === "string") return [value];
	const names = PARTS[type];
	if (!names || !isObject(value)) return [];
	return names.flatMap((name) => value[name] ?? []).filter((part) => typeof part === "string");
}

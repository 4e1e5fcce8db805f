import type { Node } from "../tree.ts";

type Bind = (value: unknown) => string;

/** The test of full text: PostgreSQL's words, without stemming, as clinics write in many languages. */
export function words({ where, text }: Extract<Node, { kind: "words" }>, alias: string, bind: Bind): string {
	const query = `websearch_to_tsquery('simple', ${bind(text)})`;
	if (where === "narrative") return `${alias}.narrative @@ ${query}`;
	const test = `${vectorOf(`${alias}.content`)} @@ ${query}`;
	const plain = plainWords(text);
	return plain.length === 0 ? test : `(${mayHold(`${alias}.content::text`, plain, bind)} AND ${test})`;
}

/** Bytes of a resource whose texts surely fit into what PostgreSQL takes for a document, a megabyte of words. */
const MOST_BYTES = 250_000;
/** Characters that are looked at of larger ones. */
const MOST_CHARACTERS = 200_000;

/** The words of all texts in a resource; of a very large one, those of its beginning, names of elements among them. */
const vectorOf = (content: string): string =>
	`CASE WHEN octet_length(${content}::text) <= ${MOST_BYTES} THEN jsonb_to_tsvector('simple', ${content}::jsonb, '["string"]')
		ELSE to_tsvector('simple', left(${content}::text, ${MOST_CHARACTERS})) END`;

/**
 * Words of which each must be there as it is written but for case; none where the text is more than such words. One that
 * begins with a digit and has letters may be taken apart, so it tells nothing.
 */
function plainWords(text: string): string[] {
	const all = text.split(/\s+/);
	if (!all.every((word) => /^[A-Za-z0-9]+$/.test(word) && word.toLowerCase() !== "or")) return [];
	return all.filter((word) => /^(?:[A-Za-z][A-Za-z0-9]*|\d+)$/.test(word));
}

/**
 * Whether a JSON text may hold all words, which takes a seventh of the time of the real test: they stand in it, or some
 * character is written by its number, or it has the Kelvin sign, which is a k in lower case.
 */
function mayHold(text: string, plain: readonly string[], bind: Bind): string {
	const hidden = [
		`${text} LIKE '%\\\\u%'`,
		...(plain.some((word) => /k/i.test(word)) ? [`${text} LIKE '%\u212a%'`] : []),
	];
	const there = plain.map((word) => `${text} COLLATE "C" ILIKE ${bind(`%${word}%`)}`);
	return `(${hidden.join(" OR ")} OR (${there.join(" AND ")}))`;
}

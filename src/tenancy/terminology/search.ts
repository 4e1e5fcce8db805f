import { CONCEPT } from "./concepts.ts";
import type { Values } from "./filters.ts";
import { WORDS } from "./load-sql.ts";
import { conceptTable, termTable } from "./names.ts";
import type { SystemRow } from "./systems.ts";
import { foldWords } from "./words.ts";

/** A page of concepts that is asked for; `text` is words of which each begins a word of a name. */
export type Page = {
	readonly text?: string;
	readonly activeOnly?: boolean;
	readonly language?: string;
	readonly count: number;
	readonly offset: number;
};

const MOST_WORDS = 12;

/**
 * The statement for a page; its first row has the `total`, and each row a concept unless the page is empty. `condition`
 * is SQL on the concept `c`. Without text the order is that of the files, else best first: a name that is the text, then
 * one that begins with it, then the shorter.
 */
export function searchSql(system: SystemRow, page: Page, condition: string, values: Values): string {
	const hits = page.text === undefined ? allHits(system, page, condition) : wordHits(system, page, condition, values);
	const bounds = `limit ${values.add(page.count)}::integer offset ${values.add(page.offset)}::integer`;
	return `
		with hit as materialized (${hits}),
		page as (select id, rank from hit order by rank, id ${bounds})
		select total.total, ${CONCEPT} from (select count(*)::int as total from hit) as total
		left join page on true left join ${conceptTable(system.id)} c on c.id = page.id order by page.rank, page.id`;
}

const allHits = (system: SystemRow, { activeOnly }: Page, condition: string): string =>
	`select c.id, 0 as rank from ${conceptTable(system.id)} c where ${condition}${activeOnly ? " and not c.inactive" : ""}`;

function wordHits(system: SystemRow, { text, activeOnly, language }: Page, condition: string, values: Values): string {
	const words = foldWords(text ?? "");
	if (words === "") return "select 0 as id, 0 as rank where false";
	const asked = words.split(" ").slice(0, MOST_WORDS);
	const tsquery = values.add(asked.map((word) => `'${word}':*`).join(" & "));
	const whole = values.add(words);
	const speaks =
		language === undefined
			? ""
			: ` and (t.language is null or lower(t.language) = any(${values.add(languages(language))}::text[]))`;
	const where = `${WORDS} @@ ${tsquery}::tsquery${activeOnly ? " and not t.inactive" : ""}${speaks}`;
	const join = condition === "true" ? "" : `join ${conceptTable(system.id)} c on c.id = t.concept and ${condition}`;
	return `
		select t.concept as id, min(case when t.folded = ${whole}::text then 0
			when starts_with(t.folded, ${whole}::text) then 1 else 2 end * 1000000 + length(t.folded)) as rank
		from ${termTable(system.id)} t ${join} where ${where} group by t.concept`;
}

/** `en-IN` is also content with `en`. */
const languages = (language: string): readonly string[] => {
	const wanted = language.toLowerCase();
	return [wanted, wanted.split("-")[0] as string];
};

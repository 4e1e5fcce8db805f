import { conceptTable, keyOf, termTable } from "./names.ts";

/** What of the staged concepts contradicts itself: each query gives a row if so. */
export const STAGED_FAULTS = {
	twice: `select code from stage_concept group by code
		having count(*) > 1 and bool_or(not repeatable) order by code limit 1`,
	orphan: `select e.code, e.parent, count(*) over ()::int as orphans from stage_edge e
		join stage_number c on c.code = e.code left join stage_number p on p.code = e.parent
		where p.id is null order by e.code limit 1`,
};

/**
 * The statements that make the final tables out of the staged ones. A concept is one row: what is asked of it in
 * filters (`ancestors`, `keys`) and, as JSON, all that is told about it.
 */
export const FINAL = (id: number): readonly string[] => [
	"insert into stage_property select code, 'parent', parent, 'code' from stage_edge",
	`create temp table stage_display on commit drop as
		select distinct on (t.code) t.code, t.value from stage_term t
		join stage_number n on n.code = t.code and n.display is null
		left join (select ref, max(by) as by from stage_preference group by ref) as p on p.ref = t.ref
		order by t.code, t.rank - coalesce(p.by, 0), t.seq`,
	`create temp table stage_detail on commit drop as
		select code, array_agg(${keyOf("property", "value")}) || array_agg(distinct ${keyOf("property")}) as keys,
			json_agg(json_build_array(property, value, type)) as properties
		from stage_property group by code`,
	`create temp table stage_names on commit drop as
		select code, json_agg(json_build_array(language, use, value) order by seq) as designations
		from stage_term where listed group by code`,
	"analyze stage_display, stage_detail, stage_names",
	`create table ${conceptTable(id)} (
		id integer not null,
		code text collate "C" not null,
		display text not null,
		inactive boolean not null,
		abstract boolean not null,
		ancestors integer[] not null,
		keys bigint[] not null,
		definition text,
		properties json,
		designations json
	)`,
	`insert into ${conceptTable(id)}
		select n.id, n.code, coalesce(n.display, d.value, n.code), n.inactive, n.abstract,
			coalesce(a.ancestors, '{}'), coalesce(p.keys, '{}'), n.definition, p.properties, t.designations
		from stage_number n left join stage_display d on d.code = n.code left join stage_ancestors a on a.id = n.id
		left join stage_detail p on p.code = n.code left join stage_names t on t.code = n.code
		order by n.id`,
	`create table ${termTable(id)} (
		concept integer not null,
		inactive boolean not null,
		language text,
		folded text collate "C" not null
	)`,
	`insert into ${termTable(id)}
		select n.id, n.inactive, t.language, t.folded from stage_term t join stage_number n on n.code = t.code
		where t.folded <> '' order by n.id, t.seq`,
];

/** The words of a name; the index is on this very expression. */
export const WORDS = "array_to_tsvector(string_to_array(folded, ' '))";

/** The statements that index the final tables. */
export const CONCEPT_INDEXES = (id: number, caseSensitive: boolean): readonly string[] => {
	const concept = conceptTable(id);
	const term = termTable(id);
	return [
		`create unique index on ${concept} (code)`,
		`create unique index on ${concept} (id)`,
		...(caseSensitive ? [] : [`create index on ${concept} (lower(code))`]),
		`create index on ${concept} using gin (ancestors) with (fastupdate = off)`,
		`create index on ${concept} using gin (keys) with (fastupdate = off)`,
		`create index on ${term} using gin (${WORDS}) with (fastupdate = off)`,
		`analyze ${concept}, ${term}`,
	];
};

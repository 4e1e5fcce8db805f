import { type FhirRequest, type FhirResponse, Problem, parseJson, type Resource } from "../../kernel/index.ts";
import { and, formatQuery, type Node, type Pair, parseSearch, type Search, type SortKey } from "../../search/index.ts";
import type { Criteria, Found, Stored } from "../../store/index.ts";
import { mayDo } from "../access.ts";
import { bundleText, type Entry, type Link } from "../bundle-text.ts";
import type { Exchange } from "../engine.ts";
import { readCount } from "../paging.ts";
import { isStrict, outcomeText } from "../respond.ts";
import { readSubset } from "../subset.ts";
import { resolveConcepts } from "./concepts.ts";
import { type ContainedMode, containedEntries, containerCriteria, readContained } from "./contained.ts";
import { followIncludes, MOST_INCLUDED } from "./includes.ts";
import { type PagePlace, readPlace, writePlace } from "./page-link.ts";
import { settleChains } from "./settle-chains.ts";

/** Which types a search asks, and what restricts each beyond its parameters (a compartment). */
export type SearchTarget = { readonly type: string; readonly within?: Node };

/**
 * Runs a search and writes its Bundle: matches with links to the pages before and after, then what is included.
 * All targets share the parameters; `targetsOf` chooses them by these, which a link to a later page keeps sealed.
 * https://hl7.org/fhir/R4/http.html#search
 */
export async function runSearch(
	exchange: Exchange,
	targetsOf: (pairs: readonly Pair[]) => readonly SearchTarget[],
	query: readonly Pair[],
): Promise<FhirResponse> {
	const { engine, context, request } = exchange;
	const sealed = query.findLast(([name]) => name === "_page")?.[1];
	const place = sealed === undefined ? undefined : readPlace(engine.linkKey, context, searchedPath(request), sealed);
	const pairs = place?.pairs ?? query;
	const strict = place?.strict ?? isStrict(request);
	const targets = targetsOf(pairs);
	const types = targets.map(({ type }) => type);
	const scope = { ...scopeOf(exchange, strict), ...(types.length > 1 && { types }) };
	const searches = targets.map(({ type }) => parseSearch(scope, type, pairs));
	const own = await Promise.all(searches.map((search, i) => criteriaOf(exchange, search, targets[i]?.within)));
	requireOneOrder(searches);
	requireWhole(searches[0] as Search, pairs);
	const contained = readContained(pairs);
	const criteria = contained.match === "false" ? own : containersOf(exchange, own, searches, contained);
	const used = usedPairs(searches[0] as Search, pairs);
	if (readCount(pairs, context.tenant) === 0 || isCountOnly(pairs)) return countOnly(exchange, criteria, used);
	return pageOf(exchange, { searches, criteria, own, contained, pairs, used, strict, place });
}

/** A key that is a date in one type and a text in another puts nothing in order. */
function requireOneOrder(searches: readonly Search[]): void {
	const [first, ...others] = searches;
	const fault = first?.sort.findIndex(({ by }, i) => others.some(({ sort }) => sort[i]?.by !== by)) ?? -1;
	if (fault === -1) return;
	throw new Problem("value", {
		text: `Key ${fault + 1} of _sort is not of one kind in all the types searched. Name fewer in _type.`,
		expression: "_sort",
	});
}

/** Narratives alone lead to nothing that could be included. https://hl7.org/fhir/R4/search.html#summary */
function requireWhole({ includes }: Search, pairs: readonly Pair[]): void {
	if (includes.length === 0 || !pairs.some(([name, value]) => name === "_summary" && value === "text")) return;
	throw new Problem("value", {
		text: "_include and _revinclude cannot be mixed with _summary=text. Leave one of them out.",
		expression: "_summary",
	});
}

type Run = {
	readonly searches: readonly Search[];
	/** What is asked of the database, and the same before contained resources counted. */
	readonly criteria: readonly Criteria[];
	readonly own: readonly Criteria[];
	readonly contained: ContainedMode;
	readonly pairs: readonly Pair[];
	readonly used: readonly Pair[];
	readonly strict: boolean;
	readonly place: PagePlace | undefined;
};

export const scopeOf = ({ engine, context }: Exchange, strict: boolean) => ({
	registry: engine.registry,
	base: context.base,
	timeZone: context.tenant.timeZone,
	now: Date.now(),
	strict,
	tests: { made: 0 },
});

export async function criteriaOf(exchange: Exchange, search: Search, within: Node | undefined): Promise<Criteria> {
	const filter = within ? and([within, search.filter]) : search.filter;
	const resolved = await resolveConcepts(exchange, filter);
	const { resourceType, sort } = search;
	const settled = await settleChains(exchange.session, resourceType, resolved);
	return { resourceType, filter: settled, ...(sort.length > 0 && { sort }) };
}

/** Matches inside other resources are found by their containers, in the order of these; they bring nothing along. */
function containersOf(
	{ engine, context }: Exchange,
	own: readonly Criteria[],
	searches: readonly Search[],
	mode: ContainedMode,
): Criteria[] {
	const [only] = own;
	if (own.length !== 1 || !only || searches.some(({ sort, includes }) => sort.length + includes.length > 0)) {
		throw new Problem("value", {
			text: "_contained works with a search of one type, without _sort and _include. Leave these out.",
			expression: "_contained",
		});
	}
	const types = engine.registry.resourceTypes.filter((type) => mayDo(context.caller, "search", type));
	return containerCriteria(types, only, mode);
}

const isCountOnly = (pairs: readonly Pair[]): boolean =>
	pairs.some(([name, value]) => name === "_summary" && value === "count");

const SHAPING = new Set(["_count", "_elements", "_summary", "_total", "_type", "_contained", "_containedType"]);
const FORMAT = new Set(["_format", "_pretty"]);

const usedPairs = ({ used }: Search, pairs: readonly Pair[]): Pair[] => [
	...used,
	...pairs.filter(([name]) => SHAPING.has(name) || FORMAT.has(name)),
];

/** The path that was searched, the same for GET and POST: the links of both are followed by GET. */
const searchedPath = ({ path }: FhirRequest): string => path.replace(/\/?_search$/, "");

function linkOf({ context, request }: Exchange, relation: string, pairs: readonly Pair[]): Link {
	const path = searchedPath(request);
	const at = path === "" ? context.base : `${context.base}/${path}`;
	return { relation, url: `${at}${pairs.length > 0 ? `?${formatQuery(pairs)}` : ""}` };
}

async function countOnly(
	exchange: Exchange,
	criteria: readonly Criteria[],
	used: readonly Pair[],
): Promise<FhirResponse> {
	const total = await exchange.session.count(criteria);
	return { status: 200, body: bundleText("searchset", [], { total, links: [linkOf(exchange, "self", used)] }) };
}

async function pageOf(exchange: Exchange, run: Run): Promise<FhirResponse> {
	const { session, context } = exchange;
	const { place, pairs, searches, criteria } = run;
	const limit = readCount(pairs, context.tenant);
	const [first] = searches as [Search];
	const backward = place?.backward === true;
	const sort: readonly SortKey[] = first.sort;
	const rows = await session.search(criteria, {
		sort,
		limit: limit + 1,
		...(place && { edge: place.edge, backward, horizon: place.horizon }),
	});
	const hasMore = rows.length > limit;
	const matches = !hasMore ? rows : backward ? rows.slice(1) : rows.slice(0, limit);
	const isWhole = place === undefined && !hasMore;
	const total = await totalOf(exchange, run, isWhole ? matches.length : undefined);
	const links = [linkOf(exchange, "self", run.used), ...pageLinks(exchange, run, matches, hasMore, total)];
	const included = await followIncludes(
		session,
		context.base,
		searches.flatMap(({ includes }) => includes),
		matches,
	);
	const notes = notesOf(first.ignored, included.isCut);
	const entries = [
		...(await matchEntries(exchange, run, matches)),
		...entriesOf(exchange, pairs, included.resources, "include"),
		...notes,
	];
	return { status: 200, body: bundleText("searchset", entries, { total, links }) };
}

/** The total is told when it is known without asking, or asked for; every page tells the same. https://hl7.org/fhir/R4/search.html#total */
async function totalOf(
	{ session }: Exchange,
	{ pairs, criteria, place }: Run,
	known: number | undefined,
): Promise<number | undefined> {
	const wish = pairs.findLast(([name]) => name === "_total")?.[1];
	if (wish !== undefined && !["none", "estimate", "accurate"].includes(wish)) {
		throw new Problem("value", {
			text: "The value of _total must be none, estimate or accurate.",
			expression: "_total",
		});
	}
	if (wish === "none") return undefined;
	if (place) return place.total;
	return known ?? (wish === undefined ? undefined : session.count(criteria));
}

function pageLinks(
	exchange: Exchange,
	{ place, pairs, strict }: Run,
	matches: readonly Found[],
	hasMore: boolean,
	total: number | undefined,
): Link[] {
	const { engine, context, request } = exchange;
	const hasNext = place?.backward ? true : hasMore;
	const hasPrevious = place !== undefined && (place.backward ? hasMore : true);
	if (matches.length === 0 || (!hasNext && !hasPrevious)) return [];
	const horizon = place?.horizon ?? Math.max(...matches.map(({ foundAt }) => foundAt));
	const format = pairs.filter(([name]) => FORMAT.has(name));
	const link = (relation: string, at: Found, backward: boolean): Link => {
		const next: PagePlace = { path: searchedPath(request), pairs, strict, edge: at.edge, backward, horizon, total };
		return linkOf(exchange, relation, [...format, ["_page", writePlace(engine.linkKey, context, next)]]);
	};
	return [
		...(hasPrevious ? [link("previous", matches[0] as Found, true)] : []),
		...(hasNext ? [link("next", matches.at(-1) as Found, false)] : []),
	];
}

function matchEntries(
	exchange: Exchange,
	{ contained, own, pairs }: Run,
	matches: readonly Found[],
): Promise<Entry[]> | Entry[] {
	if (contained.match === "false") return entriesOf(exchange, pairs, matches, "match");
	return containedEntries(exchange.session, exchange.context.base, own[0] as Criteria, contained, matches);
}

function entriesOf(
	{ engine, context }: Exchange,
	pairs: readonly Pair[],
	rows: readonly Stored[],
	mode: "match" | "include",
): Entry[] {
	const subset = readSubset(engine.registry, pairs);
	return rows.map(({ type, id, text }) => ({
		fullUrl: `${context.base}/${type}/${id}`,
		resource: subset ? JSON.stringify(subset(parseJson(text) as Resource)) : text,
		search: { mode },
	}));
}

function notesOf(ignored: readonly string[], isCut: boolean): Entry[] {
	const note = (code: string, text: string): Entry => ({
		resource: outcomeText("warning", code, text),
		search: { mode: "outcome" },
	});
	return [
		...(ignored.length > 0
			? [note("not-supported", `These parameters are not known here and were ignored: ${ignored.join(", ")}.`)]
			: []),
		...(isCut
			? [
					note(
						"too-costly",
						`More than ${MOST_INCLUDED} resources come along; only that many are here. Ask for fewer matches a page.`,
					),
				]
			: []),
	];
}

import { type FhirResponse, isId, isObject, Problem, parseJson, type Resource } from "../kernel/index.ts";
import { formatQuery, type Pair, parseQuery, parseSearch } from "../search/index.ts";
import type { Stored } from "../store/index.ts";
import { bundleText, type Entry, type Link } from "./bundle-text.ts";
import type { Exchange, Interaction } from "./engine.ts";
import { readCount, readCursor, writeCursor } from "./paging.ts";
import { isStrict, outcomeText } from "./respond.ts";
import { readSubset } from "./subset.ts";

/** Search within a type. https://hl7.org/fhir/R4/http.html#search */
export const searchType: Interaction = {
	code: "search-type",
	level: "type",
	method: "GET",
	path: ":type",
	action: "search",
	handle: (exchange) => searchWith(exchange, exchange.query),
};

/** The same with parameters in a form body, joined to those of the URL. */
export const searchTypeByPost: Interaction = {
	code: "search-type",
	level: "type",
	method: "POST",
	path: ":type/_search",
	action: "search",
	handle: (exchange) => searchWith(exchange, [...exchange.query, ...formPairs(exchange)]),
};

function formPairs({ request: { body } }: Exchange): Pair[] {
	if (body === undefined) return [];
	if (body.kind === "bytes" && body.mediaType === "application/x-www-form-urlencoded")
		return parseQuery(body.bytes.toString());
	throw new Problem("unsupported-media-type", "Send the parameters of _search as application/x-www-form-urlencoded.");
}

async function searchWith(exchange: Exchange, query: readonly Pair[]): Promise<FhirResponse> {
	const { engine, context, session, params, request } = exchange;
	const strict = isStrict(request);
	const scope = { registry: engine.registry, base: context.base, timeZone: context.tenant.timeZone, strict };
	const { filter, used, ignored } = parseSearch(scope, params.type, query);
	const criteria = { resourceType: params.type, filter };
	const cursor = readCursor(query, isCursor);
	const count = readCount(query);
	const shape = query.filter(([name]) => SHAPING.has(name));
	const link = linksOf(context.base, params.type, [...used, ...shape]);
	if (count === 0 || query.some(([name, value]) => name === "_summary" && value === "count")) {
		const total = await session.count(criteria);
		return { status: 200, body: bundleText("searchset", [], { total, links: [link("self", cursor)] }) };
	}
	const rows = await session.search(criteria, { limit: count + 1, after: cursor?.after });
	const page = rows.slice(0, count);
	const isLast = rows.length <= count;
	const total = await totalOf(query, cursor === undefined && isLast ? rows.length : undefined, () =>
		session.count(criteria),
	);
	const links = [link("self", cursor)];
	if (!isLast) links.push(link("next", { after: page.at(-1)?.id as string }));
	const entries = [...matchEntries(exchange, query, page), ...noteOf(ignored)];
	return { status: 200, body: bundleText("searchset", entries, { total, links }) };
}

const SHAPING = new Set(["_count", "_elements", "_summary", "_total", "_format", "_pretty"]);

type Cursor = { readonly after: string };

const isCursor = (value: unknown): value is Cursor =>
	isObject(value) && typeof value.after === "string" && isId(value.after);

function linksOf(base: string, type: string, pairs: readonly Pair[]) {
	return (relation: string, cursor: Cursor | undefined): Link => {
		const all: Pair[] = cursor ? [...pairs, ["_page", writeCursor(cursor)]] : [...pairs];
		return { relation, url: `${base}/${type}${all.length > 0 ? `?${formatQuery(all)}` : ""}` };
	};
}

/** The total is told when it is known without asking, or asked for. https://hl7.org/fhir/R4/search.html#total */
async function totalOf(
	query: readonly Pair[],
	known: number | undefined,
	count: () => Promise<number>,
): Promise<number | undefined> {
	const wish = query.findLast(([name]) => name === "_total")?.[1];
	switch (wish) {
		case "none":
			return undefined;
		case "accurate":
		case "estimate":
			return known ?? (await count());
		case undefined:
			return known;
		default:
			throw new Problem("value", {
				text: "The value of _total must be none, estimate or accurate.",
				expression: "_total",
			});
	}
}

function matchEntries({ engine, context }: Exchange, query: readonly Pair[], rows: readonly Stored[]): Entry[] {
	const subset = readSubset(engine.registry, query);
	return rows.map(({ type, id, text }) => ({
		fullUrl: `${context.base}/${type}/${id}`,
		resource: subset ? JSON.stringify(subset(parseJson(text) as Resource)) : text,
		search: { mode: "match" },
	}));
}

function noteOf(ignored: readonly string[]): Entry[] {
	if (ignored.length === 0) return [];
	const text = `These parameters are not known here and were ignored: ${ignored.join(", ")}.`;
	return [{ resource: outcomeText("warning", "not-supported", text), search: { mode: "outcome" } }];
}

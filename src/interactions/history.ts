import { isId, isObject, Problem, spanOf } from "../kernel/index.ts";
import { formatQuery, type Pair } from "../search/index.ts";
import type { HistoryPlace, HistoryQuery, HistoryVersion } from "../store/index.ts";
import { bundleText, type Entry } from "./bundle-text.ts";
import type { Exchange, Interaction } from "./engine.ts";
import { etag } from "./etag.ts";
import { readCount, readCursor, writeCursor } from "./paging.ts";
import { isStrict } from "./respond.ts";

const level = (at: Interaction["level"], path: string): Interaction => ({
	code: `history-${at}`,
	level: at,
	method: "GET",
	path,
	action: "history",
	handle: async (exchange) => ({ status: 200, body: await historyText(exchange) }),
});

/** Versions of one resource, one type, or the clinic, newest first. https://hl7.org/fhir/R4/http.html#history */
export const historyInstance: Interaction = level("instance", ":type/:id/_history");
export const historyType: Interaction = level("type", ":type/_history");
export const historySystem: Interaction = level("system", "_history");

type Cursor = { readonly before: number; readonly after: HistoryPlace };

async function historyText(exchange: Exchange): Promise<string> {
	const { session, params, query, context } = exchange;
	requireKnown(exchange);
	const cursor = readCursor(query, isCursor);
	const limit = readCount(query, context.tenant);
	const page = await session.history({ ...place(exchange), ...times(exchange), ...cursor, limit });
	if (page.versions.length === 0 && params.id !== "") await requireExistence(exchange);
	const own = query.filter(([name]) => name !== "_page");
	const link = (relation: string, pairs: readonly Pair[]) => ({
		relation,
		url: `${context.base}/${exchange.request.path}${pairs.length > 0 ? `?${formatQuery(pairs)}` : ""}`,
	});
	const links = [link("self", query)];
	const last = page.versions.at(-1);
	if (page.more && last && limit > 0) {
		const { at, type, id, version } = last;
		links.push(
			link("next", [...own, ["_page", writeCursor({ before: page.before, after: { at, type, id, version } })]]),
		);
	}
	const isWhole = params.id !== "" && cursor === undefined && !page.more;
	const entries = page.versions.map((version) => entryOf(context.base, version));
	// A client that asks again with this time as _since gets all that this answer could not hold yet.
	const asOf = Math.min(page.before, Date.now());
	return bundleText("history", entries, { links, asOf, ...(isWhole && { total: entries.length }) });
}

function place({ params }: Exchange): Pick<HistoryQuery, "type" | "id"> {
	return { ...(params.type !== "" && { type: params.type }), ...(params.id !== "" && { id: params.id }) };
}

function times({ query, context }: Exchange): Pick<HistoryQuery, "since" | "at"> {
	const span = (name: string) => {
		const text = query.findLast(([given]) => given === name)?.[1];
		if (text === undefined) return undefined;
		const found = spanOf(text.replace(" ", "+"), context.tenant.timeZone);
		if (found) return found;
		throw new Problem("value", {
			text: `The value of ${name} must be a date, dateTime or instant. Write a + in a zone as %2B.`,
			expression: name,
		});
	};
	const [since, at] = [span("_since"), span("_at")];
	return { ...(since && { since: since.start }), ...(at && { at }) };
}

const PARAMETERS = ["_since", "_at", "_count", "_page", "_format", "_pretty"];

function requireKnown({ query, request }: Exchange): void {
	const unknown = query.find(([name]) => !PARAMETERS.includes(name));
	if (!unknown || !isStrict(request)) return;
	throw new Problem("value", {
		text: `History has no parameter "${unknown[0]}". It has: ${PARAMETERS.join(", ")}.`,
		expression: unknown[0],
		code: "not-supported",
	});
}

/** An empty page is an answer for what exists or existed; for an id never used it is 404. */
async function requireExistence({ session, params }: Exchange): Promise<void> {
	const { type, id } = params;
	if (await session.read(type, id)) return;
	if (!session.isRestricted(type) && (await session.deletion(type, id))) return;
	throw new Problem("not-found", `There is no ${type} with the id "${id}".`);
}

function entryOf(base: string, { type, id, version, at, method, created, text }: HistoryVersion): Entry {
	return {
		fullUrl: `${base}/${type}/${id}`,
		...(text !== undefined && { resource: text }),
		request: { method, url: method === "POST" ? type : `${type}/${id}` },
		response: {
			status: method === "DELETE" ? "204" : created ? "201" : "200",
			etag: etag(version),
			lastModified: new Date(at).toISOString(),
			...(method !== "DELETE" && { location: `${base}/${type}/${id}/_history/${version}` }),
		},
	};
}

function isCursor(value: unknown): value is Cursor {
	if (!isObject(value) || !isObject(value.after)) return false;
	const { at, type, id, version } = value.after;
	return (
		(isTime(value.before) || value.before === Number.MAX_SAFE_INTEGER) &&
		isTime(at) &&
		typeof type === "string" &&
		/^[A-Z][A-Za-z]+$/.test(type) &&
		typeof id === "string" &&
		isId(id) &&
		isVersion(version)
	);
}

/** Milliseconds since 1970 that are a date here and in the database. */
const isTime = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 8.64e15;

const isVersion = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;

import type { Json, Resource } from "../kernel/index.ts";
import type { Row } from "./sql.ts";

/** A version of a resource as it is kept: finished JSON text, served as it stands. */
export type Stored = {
	readonly type: string;
	readonly id: string;
	readonly version: number;
	readonly lastUpdated: Date;
	readonly text: string;
};

/** Where a resource that is not there has gone: deleted at a version, or never known (`undefined`). */
export type Deletion = { readonly version: number; readonly lastUpdated: Date };

/** What every statement that returns a version selects. */
export const STORED_COLUMNS =
	"id, version, (extract(epoch FROM last_updated) * 1000)::float8 AS at, content::text AS text";

/** Reads a row that selected `STORED_COLUMNS`. */
export const storedOf = (type: string, row: Row): Stored => ({
	type,
	id: row.id as string,
	version: row.version as number,
	lastUpdated: new Date(row.at as number),
	text: row.text as string,
});

/**
 * A resource's text with its id and meta in place, cut where the time of the write belongs, because only the
 * database knows that time. `before + "2026-01-01T00:00:00.000Z" + after` is the text to keep.
 */
export type Draft = { readonly before: string; readonly after: string };

const CUT = "\u0000";
const CUT_TEXT = JSON.stringify(CUT).slice(1, -1);

/** Writes `resource` under `id` as version `version`. A client's own versionId and lastUpdated are replaced. */
export function draft(resource: Resource, id: string, version: number): Draft {
	const { resourceType, id: _id, meta, ...rest } = resource;
	const { versionId: _versionId, lastUpdated: _lastUpdated, ...ownMeta } = meta ?? {};
	const whole: Record<string, Json | undefined> = {
		resourceType,
		id,
		meta: { versionId: String(version), lastUpdated: CUT, ...ownMeta },
		...rest,
	};
	const text = JSON.stringify(whole);
	const cut = text.indexOf(CUT_TEXT);
	return { before: text.slice(0, cut), after: text.slice(cut + CUT_TEXT.length) };
}

/** The finished text of a draft written at `lastUpdated`. */
export const finish = ({ before, after }: Draft, lastUpdated: Date): string =>
	before + lastUpdated.toISOString() + after;

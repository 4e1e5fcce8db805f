import { Migration } from "@mikro-orm/migrations";

/**
 * A request that holds the table for longer ends the migration of this clinic, which can be run again. Meanwhile all
 * other requests queue up behind it; searches end sooner.
 */
const LOCK_TIMEOUT = "2s";

/** The codes of an Observation, each once and those of LOINC first: two stand in columns, the others in keys. */
const codes = `
	SELECT array_agg(code ORDER BY place) AS codes
	FROM (
		SELECT c.coding ->> 'code' AS code,
			min(c.place + CASE WHEN c.coding ->> 'system' = 'http://loinc.org' THEN 0 ELSE 1000000 END) AS place
		FROM json_array_elements(
			CASE json_typeof(old.content -> 'code' -> 'coding') WHEN 'array' THEN old.content -> 'code' -> 'coding' END
		) WITH ORDINALITY AS c (coding, place)
		WHERE json_typeof(c.coding -> 'code') = 'string'
		GROUP BY 1
	) AS each`;

/** Keys of the codes that the columns have no room for: type, path and entry, hashed as all keys are. */
const keys = `
	SELECT coalesce(array_agg(key), '{}') AS keys
	FROM (
		SELECT ('x' || left(md5(concat_ws(chr(31), 'Observation', 'code', 'also', code)), 16))::bit(64)::bigint AS key
		FROM unnest(c.codes[3:]) AS code
	) AS each
	WHERE key <> ALL (old.keys)`;

const fill = `
	UPDATE observation AS o
	SET code = left(c.codes[1], 500), second_code = left(c.codes[2], 500), keys = o.keys || k.keys
	FROM observation AS old CROSS JOIN LATERAL (${codes}) AS c CROSS JOIN LATERAL (${keys}) AS k
	WHERE o.id = old.id AND ((old.code, old.second_code) IS DISTINCT FROM (left(c.codes[1], 500), left(c.codes[2], 500))
		OR cardinality(k.keys) > 0)`;

/**
 * A second code for observations, and indexes that give what has a code in the order of time. Some clinics were made
 * with them by their first migration, hence each IF NOT EXISTS.
 */
export class ObservationCodes extends Migration {
	override up(): void {
		this.addSql(
			[
				`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`,
				"ALTER TABLE observation ADD COLUMN IF NOT EXISTS second_code text",
				`DO $$ BEGIN IF EXISTS (SELECT FROM observation) THEN ${fill}; ANALYZE observation; END IF; END $$`,
				"CREATE INDEX IF NOT EXISTS observation_4 ON observation (code, effective DESC NULLS LAST, id)",
				`CREATE INDEX IF NOT EXISTS observation_second ON observation (second_code, effective DESC NULLS LAST, id)
				WHERE second_code IS NOT NULL`,
			].join(";\n"),
		);
	}
}

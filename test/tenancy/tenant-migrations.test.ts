import t from "tap";
import { tenantMigrations } from "../../src/migrations/tenant/index.ts";
import { entryOf, keyHash, keyText } from "../../src/search/index.ts";
import { createTenancy, openDatabase } from "../../src/tenancy/index.ts";
import { jsonOf, testClinic } from "../support/clinic.ts";

const ask = await testClinic(t);
const pool = ask.database.pool();
const { schema } = ask.tenant;

const LOINC = "http://loinc.org";
const SCT = "http://snomed.info/sct";
const codings = (...pairs: readonly (readonly [system: string | undefined, code: string | undefined])[]) =>
	pairs.map(([system, code]) => ({ ...(system && { system }), ...(code && { code }), display: "shown" }));
const OBSERVATIONS = {
	one: codings([LOINC, "8310-5"]),
	two: codings([SCT, "386725007"], [LOINC, "8310-5"]),
	four: codings([SCT, "386725007"], [LOINC, "8310-5"], [LOINC, "8867-4"], ["urn:own", "77"], [SCT, "8867-4"]),
	codeless: codings([SCT, undefined], ["urn:own", "77"]),
	long: codings(["urn:own", `${"x".repeat(600)}`], ["urn:own", `${"y".repeat(600)}`]),
	none: [],
};

/** The ids that a search finds, in its order. */
async function found(query: string): Promise<string[]> {
	const { entry = [] } = jsonOf(await ask("GET", `Observation?${query}`));
	return entry.map(({ resource }: { resource: { id: string } }) => resource.id);
}

const SEARCHES: readonly (readonly [query: string, ids: readonly string[]])[] = [
	["code=8310-5&_sort=-date", ["four", "two", "one"]],
	[`code=${SCT}%7C386725007&_sort=-date`, ["four", "two"]],
	["code=8867-4&_sort=-date", ["four"]],
	["code=77&_sort=-date", ["codeless", "four"]],
	["code=8867-4,77&_sort=date", ["four", "codeless"]],
];

async function isAnsweredRight(t: { strictSame(a: unknown, b: unknown, name: string): unknown }): Promise<void> {
	for (const [query, ids] of SEARCHES) t.strictSame(await found(query), ids, query);
}

const rows = async (): Promise<unknown[]> =>
	(
		await pool.query(
			`SELECT id, code, second_code, ARRAY(SELECT unnest(keys) ORDER BY 1) AS keys, content::text, version
			FROM "${schema}".observation ORDER BY id`,
		)
	).rows;
const shape = async (): Promise<unknown[]> =>
	(
		await pool.query(
			`SELECT indexdef FROM pg_indexes WHERE schemaname = $1 UNION ALL
			SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable)
			FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1`,
			[schema],
		)
	).rows;

/** Puts the table of observations that the first migration made in the place of today's, with the rows as they were then. */
async function goBack(): Promise<void> {
	const old = await openDatabase({
		url: ask.database.management.config.get("clientUrl") as string,
		poolSize: 2,
		tenantEntities: [],
		tenantMigrations: tenantMigrations.slice(0, 1),
	});
	await createTenancy(old).provision({ slug: "earlier", name: "Earlier" });
	await old.close();
	const { rows: columns } = await pool.query(
		`SELECT string_agg(quote_ident(column_name), ', ') AS names
		FROM information_schema.columns WHERE table_schema = 't_earlier' AND table_name = 'observation'`,
	);
	const { names } = columns[0];
	const also = ["8867-4", "77"].map((code) => keyHash(keyText("Observation", "code", entryOf("also", code))));
	await pool.query(`
		INSERT INTO t_earlier.observation (${names}) SELECT ${names} FROM "${schema}".observation;
		UPDATE t_earlier.observation SET code = NULL WHERE id = 'codeless';
		UPDATE t_earlier.observation SET keys = ARRAY(SELECT key FROM unnest(keys) AS key WHERE key <> ALL ('{${also}}'));
		DROP TABLE "${schema}".observation;
		ALTER TABLE t_earlier.observation SET SCHEMA "${schema}"`);
	await ask.tenancy.drop("earlier");
	await forget();
}

/** Makes the clinic one of which only the first migration is known. */
const forget = () =>
	pool.query(`
		DELETE FROM "${schema}".mikro_orm_migrations WHERE name <> '0001-initial';
		UPDATE phc.tenant SET migrated_to = '0001-initial'`);

t.before(async () => {
	for (const [n, [id, coding]] of Object.entries(OBSERVATIONS).entries()) {
		const effectiveDateTime = `2024-05-0${n + 1}T10:00:00Z`;
		const code = { ...(coding.length > 0 && { coding }), text: "कोड" };
		await ask("PUT", `Observation/${id}`, {
			resourceType: "Observation",
			id,
			status: "final",
			code,
			effectiveDateTime,
		});
	}
});

t.test("observations of a clinic that an earlier version made are found by each of their codes", async (t) => {
	await isAnsweredRight(t);
	const [fresh, made] = [await rows(), await shape()];
	await goBack();
	t.equal((await pool.query(`SELECT FROM "${schema}".observation`)).rowCount, Object.keys(OBSERVATIONS).length);
	t.match(await ask.tenancy.migrateAll(), [{ slug: "first", applied: 1 }]);
	t.strictSame(await rows(), fresh, "rows are as if they were written now");
	t.strictSame(await shape(), made, "columns and indexes are those of a new clinic");
	await isAnsweredRight(t);
	t.strictSame(await ask.tenancy.migrateAll(), [], "nothing is left to do");
});

t.test("a clinic that has the column already, without a record of the migration, stays as it is", async (t) => {
	const before = [await rows(), await shape()];
	await forget();
	t.match(await ask.tenancy.migrateAll(), [{ slug: "first", applied: 1 }]);
	t.strictSame([await rows(), await shape()], before);
});

t.test("a request that holds the table ends a clinic's migration soon, and the next one does it", async (t) => {
	await forget();
	const holder = await pool.connect();
	await holder.query(`BEGIN; LOCK TABLE "${schema}".observation IN ACCESS SHARE MODE`);
	const [refused] = await ask.tenancy.migrateAll();
	t.match(refused, { applied: 0, error: /lock timeout/ });
	await holder.query("ROLLBACK");
	holder.release();
	t.match(await ask.tenancy.migrateAll(), [{ slug: "first", applied: 1 }]);
});

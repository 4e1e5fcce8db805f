import t from "tap";
import { jsonOf, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const table = `"${ask.tenant.schema}".observation`;
const ROWS = 20_000;

await ask.database.pool().query(`
	INSERT INTO ${table} (id, version, last_updated, method, keys, facts, subject, effective, content)
	SELECT 'o' || n, 1, now(), 'PUT', ARRAY[n % 3]::bigint[], '{"n:value": [1]}', 'Patient/' || n % 500,
		timestamptz '2024-01-01' + n * interval '1 minute', json_build_object('resourceType', 'Observation', 'note', repeat('tired again ', 25))
	FROM generate_series(1, ${ROWS}) AS n`);
await ask.database.pool().query(`ANALYZE ${table}`);

type Told = { name: string; valueString?: string; valueDecimal?: number; part?: Told[] };
const explained = async (url: string): Promise<Told[]> => jsonOf(await ask("GET", url)).parameter;
const textsOf = (told: readonly Told[], name: string): string[] =>
	told.flatMap((one) => (one.name === name ? [one.valueString ?? String(one.valueDecimal)] : []));

t.test("tells tree, statement, values, plan and figures", async (t) => {
	const told = await explained("Observation/$explain?patient=7&_sort=-date&_count=3");
	t.strictSame(textsOf(told, "tree"), ["(key subject reference|Patient/7)"]);
	t.match(textsOf(told, "sql"), [/^SELECT .* WHERE t\."subject" = \$2 ORDER BY .* LIMIT \$1::int$/s]);
	const values = told.filter(({ name }) => name === "value").map(({ part = [] }) => part);
	t.strictSame(values, [
		[
			{ name: "kind", valueCode: "number" },
			{ name: "value", valueString: "4" },
		],
		[
			{ name: "kind", valueCode: "text" },
			{ name: "value", valueString: "Patient/7" },
		],
	]);
	t.equal(JSON.parse(textsOf(told, "plan")[0] as string).Plan["Node Type"], "Limit");
	t.strictSame(textsOf(told, "rowsRead"), ["4"]);
	t.strictSame(textsOf(told, "index"), ["observation_1"]);
	t.ok(Number(textsOf(told, "executionMs")[0]) > 0 && Number(textsOf(told, "planningMs")[0]) > 0);
	t.strictSame(textsOf(told, "advice"), []);
});

t.test("says what would make a slow search faster", async (t) => {
	const walked = await explained("Observation/$explain?value-quantity=gt5");
	t.strictSame(textsOf(walked, "rowsRead"), [String(ROWS)]);
	t.match(textsOf(walked, "advice").join(), /observation.*add a (patient|parameter)/);
	const content = await explained("Observation/$explain?_content=%22high%20fever%22&_sort=date");
	t.match(textsOf(content, "advice").join(), /_content/);
});

t.test("POST takes the same parameters as a resource", async (t) => {
	const parameter = [
		{ name: "patient", valueString: "7" },
		{ name: "_count", valueInteger: 3 },
		{ name: "_sort", valueString: "-date" },
	];
	const posted = jsonOf(await ask("POST", "Observation/$explain", { resourceType: "Parameters", parameter }));
	const got = await explained("Observation/$explain?patient=7&_sort=-date&_count=3");
	t.strictSame(textsOf(posted.parameter, "sql"), textsOf(got, "sql"));
});

t.test("is for the clinic's ADMIN, and reads searches as strictly as a search", async (t) => {
	for (const role of ["DOCTOR", "NURSE", "PHARMACIST", "AUDITOR", "INTEGRATION"] as const)
		await refused(t, ask("GET", "Observation/$explain", undefined, { roles: [role] }), 403);
	t.equal((await ask("GET", "Observation/$explain", undefined, { roles: ["ADMIN"] })).status, 200);
	await refused(t, ask("GET", "Observation/$explain?nothing=1"), 400);
	await refused(t, ask("GET", "Observation/$explain?date=x"), 400);
});

t.test("shows the restriction that the caller's searches have", async (t) => {
	const { restrictionOf } = ask.engine;
	Object.assign(ask.engine, { restrictionOf: () => () => ({ kind: "id", ids: ["o1"] }) });
	const told = await explained("Observation/$explain?patient=1");
	Object.assign(ask.engine, { restrictionOf });
	t.match(textsOf(told, "sql").join(), /t\."subject" = \$2 AND t\.id = ANY\(\$3/);
});

t.test("a search that runs into the limit is explained by its estimate", async (t) => {
	const { limits } = ask.tenant;
	Object.assign(ask.tenant, { limits: { ...limits, searchTimeoutMs: 100 } });
	const told = await explained("Observation/$explain?_content=%22high%20fever%22&_sort=date");
	Object.assign(ask.tenant, { limits });
	t.match(textsOf(told, "advice")[0], /time limit/);
	t.strictSame(textsOf(told, "rowsRead"), []);
});

t.test("writes nothing, and leaves its connection as it was", async (t) => {
	t.equal(jsonOf(await ask("GET", "Observation?_summary=count")).total, ROWS);
	const { rows } = await ask.database.searchPool().query("SHOW transaction_read_only");
	t.strictSame(rows, [{ transaction_read_only: "off" }]);
});

import t from "tap";
import { adviseOn, type Plan } from "../../src/store/plan.ts";

/** Plans of PostgreSQL 18 on a clinic of 500,000 observations, without the members that nobody reads. */
const scan = {
	"Node Type": "Seq Scan",
	"Relation Name": "observation",
	"Plan Rows": 4_950,
	"Actual Rows": 12_400,
	"Actual Loops": 1,
	Filter: `(facts @? '$."q:valueQuantity"[*]?(!(exists (@."h")) || @."h" > 5)'::jsonpath)`,
	"Rows Removed by Filter": 487_600,
};
const sorted = (child: object): Plan =>
	({
		Plan: {
			"Node Type": "Limit",
			"Plan Rows": 21,
			"Actual Rows": 21,
			"Actual Loops": 1,
			Plans: [{ "Node Type": "Sort", "Plan Rows": 4_950, "Actual Rows": 21, "Actual Loops": 1, Plans: [child] }],
		},
		"Planning Time": 0.21,
		"Execution Time": 301.4,
	}) as Plan;
const advised = (child: object, ...tables: Parameters<typeof adviseOn>[1] & object) =>
	adviseOn(sorted(child), tables).advice;
const analyzed = { name: "observation", rows: 500_000, changed: 0 };

t.test("tells what a plan cost", async (t) => {
	const bitmap = {
		"Node Type": "Bitmap Heap Scan",
		"Relation Name": "observation",
		"Plan Rows": 90,
		"Actual Rows": 100,
		"Actual Loops": 3,
		"Rows Removed by Filter": 4,
		"Rows Removed by Index Recheck": 1,
		Plans: [{ "Node Type": "Bitmap Index Scan", "Index Name": "observation_keys", "Plan Rows": 90 }],
	};
	t.strictSame(adviseOn(sorted(bitmap), [analyzed]), {
		rowsRead: 315,
		planningMs: 0.21,
		executionMs: 301.4,
		indexes: ["observation_keys"],
		advice: [],
	});
	const estimate = { Plan: { "Node Type": "Seq Scan", "Relation Name": "observation", "Plan Rows": 9 } };
	const { rowsRead, executionMs, advice } = adviseOn(estimate, [analyzed]);
	t.strictSame([rowsRead, executionMs], [undefined, undefined]);
	t.match(advice, [/^Sequential scan of observation \(500,000 rows\)/]);
});

t.test("a sequential scan of many rows is told with the index that would serve", async (t) => {
	const mend = (Filter?: string) => advised({ ...scan, Filter }, analyzed)[0];
	t.match(mend(scan.Filter), /^Sequential scan of observation \(500,000 rows\)\. No index holds these values: add/);
	t.match(mend("(keys @> '{123}'::bigint[])"), /index observation_keys .* run ANALYZE/);
	t.match(mend("(keys && '{123}'::bigint[])"), /index observation_keys/);
	t.match(
		mend("((effective >= to_timestamp('1'::double precision)) AND (facts @? '$.\"d:x\"'::jsonpath))"),
		/An index on its column effective would serve/,
	);
	t.match(mend("((type = 'Goal'::text) AND (status = 'a = b'::text))"), /its column status would/);
	t.match(
		mend("(jsonb_to_tsvector('simple'::regconfig, (content)::jsonb, '[\"string\"]'::jsonb) @@ '''x'''::tsquery)"),
		/_content/,
	);
	t.match(mend(), /narrows nothing down/);
	t.strictSame(advised({ ...scan, "Actual Rows": 40, "Plan Rows": 40, "Rows Removed by Filter": 9_000 }), []);
});

t.test("rows that facts leave out of an index scan are told", async (t) => {
	const walk = { ...scan, "Node Type": "Index Scan", "Index Name": "observation_pkey" };
	t.match(advised(walk, analyzed), [/^487,600 rows of observation were read and left out by their facts/]);
	t.strictSame(advised({ ...walk, Filter: "(subject = 'Patient/1'::text)" }, analyzed), []);
	t.strictSame(advised({ ...walk, "Rows Removed by Filter": 900 }, analyzed), []);
	t.match(advised({ ...walk, "Rows Removed by Filter": 900, "Actual Loops": 60 }, analyzed), [/^54,000 rows/]);
});

t.test("estimates that are far off are told, but not those of what a limit ended early", async (t) => {
	const found = (planned: number, actual: number) => ({
		"Node Type": "Index Scan",
		"Relation Name": "observation",
		"Plan Rows": planned,
		"Actual Rows": actual,
		"Actual Loops": 1,
	});
	t.match(advised(found(10, 5_000), analyzed), [
		/^Index Scan of observation: 10 rows expected, 5,000 found: run ANALYZE/,
	]);
	t.strictSame(advised(found(100, 5_000), analyzed), []);
	t.strictSame(advised(found(1, 500), analyzed), []);
	t.strictSame(advised(found(90_000, 21), analyzed), []);
	t.match(adviseOn({ Plan: found(90_000, 21) }).advice, [/90,000 rows expected, 21 found/]);
	t.strictSame(adviseOn({ Plan: { ...found(90_000, 0), "Actual Loops": 0 } }).advice, []);
});

t.test("tables without fresh statistics, and sorts on disk, are told", async (t) => {
	const few = { "Node Type": "Index Scan", "Relation Name": "observation", "Plan Rows": 5, "Actual Rows": 5 };
	t.match(advised(few, { ...analyzed, rows: -1, changed: 20_000 }), [/never been analyzed: run ANALYZE observation/]);
	t.strictSame(advised(few, { ...analyzed, rows: -1, changed: 20 }), []);
	t.match(advised(few, { ...analyzed, changed: 900_000 }), [/changed by 900,000 rows since ANALYZE/]);
	t.strictSame(advised(few, { name: "patient", rows: -1, changed: 20_000 }), []);
	t.match(advised({ ...few, "Sort Space Type": "Disk" }, analyzed), [/sort went to disk/]);
});

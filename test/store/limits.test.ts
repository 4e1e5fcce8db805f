import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import t from "tap";
import { readLimits, type Tenant } from "../../src/kernel/index.ts";
import { searchSql } from "../../src/store/search-sql.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const { tenancy, database, tenant } = ask;

/** Sets limits as an administrator does, in the clinic's settings. */
async function setLimits(settings: object): Promise<Tenant> {
	await database.management.em
		.getConnection()
		.execute("update phc.tenant set settings = settings || ?::jsonb where slug = 'first'", [JSON.stringify(settings)]);
	await tenancy.activate("first");
	const changed = (await tenancy.resolve("first"))?.tenant as Tenant;
	Object.assign(tenant, changed);
	return changed;
}

/** Runs `work` while another client holds the table of patients, so that every statement about them waits. */
async function whilePatientsAreHeld<T>(work: () => Promise<T>): Promise<T> {
	const client = await database.pool().connect();
	await client.query(`BEGIN; LOCK TABLE "${tenant.schema}".patient IN ACCESS EXCLUSIVE MODE`);
	try {
		return await work();
	} finally {
		await client.query("ROLLBACK");
		client.release();
	}
}

t.test("limits are those of the clinic's settings, else the usual ones", async (t) => {
	t.strictSame(tenant.limits, { searchTimeoutMs: 1800, maxPageSize: 1000 });
	t.strictSame(readLimits({ searchTimeoutMs: 1, maxPageSize: "many" }), tenant.limits);
	const { limits, timeZone } = await setLimits({ searchTimeoutMs: 300, maxPageSize: 2 });
	t.strictSame({ limits, timeZone }, { limits: { searchTimeoutMs: 300, maxPageSize: 2 }, timeZone: "Asia/Kolkata" });
});

t.test("a page is no longer than the clinic allows", async (t) => {
	for (const id of ["a", "b", "c"]) await ask("PUT", `Patient/${id}`, somePatient({ id }));
	for (const url of ["Patient", "Patient?_count=1000", "Patient/_history", "Patient/_history?_count=50"]) {
		const bundle = jsonOf(await ask("GET", url));
		t.equal(bundle.entry.length, 2, url);
		t.ok(bundle.link.some(({ relation }: { relation: string }) => relation === "next"));
	}
	t.equal(jsonOf(await ask("GET", "Patient?_count=1")).entry.length, 1);
});

t.test("searches end at the limit with a message that names it, whatever their form", async (t) => {
	const body = somePatient();
	const reading = { request: { method: "GET", url: "Patient?name=a" } };
	const writing = {
		request: { method: "PUT", url: "Practitioner/p" },
		resource: { resourceType: "Practitioner", id: "p" },
	};
	const conditional = { request: { method: "PUT", url: "Patient?name=a" }, resource: body };
	const transaction = (...entry: object[]) => ({ resourceType: "Bundle", type: "transaction", entry });
	await whilePatientsAreHeld(async () => {
		const begun = performance.now();
		const problems = await Promise.all([
			refused(t, ask("GET", "Patient?name=a"), 422),
			refused(t, ask("GET", "Patient?_summary=count"), 422),
			refused(t, ask("GET", "Observation?subject:Patient.name=a"), 422),
			refused(t, ask("GET", "Patient/_history"), 422),
			refused(t, ask("POST", "Patient", body, { conditions: { ifNoneExist: "name=a" } }), 422),
			refused(t, ask("PUT", "Patient?name=a", body), 422),
			refused(t, ask("POST", "", transaction(reading)), 422),
			refused(t, ask("POST", "", transaction(writing, reading)), 422),
			refused(t, ask("POST", "", transaction(conditional)), 422),
		]);
		t.ok(performance.now() - begun < 1500);
		for (const problem of problems) {
			t.equal(problem.kind, "too-costly");
			t.match(problem.message, /stopped after 300 ms, the most that this clinic allows\. Narrow it down/);
		}
	});
	t.equal((await ask("GET", "Patient?name=a")).status, 200, "the connections go on");
	await refused(t, ask("GET", "Practitioner/p"), 404);
});

t.test("reads by id and writes are not ended", async (t) => {
	const [read, written] = await whilePatientsAreHeld(async () => {
		const both = [ask("GET", "Patient/a"), ask("POST", "Patient", somePatient())] as const;
		await wait(500);
		return both;
	}).then((both) => Promise.all(both));
	t.equal(read.status, 200);
	t.equal(written.status, 201);
});

t.test("a search that waits holds up no read", async (t) => {
	await ask("PUT", "Practitioner/q", { resourceType: "Practitioner", id: "q" });
	await whilePatientsAreHeld(async () => {
		const searches = Array.from({ length: 30 }, () => refused(t, ask("GET", "Patient?name=a"), 422));
		await wait(50);
		const begun = performance.now();
		t.equal((await ask("GET", "Practitioner/q")).status, 200);
		t.ok(performance.now() - begun < 200);
		await Promise.all(searches);
	});
});

t.test("the searches of one request have the time of one together", async (t) => {
	const pool: pg.Pool = database.searchPool();
	const sleep = "SELECT pg_sleep($1)::text";
	const one = searchSql(pool, 600, true);
	await one.query(sleep, [0.45]);
	const begun = performance.now();
	await refused(t, one.query(sleep, [0.5]), 422);
	t.ok(performance.now() - begun < 400);
	const each = searchSql(pool, 600, false);
	await each.query(sleep, [0.45]);
	await each.query(sleep, [0.45]);
	await t.rejects(each.query("SELECT nothing", []), { code: "42703" });
	t.strictSame(await each.query("SELECT 1 AS one", []), [{ one: 1 }]);
});

t.test("a search on connections that break is told as unavailable, and the next one works", async (t) => {
	const sql = searchSql(database.searchPool(), 5000, false);
	const slow = sql.query("SELECT pg_sleep(3)::text", []);
	const client = new pg.Client({ connectionString: String(database.tenants.config.get("clientUrl")) });
	await wait(100);
	await client.connect();
	const ended = slow.then(
		() => undefined,
		(error: { kind?: string }) => error.kind,
	);
	await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(3)%'");
	await client.end();
	t.equal(await ended, "unavailable");
	t.strictSame(await sql.query("SELECT 1 AS one", []), [{ one: 1 }]);
});

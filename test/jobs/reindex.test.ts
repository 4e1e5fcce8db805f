import t from "tap";
import { relearn } from "../../src/interactions/index.ts";
import type { Session } from "../../src/store/index.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { otherClinic, testRunner, until } from "../support/jobs.ts";

const ROWS = 1000;
const PATIENTS = { type: "Patient" };

const nick = {
	resourceType: "SearchParameter",
	id: "nick",
	url: "https://phc.example/SearchParameter/nick",
	name: "nick",
	description: "The name a patient is called by.",
	status: "active",
	code: "nick",
	base: ["Patient"],
	type: "string",
	expression: "Patient.name.text",
};

const ask = await testClinic(t);
const { engine, tenant, database } = ask;
await ask("POST", "", {
	resourceType: "Bundle",
	type: "transaction",
	entry: Array.from({ length: ROWS }, (_, i) => ({
		resource: somePatient({ id: `p${i}`, name: [{ text: `Nick${i % 10}` }] }),
		request: { method: "PUT", url: `Patient/p${i}` },
	})),
});

const refusal = async (): Promise<string> => {
	const answer = await ask("GET", "Patient?nick=Nick1&_total=accurate").catch((error: Error) => error);
	return answer instanceof Error ? answer.message : String(jsonOf(answer).total);
};
const job = async () => (await database.pool().query("select * from phc.job order by created_at desc limit 1")).rows[0];

t.test("a job whose process has died is taken up where it was saved, and misses nothing", async (t) => {
	await ask("PUT", "SearchParameter/nick", nick);
	const dead = await engine.store.jobs.claim("dead", 300);
	t.match(dead, { name: "reindex", input: { types: ["Patient"] } });
	const { next, seen } = await engine.store.reindex(tenant, "http://x", engine.registry).walk(PATIENTS, undefined, 400);
	const since = await engine.store.horizon(tenant);
	const state = { phase: "walk", parts: [PATIENTS], part: 0, since, after: next as never };
	t.ok(await engine.store.jobs.save(dead?.id as string, "dead", 300, { done: seen, total: ROWS, state }));
	t.equal(await engine.store.jobs.claim("early", 300), undefined, "it is the dead process's while the lease lasts");
	await until(async () => /being indexed: 400 of 1000/.test(await refusal()));
	await ask("PUT", "Patient/p1", somePatient({ id: "p1", name: [{ text: "Nick1 again" }] }));
	testRunner(t, ask).start();
	await until(async () => /^\d+$/.test(await refusal()));
	t.equal((await job()).done, String(ROWS));
	t.equal(await engine.store.jobs.save(dead?.id as string, "dead", 300), false, "the dead one has lost it");
	const total = Number(await refusal());
	t.ok(total >= 60, `${total}: those behind the saved place were indexed without the parameter by the test itself`);
});

t.test("writes by a process that did not know yet are found in the end", async (t) => {
	const stranger = { ...engine };
	const elsewhere = await otherClinic(ask, "first", stranger);
	await elsewhere("GET", "Patient/p1");
	await ask("PUT", "SearchParameter/nick", { ...nick, expression: "Patient.name.text | Patient.name.given" });
	const running = testRunner(t, ask, { settleMs: 1500 });
	running.start();
	await until(async () => (await job()).state?.phase === "settle");
	for (const id of ["a", "b", "p999"]) {
		await elsewhere("PUT", `Patient/${id}`, somePatient({ id, name: [{ given: ["Stranger"] }] }));
	}
	await until(async () => /^\d+$/.test(await refusal()));
	t.equal(jsonOf(await ask("GET", "Patient?nick=Stranger")).total, 3);
});

t.test("a write that outlives what its process knew is indexed by what is true when it ends", async (t) => {
	let open: () => void = () => undefined;
	const gate = new Promise<void>((resolve) => {
		open = resolve;
	});
	const slow = {
		...engine,
		validate: (...one: Parameters<typeof engine.validate>) => gate.then(() => engine.validate(...one)),
	};
	const elsewhere = await otherClinic(ask, "first", slow);
	await elsewhere("GET", "Patient/p1");
	await ask("PUT", "SearchParameter/nick", { ...nick, expression: "Patient.name.text | Patient.name.suffix" });
	const begun = Date.now();
	const late = elsewhere("PUT", "Patient/late", somePatient({ id: "late", name: [{ suffix: ["Latecomer"] }] }));
	testRunner(t, ask).start();
	await until(async () => /^\d+$/.test(await refusal()) && Date.now() - begun > 1100);
	await relearn(slow, { tenant, base: "http://clinic.test/t/first/fhir" });
	open();
	t.equal((await late).status, 201);
	t.equal(jsonOf(await ask("GET", "Patient?nick=Latecomer")).total, 1);
	await ask("DELETE", "Patient/late");
});

t.test("it blocks nobody: writes and searches go on, and nothing of a concurrent update is lost", async (t) => {
	await ask("PUT", "SearchParameter/nick", { ...nick, expression: "Patient.name.text" });
	testRunner(t, ask).start();
	const times: number[] = [];
	let n = 0;
	while ((await refusal()).includes("indexed")) {
		const id = `p${(n * 37) % ROWS}`;
		const begun = performance.now();
		await ask("PUT", `Patient/${id}`, somePatient({ id, name: [{ text: `Busy${n++}` }] }));
		await ask("GET", "Patient?name=Busy0");
		times.push(performance.now() - begun);
	}
	t.ok(n > 0, `${n} writes meanwhile`);
	t.ok(Math.max(...times) < 1000, `the slowest took ${Math.max(...times).toFixed()} ms`);
	for (let i = Math.max(0, n - 20); i < n; i++) {
		t.equal(jsonOf(await ask("GET", `Patient?nick:exact=Busy${i}`)).total, 1, `Busy${i}`);
	}
});

t.test("a row that a transaction holds is waited for alone", async (t) => {
	await ask("PUT", "SearchParameter/nick", { ...nick, expression: "Patient.name.text | Patient.name.family" });
	const client = await database.pool().connect();
	await client.query(`begin; select 1 from "${tenant.schema}".patient where id = 'p5' for update`);
	testRunner(t, ask).start();
	await until(async () => (await job()).status === "running");
	const id = "p6";
	const begun = performance.now();
	await ask("PUT", "Patient/p6", somePatient({ id, name: [{ text: "Neighbour" }] }));
	t.ok(performance.now() - begun < 1000, "its neighbours are free");
	await client.query("commit");
	client.release();
	await until(async () => /^\d+$/.test(await refusal()));
	t.equal(jsonOf(await ask("GET", "Patient?nick=Neighbour")).total, 1);
});

t.test("patients contained in other resources are indexed with it", async (t) => {
	const contained = [somePatient({ id: "inner", name: [{ text: "Matryoshka" }] })];
	const patient = { reference: "#inner" };
	for (const [type, more] of [
		["Observation", { status: "final", code: { text: "x" }, subject: patient }],
		["Flag", { status: "active", code: { text: "x" }, subject: patient }],
	] as const) {
		await ask("PUT", `${type}/holder`, { resourceType: type, id: "holder", contained, ...more });
	}
	await ask("PUT", "SearchParameter/nick", { ...nick, expression: "Patient.name.text | Patient.name.suffix" });
	const pool = database.pool();
	for (const table of ["observation", "resource"]) {
		await pool.query(`update "${tenant.schema}".${table} set facts = facts - '#' where id = 'holder'`);
	}
	const runner = testRunner(t, ask);
	runner.start();
	await until(async () => /^\d+$/.test(await refusal()));
	await runner.stop();
	for (const type of ["Observation", "Flag"]) {
		const { rows } = await pool.query(
			`select facts #>> '{#,0,t}' as t from "${tenant.schema}".${type === "Flag" ? "resource" : "observation"} where id = 'holder'`,
		);
		t.same(rows, [{ t: "Patient" }], type);
	}
});

t.test("a runner that stops gives its job back at once", async (t) => {
	await ask("PUT", "SearchParameter/nick", { ...nick, expression: "Patient.name.given | Patient.name.text" });
	const first = testRunner(t, ask, { settleMs: 60_000 });
	first.start();
	await until(async () => (await job()).status === "running");
	await first.stop();
	t.match(await job(), { status: "queued", runner: null });
	testRunner(t, ask).start();
	await until(async () => /^\d+$/.test(await refusal()));
});

t.test("a job that fails is tried again, and at last given up with words for the client", async (t) => {
	await ask("PUT", "SearchParameter/nick", { ...nick, expression: "Patient.name.given" });
	const faults: unknown[] = [];
	const failing = { name: "reindex", run: () => Promise.reject(new Error("secret of the database")) };
	const runner = testRunner(t, ask, { kinds: [failing], retryMs: 1, onFault: (error) => faults.push(error) });
	runner.start();
	await until(async () => (await job()).status === "failed");
	await runner.stop();
	t.equal(faults.length, 5);
	t.notMatch((await job()).fault, /secret/);
	await until(async () => /not indexed: its index job was cancelled or failed/.test(await refusal()));
});

t.test("a session of the store keeps to what it is given", async (t) => {
	const session: Session = engine.store.session(tenant, "http://x");
	t.equal((await session.read("Patient", "p5"))?.version, 1, "reindexing made no version");
});

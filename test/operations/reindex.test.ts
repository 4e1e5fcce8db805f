import t from "tap";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { ended, otherClinic, testRunner } from "../support/jobs.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const other = await otherClinic(ask, "second");
const { schema } = ask.tenant;
const pool = ask.database.pool();
const family = async (): Promise<number> => jsonOf(await ask("GET", "Patient?family=Devi")).total;
for (const id of ["a", "b"]) await ask("PUT", `Patient/${id}`, somePatient({ id }));

t.test("it mends what searches read, for one type or all, and makes no version", async (t) => {
	const runner = testRunner(t, ask);
	runner.start();
	for (const path of ["Patient/$reindex", "$reindex"]) {
		await pool.query(`update "${schema}".patient set keys = '{}', facts = '{}', family_name = null`);
		t.equal(await family(), 0);
		const response = await ask("POST", path);
		t.equal(response.status, 202);
		const at = response.contentLocation as string;
		t.match(at, /^http:\/\/clinic\.test\/t\/first\/fhir\/\$job-status\/[\w-]+$/);
		t.equal((await ended(ask, at)).status, 200);
		t.equal(await family(), 2);
		const { rows } = await pool.query(`select family_name, version from "${schema}".patient`);
		t.same(rows, Array(2).fill({ family_name: "Devi", version: 1 }));
		t.equal(jsonOf(await ask("GET", "Patient/a/_history")).total, 1);
	}
	await runner.stop();
});

t.test("while it goes on it tells how far it is, and it can be cancelled", async (t) => {
	const at = (await ask("POST", "Patient/$reindex")).contentLocation as string;
	const path = at.slice(at.indexOf("$"));
	const id = path.split("/")[1] as string;
	t.match(await ask("GET", path), { status: 202, progress: "waiting for its turn", retryAfter: 2 });
	await ask.engine.store.jobs.claim("someone", 60_000);
	const state = { since: 0, sweeping: false, type: 0 };
	t.ok(await ask.engine.store.jobs.save(id, "someone", 60_000, { done: 1, total: 2, state }));
	t.match(await ask("GET", path), { status: 202, progress: "1 of 2" });
	t.equal((await ask("DELETE", path)).status, 202);
	await refused(t, ask("GET", path), 404);
	t.notOk(await ask.engine.store.jobs.save(id, "someone", 60_000), "its runner leaves off");
});

t.test("a search parameter whose index job was cancelled is indexed by the next $reindex of its type", async (t) => {
	await ask("PUT", "SearchParameter/nick", {
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
	});
	const { rows } = await pool.query("select id from phc.job where status = 'queued'");
	t.equal(rows.length, 1);
	await ask("DELETE", `$job-status/${rows[0].id}`);
	await ask("GET", "SearchParameter/nick");
	const runner = testRunner(t, ask);
	runner.start();
	const reindexed = async (path: string) => ended(ask, (await ask("POST", path)).contentLocation as string);
	await reindexed("Observation/$reindex");
	t.match((await refused(t, ask("GET", "Patient?nick=Asha"), 400)).message, /cancelled or failed.*\$reindex/);
	await reindexed("Patient/$reindex");
	t.equal(jsonOf(await ask("GET", "Patient?nick=Asha")).total, 2);
	await runner.stop();
});

t.test("only an ADMIN of the clinic may start, see and cancel it", async (t) => {
	await refused(t, ask("POST", "$reindex", undefined, { roles: ["DOCTOR"] }), 403);
	const at = (await ask("POST", "Patient/$reindex")).contentLocation as string;
	const path = at.slice(at.indexOf("$"));
	for (const method of ["GET", "DELETE"] as const) {
		await refused(t, ask(method, path, undefined, { roles: ["DOCTOR"] }), 403);
		await refused(t, other(method, path), 404);
	}
	t.equal((await ask("GET", path)).status, 202, "it still goes on");
	await ask("DELETE", path);
	await refused(t, ask("GET", "$job-status/none"), 404);
});

t.test("it changes state, so it is no GET; it takes no parameters", async (t) => {
	await refused(t, ask("GET", "$reindex"), 405);
	await refused(t, ask("GET", "Patient/$reindex"), 405);
	await refused(t, ask("POST", "Patients/$reindex"), 404);
	const parameters = { resourceType: "Parameters", parameter: [{ name: "x", valueString: "y" }] };
	t.match((await refused(t, ask("POST", "$reindex", parameters), 400)).message, /no parameter "x"\. It takes: none/);
	await refused(t, ask("POST", "$reindex", somePatient()), 400);
	await refused(t, ask("POST", "Patient/a/$reindex"), 404);
});

t.test("the CapabilityStatement lists it, and status URLs are no interactions", async (t) => {
	const { rest } = jsonOf(await ask("GET", "metadata"));
	const entry = { name: "reindex", definition: "urn:phc-commons:operation:reindex" };
	const own = (operations: { name: string }[]) => operations.filter(({ name }) => name === "reindex");
	t.match(own(rest[0].operation), [entry]);
	for (const { operation } of rest[0].resource) t.match(own(operation), [entry]);
	t.notMatch(JSON.stringify(rest[0].interaction), /\$/);
});

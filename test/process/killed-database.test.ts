import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { nothingLost, startLoad } from "./support/load.ts";
import { childrenOf, openClinic, serve, until } from "./support/server-process.ts";

t.test("PostgreSQL that is killed under load comes back, and nothing acknowledged is lost", async (t) => {
	const dataDir = t.testdir({});
	const { url, kill, ended } = await serve(t, dataDir);
	const token = await openClinic(url);
	const load = startLoad(t, url, token, "database");
	for (const round of [1, 2]) {
		const before = load.created.length;
		await until(() => load.created.length > before + 25);
		const postmaster = Number(readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
		for (const pid of [postmaster, ...childrenOf(postmaster)]) process.kill(pid, "SIGKILL");
		const failed = load.outcomes.length;
		await until(() =>
			load.outcomes.slice(failed).some((outcome) => typeof outcome === "object" && outcome.status === 503),
		);
		const down = load.created.length;
		await until(() => load.created.length > down + 25);
		t.pass(`round ${round}: it answered again`);
	}
	await load.stop();
	const answers = load.outcomes.filter((outcome) => typeof outcome === "object");
	t.equal(answers.length, load.outcomes.length, "no connection was broken");
	const failures = answers.filter(({ status }) => status >= 400);
	t.strictSame([...new Set(failures.map(({ status, type }) => `${status} ${type}`))], ["503 OperationOutcome"]);
	const slowest = Math.max(...answers.map(({ ms }) => ms));
	t.ok(slowest < 10_000, `no request hung: the slowest took ${slowest} ms`);
	await nothingLost(t, url, token, load);
	kill("SIGTERM");
	t.same(await ended, [0, null]);
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { nothingLost, nothingUnanswered, startLoad } from "./support/load.ts";
import { databaseUrl, enterClinic, openClinic, serve, serveInVain, until } from "./support/server-process.ts";

t.test("a server that is asked to end answers what it has taken, and ends", async (t) => {
	const dataDir = t.testdir({});
	const first = await serve(t, dataDir);
	const load = startLoad(t, first.url, await openClinic(first.url), "ended");
	await until(() => load.created.length > 80);
	const asked = Date.now();
	first.kill("SIGTERM");
	t.same(await first.ended, [0, null]);
	t.ok(Date.now() - asked < 5000, `it took ${Date.now() - asked} ms`);
	t.notOk(existsSync(join(dataDir, "postgres", "postmaster.pid")), "PostgreSQL is stopped with it");
	await load.stop();
	const bad = load.outcomes.filter((outcome) => typeof outcome === "object" && outcome.status >= 400);
	t.strictSame(bad, [], "no request was turned away halfway");
	const second = await serve(t, dataDir);
	const token = await enterClinic(second.url);
	await nothingLost(t, second.url, token, load);
	await nothingUnanswered(t, second.url, token, load);
	await t.test("a second server on the same directory is told who has it", async (t) => {
		const { code, said } = await serveInVain(t, dataDir);
		t.equal(code, 1);
		t.match(said, `Another server (process ${second.pid}) runs on the data directory`);
		t.match(said, "set DATA_DIR");
		t.notMatch(said, /\n\s+at /, "without a stack");
	});
	await t.test("a second server on the same port is told so", async (t) => {
		const url = databaseUrl(dataDir);
		const { code, said } = await serveInVain(t, t.testdir({}), { PORT: new URL(second.url).port, DATABASE_URL: url });
		t.equal(code, 1);
		t.match(said, /Port \d+ on 127\.0\.0\.1 is taken/);
	});
	second.kill("SIGTERM");
	t.same(await second.ended, [0, null]);
});

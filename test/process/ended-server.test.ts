import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { nothingLost, nothingUnanswered, startLoad } from "./support/load.ts";
import { databaseUrl, enterClinic, openClinic, serve, serveInVain, until } from "./support/server-process.ts";

const ENOUGH = 40;
const dataDir = t.testdir({});

t.test("a server that is killed under load has lost nothing it acknowledged", async (t) => {
	const first = await serve(t, dataDir);
	const load = startLoad(t, first.url, await openClinic(first.url), "killed");
	await until(() => load.created.length > ENOUGH);
	first.kill("SIGKILL");
	t.same(await first.ended, [null, "SIGKILL"]);
	await load.stop();
	t.ok(load.outcomes.includes("broken"), "requests were under way");

	const second = await serve(t, dataDir);
	const token = await enterClinic(second.url);
	await nothingLost(t, second.url, token, load);

	await t.test("a second server on the same directory is told who has it", async (t) => {
		const { code, said } = await serveInVain(t, dataDir);
		t.equal(code, 1);
		t.match(said, `Another server (process ${second.pid}) runs on the data directory`);
		t.match(said, "set DATA_DIR");
		t.notMatch(said, /\n\s+at /, "without a stack");
	});

	await t.test("a second server on the same port is told so", async (t) => {
		const settings = { PORT: new URL(second.url).port, DATABASE_URL: databaseUrl(dataDir) };
		const { code, said } = await serveInVain(t, t.testdir({}), settings);
		t.equal(code, 1);
		t.match(said, /Port \d+ on 127\.0\.0\.1 is taken/);
	});

	await t.test("a server that is asked to end answers what it has taken, and ends", async (t) => {
		const load = startLoad(t, second.url, token, "ended");
		await until(() => load.created.length > ENOUGH);
		const asked = Date.now();
		second.kill("SIGTERM");
		t.same(await second.ended, [0, null]);
		t.ok(Date.now() - asked < 5000, `it took ${Date.now() - asked} ms`);
		t.notOk(existsSync(join(dataDir, "postgres", "postmaster.pid")), "PostgreSQL is stopped with it");
		await load.stop();
		const bad = load.outcomes.filter((outcome) => typeof outcome === "object" && outcome.status >= 400);
		t.strictSame(bad, [], "no request was turned away halfway");
		const third = await serve(t, dataDir);
		const again = await enterClinic(third.url);
		await nothingLost(t, third.url, again, load);
		await nothingUnanswered(t, third.url, again, load);
		third.kill("SIGTERM");
		t.same(await third.ended, [0, null]);
	});
});

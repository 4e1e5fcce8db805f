import t from "tap";
import { nothingLost, startLoad } from "./support/load.ts";
import { enterClinic, isRunning, openClinic, serve, until } from "./support/server-process.ts";

t.test("a server that is killed under load has lost nothing it acknowledged", async (t) => {
	const dataDir = t.testdir({});
	const first = await serve(t, dataDir);
	const load = startLoad(t, first.url, await openClinic(first.url), "killed");
	await until(() => load.created.length > 80);
	first.kill("SIGKILL");
	t.same(await first.ended, [null, "SIGKILL"]);
	await load.stop();
	t.ok(load.outcomes.includes("broken"), "requests were under way");
	const second = await serve(t, dataDir);
	await nothingLost(t, second.url, await enterClinic(second.url), load);
	second.kill("SIGTERM");
	t.same(await second.ended, [0, null]);
	t.notOk(isRunning(second.pid));
});

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { typedPath } from "../../src/config.ts";

const ROOT = join(import.meta.dirname, "../..");

t.test("a path is read from where npm run phc was called", async (t) => {
	const env = { npm_lifecycle_event: "phc", INIT_CWD: "/home/asha/data" };
	t.equal(typedPath("visits.json", env), "/home/asha/data/visits.json");
	t.equal(typedPath("../visits.json", env), "/home/asha/visits.json");
	t.equal(typedPath("/srv/visits.json", env), "/srv/visits.json");
	t.equal(typedPath("visits.json", { ...env, npm_lifecycle_event: "test" }), "visits.json", "another script of npm");
	t.equal(typedPath("visits.json", { ...env, INIT_CWD: process.cwd() }), "visits.json", "as it was typed");
	t.equal(typedPath("visits.json", {}), "visits.json");
});

t.test("so phc writes and reads there", async (t) => {
	const folder = t.testdir();
	const env = { ...process.env, npm_lifecycle_event: "phc", INIT_CWD: folder };
	const run = (...args: string[]) =>
		promisify(execFile)(process.execPath, ["src/cli/main.ts", ...args], { cwd: ROOT, env });
	await run("demo", "--patients", "1", "--out", "demo.ndjson");
	t.ok(existsSync(join(folder, "demo.ndjson")));
	const missing = await run("load", "none.ndjson", "--token", "x", "--tenant", "y").catch(
		(error: Error) => error.message,
	);
	t.match(missing, `${join(folder, "none.ndjson")} does not exist`);
});

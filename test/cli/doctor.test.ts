import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t from "tap";
import { CHECKS, checkClock, checkDirectory, checkNode, checkSecrets, checkServer } from "../../src/cli/checks.ts";
import { readConfig } from "../../src/config.ts";
import { tenantMigrations } from "../../src/migrations/tenant/index.ts";
import { createTenancy, openDatabase } from "../../src/tenancy/index.ts";
import { testDatabase } from "../support/database.ts";

const mends = (finding: { mend?: string }): boolean => finding.mend !== undefined;

t.test("an old Node.js, a clock in the past and a file for a folder are found", async (t) => {
	t.notOk(mends(checkNode("22.17.0")));
	t.notOk(mends(checkNode("24.1.0")));
	t.match(checkNode("22.9.0"), { mend: /install/ });
	t.match(checkNode("20.19.0"), { mend: /install/ });
	t.notOk(mends(checkClock(new Date("2026-03-01"))));
	t.match(checkClock(new Date(0)), { mend: /NTP/ });
	const folder = t.testdir({ file: "" });
	t.notOk(mends(checkDirectory(folder)));
	t.match(checkDirectory(join(folder, "not", "yet")), { text: /first start makes it/ });
	t.ok(mends(checkDirectory(join(folder, "file"))));
});

t.test("a password file that others can read is found", async (t) => {
	const folder = t.testdir({});
	t.notOk(mends(checkSecrets(folder)));
	const file = join(folder, "demo-login.json");
	writeFileSync(file, "{}", { mode: 0o600 });
	t.notOk(mends(checkSecrets(folder)));
	chmodSync(file, 0o644);
	t.match(checkSecrets(folder), { mend: `chmod 600 ${file}` });
});

t.test(
	"a port is free, taken by another program, or served by us; the running server answers for its database",
	async (t) => {
		let status = 404;
		let body = "";
		const other = createServer((_request, response) => response.writeHead(status).end(body));
		await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
		t.teardown(() => other.close());
		const { port } = other.address() as AddressInfo;
		const run = async (name: string, env: Record<string, string>) =>
			CHECKS.find((check) => check.name === name)?.run(readConfig({ DATA_DIR: t.testdirName, ...env }));
		t.match(await run("Port", { PORT: "0" }), { text: /is free/ });
		t.match(await run("Port", { PORT: String(port) }), { text: /another program/, mend: /set PORT/ });
		status = 200;
		t.match(await run("Port", { PORT: String(port) }), { text: /running server/, mend: undefined });
		t.match(await run("Database", { PORT: String(port) }), { text: /reachable and migrated/, mend: undefined });
		body = '{"status":"ready","clinicsBehind":2}';
		t.match(await run("Database", { PORT: String(port) }), {
			text: /2 clinics are behind/,
			mend: /phc tenant migrate/,
		});
		status = 503;
		t.match(await run("Database", { PORT: String(port) }), { mend: /phc tenant migrate/ });
	},
);

t.test("a database that does not answer is found before a start", async (t) => {
	const [database] = CHECKS.filter(({ name }) => name === "Database");
	const env = { DATA_DIR: t.testdirName, PORT: "1" };
	const away = readConfig({ ...env, DATABASE_URL: "postgres://u:secret@127.0.0.1:1/x" });
	const finding = await database?.run(away);
	t.match(finding, { text: "127.0.0.1:1 cannot be used (ECONNREFUSED)", mend: /DATABASE_URL/ });
	t.notMatch(JSON.stringify(finding), "secret");
	t.match(await database?.run(readConfig(env)), { text: /first start makes it/ });
});

t.test("a database is looked at without changing it: not made yet, migrated, a clinic behind", async (t) => {
	const { url } = await testDatabase(t);
	const newest = tenantMigrations.at(-1)?.name ?? null;
	t.match(await checkServer(url, newest), { text: /the next start migrates it/, mend: undefined });
	const database = await openDatabase({ url, poolSize: 2, tenantEntities: [], tenantMigrations });
	t.teardown(() => database.close());
	await createTenancy(database).provision({ slug: "rampur", name: "PHC Rampur" });
	t.match(await checkServer(url, newest), { text: /^PostgreSQL \d+ at .*, migrated$/, mend: undefined });
	t.match(await checkServer(url, "9999-later"), { text: /1 clinic is behind/, mend: "run phc tenant migrate" });
	const wrong = new URL(url);
	wrong.pathname = "/nowhere";
	t.match(await checkServer(wrong.href, newest), { text: /3D000/, mend: /create the database/ });
});

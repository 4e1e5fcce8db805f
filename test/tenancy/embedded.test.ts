import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import t from "tap";
import { joinEmbedded, startEmbedded } from "../../src/tenancy/embedded.ts";

const dataDir = await mkdtemp(join(tmpdir(), "phc-embedded-"));
t.teardown(() => rm(dataDir, { recursive: true, force: true }));

async function ask(url: string, query: string): Promise<unknown> {
	const client = new pg.Client({ connectionString: url });
	client.on("error", () => undefined);
	await client.connect();
	try {
		return Object.values((await client.query(query)).rows[0] ?? {})[0];
	} finally {
		await client.end();
	}
}

const postmasterPid = async (): Promise<number> =>
	Number((await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);

/** A server process on the same directory, killed without a chance to tidy up. */
async function startAndKill(signalPostgres: boolean): Promise<number> {
	const embedded = new URL("../../src/tenancy/embedded.ts", import.meta.url).href;
	const script = `const { startEmbedded } = await import("${embedded}");
		await startEmbedded(process.argv[1]); console.log("up"); setInterval(() => {}, 1000);`;
	const child = spawn(process.execPath, ["--input-type=module", "-e", script, dataDir], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	await once(child.stdout, "data");
	const postgres = await postmasterPid();
	child.kill("SIGKILL");
	await once(child, "exit");
	if (signalPostgres) process.kill(postgres, "SIGKILL");
	return postgres;
}

t.test("keeps data from one start to the next and its password to itself", async (t) => {
	const first = await startEmbedded(dataDir);
	await ask(first.url, "create table kept as select 'yes' as answer");
	await first.stop();
	const second = await startEmbedded(dataDir);
	t.equal(await ask(second.url, "select answer from kept"), "yes");
	t.equal((await stat(join(dataDir, "postgres.password"))).mode & 0o777, 0o600);
	t.match(await ask(second.url, "select setting from pg_settings where name = 'server_version'"), /^18/);
	await second.stop();
	await t.rejects(ask(second.url, "select 1"), "stopped with its server");
});

t.test("refuses a second server by naming directory and process, and lets others join", async (t) => {
	const server = await startEmbedded(dataDir);
	const refusal = await startEmbedded(dataDir).catch((error: Error) => error.message);
	t.match(refusal, dataDir);
	t.match(refusal, `process ${process.pid}`);
	const guest = await joinEmbedded(dataDir);
	await server.stop();
	t.equal(await ask(guest.url, "select 1"), 1, "the last one out stops PostgreSQL");
	await guest.stop();
	await t.rejects(ask(guest.url, "select 1"));
});

t.test(
	"a Ctrl-C in the server's terminal does not reach PostgreSQL",
	{ skip: process.platform !== "linux" },
	async (t) => {
		const server = await startEmbedded(dataDir);
		const pid = await postmasterPid();
		const [group, session] = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ").slice(2, 4) ?? [];
		t.same([group, session], [String(pid), String(pid)], "it has a group and a session of its own");
		await server.stop();
	},
);

t.test("starts after the server was killed while PostgreSQL lives on", async (t) => {
	const orphan = await startAndKill(false);
	const server = await startEmbedded(dataDir);
	t.equal(await postmasterPid(), orphan, "the orphan is taken over");
	await server.stop();
});

t.test("starts after server and PostgreSQL were killed", async (t) => {
	await startAndKill(true);
	const server = await startEmbedded(dataDir);
	t.equal(await ask(server.url, "select answer from kept"), "yes");
	await server.stop();
});

t.test("starts although a pid file names another program", async (t) => {
	await writeFile(join(dataDir, "postgres", "postmaster.pid"), `${process.ppid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n`);
	const server = await startEmbedded(dataDir);
	t.equal(await ask(server.url, "select 1"), 1);
	await server.stop();
});

t.test("brings PostgreSQL back on the same port when it is killed", async (t) => {
	const server = await startEmbedded(dataDir);
	process.kill(await postmasterPid(), "SIGKILL");
	let answer: unknown;
	for (let attempt = 0; attempt < 100 && answer === undefined; attempt++) {
		await sleep(100);
		answer = await ask(server.url, "select answer from kept").catch(() => undefined);
	}
	t.equal(answer, "yes");
	await sleep(200);
	await server.stop();
	await t.rejects(ask(server.url, "select 1"));
});

t.test("two processes that start at once on an empty directory share one PostgreSQL", async (t) => {
	const empty = await mkdtemp(join(tmpdir(), "phc-embedded-"));
	t.teardown(() => rm(empty, { recursive: true, force: true }));
	const [one, other] = await Promise.all([
		joinEmbedded(empty, { durable: false }),
		joinEmbedded(empty, { durable: false }),
	]);
	t.equal(one.url, other.url);
	await Promise.all([one.stop(), other.stop()]);
	await t.rejects(ask(one.url, "select 1"), "both left, so it is stopped");
});

import { createHash, randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Test } from "tap";
import { type Embedded, joinEmbedded } from "../../src/tenancy/embedded.ts";

/**
 * A database of its own for a test file, dropped at its end, on `DATABASE_URL` if set, else on a container where a
 * Docker engine answers, else on an embedded PostgreSQL that all test files share.
 */
export async function testDatabase(t: Pick<Test, "teardown">): Promise<{ url: string }> {
	const server = await openServer();
	const name = `test_${process.pid}_${randomBytes(4).toString("hex")}`;
	await runOn(server.url, `create database ${name}`);
	t.teardown(async () => {
		await runOn(server.url, `drop database if exists ${name} with (force)`);
		await server.close();
	});
	const url = new URL(server.url);
	url.pathname = `/${name}`;
	return { url: url.href };
}

/** Stops the shared embedded PostgreSQL unless another run of tests still uses it. */
export async function stopSharedDatabase(): Promise<void> {
	const dataDir = sharedFolder();
	const isThere = await access(join(dataDir, "postgres", "postmaster.pid")).then(
		() => true,
		() => false,
	);
	if (isThere) await (await joinEmbedded(dataDir, { durable: false })).stop();
}

async function openServer(): Promise<{ url: string; close(): Promise<void> }> {
	const given = process.env.DATABASE_URL;
	if (given) return { url: given, close: async () => undefined };
	if (await hasDocker()) return startContainer();
	const embedded = await joinEmbedded(sharedFolder(), { durable: false });
	return { url: embedded.url, close: () => giveUp(embedded) };
}

/** Under tap the server stays for the next file and `stop-database.ts` ends it; a file run alone ends it itself. */
const giveUp = (embedded: Embedded): Promise<void> => (process.env.TAP ? embedded.leave() : embedded.stop());

/** One cluster a checkout and user, kept between runs so that it is made only once. */
function sharedFolder(): string {
	const key = createHash("sha256")
		.update(`${import.meta.dirname} ${userInfo().uid}`)
		.digest("hex")
		.slice(0, 12);
	return join(tmpdir(), `phc-commons-test-${key}`);
}

/** Whether a Docker engine answers at the usual socket or at `DOCKER_HOST`. */
async function hasDocker(): Promise<boolean> {
	const host = process.env.DOCKER_HOST;
	if (host && !host.startsWith("unix://")) return true;
	const socketPath = host?.slice("unix://".length) ?? "/var/run/docker.sock";
	return new Promise((resolve) => {
		const ping = get({ socketPath, path: "/_ping", timeout: 1000 }, (response) => {
			response.resume();
			resolve(response.statusCode === 200);
		});
		ping.on("timeout", () => ping.destroy()).on("error", () => resolve(false));
	});
}

/** One container for all test files and runs. */
async function startContainer(): Promise<{ url: string; close(): Promise<void> }> {
	const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
	const container = await new PostgreSqlContainer("postgres:18")
		.withCommand(["postgres", "-c", "max_connections=300", "-c", "fsync=off"])
		.withReuse()
		.start();
	return { url: container.getConnectionUri(), close: async () => undefined };
}

async function runOn(url: string, statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}

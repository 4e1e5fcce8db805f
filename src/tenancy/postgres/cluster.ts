import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
	chmod,
	chown,
	mkdir,
	mkdtemp,
	open,
	readdir,
	readFile,
	rename,
	rm,
	stat,
	truncate,
	writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Account, findAccount, findBinaries } from "./binaries.ts";

/** What a small machine is served well by; everything else is PostgreSQL's default. */
const SETTINGS: Readonly<Record<string, string>> = {
	listen_addresses: "127.0.0.1",
	unix_socket_directories: "",
	max_connections: "300",
	shared_buffers: "128MB",
	effective_cache_size: "1GB",
	work_mem: "8MB",
	maintenance_work_mem: "64MB",
	synchronous_commit: "on",
	wal_compression: "on",
	max_wal_size: "1GB",
	checkpoint_timeout: "10min",
	random_page_cost: "1.1",
	jit: "off",
	// The log must not carry what statements and their errors hold: clinical content.
	log_error_verbosity: "terse",
	log_min_error_statement: "panic",
	log_statement: "none",
};

/** For tests, whose data need not outlive a power cut. */
const VOLATILE: Readonly<Record<string, string>> = {
	fsync: "off",
	synchronous_commit: "off",
	full_page_writes: "off",
	autovacuum_naptime: "5s",
};

/** The files of an embedded PostgreSQL. `durable` false: for tests, commits do not wait for the disk. */
export type Cluster = { readonly folder: string; readonly dataDir: string; readonly durable: boolean };
/** A postmaster as its pid file names it. */
export type Postmaster = { readonly pid: number; readonly port: number };

const LOG_LIMIT = 10 * 1024 * 1024;

export const clusterIn = (dataDir: string, durable = true): Cluster => ({
	folder: join(dataDir, "postgres"),
	dataDir,
	durable,
});

const passwordFile = (cluster: Cluster): string => join(cluster.dataDir, "postgres.password");
const logFile = (cluster: Cluster): string => join(cluster.dataDir, "postgres.log");
const pidFile = (cluster: Cluster): string => join(cluster.folder, "postmaster.pid");

/** The connection URL of a running cluster; the password is kept in a file that only the owner may read. */
export async function urlOf(cluster: Cluster, port: number): Promise<string> {
	const password = (await readFile(passwordFile(cluster), "utf8")).trim();
	return `postgresql://phc:${password}@127.0.0.1:${port}/phc`;
}

/**
 * Makes the cluster when there is none. It grows in a folder of its own and is renamed when finished, so a crash in
 * the middle, or a second process that does the same, leaves nothing half made.
 */
export async function initialise(cluster: Cluster): Promise<void> {
	await mkdir(cluster.dataDir, { recursive: true });
	if (await exists(join(cluster.folder, "PG_VERSION"))) return;
	await clearAway(cluster);
	const account = await findAccount(cluster.folder);
	const password = await keepPassword(cluster);
	const fresh = await mkdtemp(`${cluster.folder}.new-`);
	try {
		await give(fresh, account);
		await runInitdb(fresh, password, account, cluster.durable);
		await rename(fresh, cluster.folder).catch(async (error: unknown) => {
			if (!(await exists(join(cluster.folder, "PG_VERSION")))) throw error;
		});
	} finally {
		await rm(fresh, { recursive: true, force: true });
	}
}

async function give(path: string, { uid, gid }: Account): Promise<void> {
	if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/** Ends what crashed initialisations left; one that is younger than a minute may still be at work. */
async function clearAway(cluster: Cluster): Promise<void> {
	for (const name of await readdir(cluster.dataDir)) {
		if (!/^postgres\.new-/.test(name)) continue;
		const path = join(cluster.dataDir, name);
		const info = await stat(path).catch(() => undefined);
		if (info && Date.now() - info.mtimeMs > 60_000) await rm(path, { recursive: true, force: true });
	}
}

async function keepPassword(cluster: Cluster): Promise<string> {
	try {
		await writeFile(passwordFile(cluster), randomBytes(24).toString("hex"), { mode: 0o600, flag: "wx" });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
	return (await readFile(passwordFile(cluster), "utf8")).trim();
}

async function runInitdb(folder: string, password: string, account: Account, durable: boolean): Promise<void> {
	const { initdb } = await findBinaries(account);
	const secret = join(tmpdir(), `phc-${randomBytes(9).toString("hex")}`);
	await writeFile(secret, password, { mode: 0o600, flag: "wx" });
	await give(secret, account);
	const options = ["--auth=scram-sha-256", "--username=phc", "--encoding=UTF8", "--locale=C"];
	options.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8", ...(durable ? [] : ["--no-sync"]));
	const place = placeOf(folder, account);
	try {
		const child = spawn(initdb, ["-D", place.argument, `--pwfile=${secret}`, ...options], {
			...account,
			cwd: place.cwd,
			stdio: ["ignore", "ignore", "pipe"],
		});
		let errors = "";
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			errors += text;
		});
		const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
		if (code !== 0) throw new Error(`PostgreSQL could not be set up in ${folder}: ${errors.trim().slice(0, 1000)}`);
	} finally {
		await rm(secret, { force: true });
	}
}

/**
 * How a child names the cluster. As root on Linux it is put there before it becomes another account, and names it by
 * its working directory: so it needs no right to enter the folders above, as under /root.
 */
function placeOf(folder: string, account: Account): { cwd: string; argument: string } {
	const entersFirst = account.uid !== undefined && process.platform === "linux";
	return { cwd: folder, argument: entersFirst ? "/proc/self/cwd" : folder };
}

/** The postmaster that runs on the cluster, if one does; a pid file that a crash left, or that names a stranger, is removed. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
	const text = await readFile(pidFile(cluster), "utf8").catch(() => "");
	const lines = text.split("\n");
	const pid = Number(lines[0]);
	if (!Number.isInteger(pid) || pid <= 0) return undefined;
	if (isAlive(pid)) {
		const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
		// After a reboot or in a new container the same number may be another program's, and PostgreSQL would not start.
		if (command === undefined || /postgres$/.test(command.split("\0")[0] ?? ""))
			return { pid, port: Number(lines[3]) || 0 };
		await rm(pidFile(cluster), { force: true });
	}
	return undefined;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

/**
 * Starts a postmaster in a session of its own, so that Ctrl-C in the terminal reaches the server alone. It writes to a
 * log file, not to a pipe, and so outlives this process; its end is told by `ended`.
 */
export async function launch(cluster: Cluster, port: number): Promise<{ pid: number; ended: Promise<void> }> {
	const account = await findAccount(cluster.folder);
	const { postgres } = await findBinaries(account);
	const log = await openLog(cluster);
	try {
		const settings = Object.entries(cluster.durable ? SETTINGS : { ...SETTINGS, ...VOLATILE });
		const flags = settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
		const place = placeOf(cluster.folder, account);
		const child = spawn(postgres, ["-D", place.argument, "-p", String(port), ...flags], {
			...account,
			cwd: place.cwd,
			detached: true,
			stdio: ["ignore", log.fd, log.fd],
		});
		const ended = new Promise<void>((resolve) => {
			child.once("exit", () => resolve()).once("error", () => resolve());
		});
		child.unref();
		return { pid: child.pid ?? 0, ended };
	} finally {
		await log.close();
	}
}

async function openLog(cluster: Cluster) {
	const path = logFile(cluster);
	const info = await stat(path).catch(() => undefined);
	if (info && info.size > LOG_LIMIT) await truncate(path);
	const log = await open(path, "a", 0o600);
	await chmod(path, 0o600);
	return log;
}

/** The last lines PostgreSQL wrote to its log: for the message of a start that failed. */
export async function lastLog(cluster: Cluster): Promise<string> {
	const text = await readFile(logFile(cluster), "utf8").catch(() => "");
	return text.trim().split("\n").slice(-3).join(" | ");
}

/** Stops a postmaster: open transactions are rolled back, the last checkpoint is written. */
export async function shutDown(cluster: Cluster, pid: number): Promise<void> {
	if ((await findPostmaster(cluster))?.pid !== pid) return;
	process.kill(pid, "SIGINT");
	for (let waited = 0; waited < 60_000; waited += 20) {
		if ((await findPostmaster(cluster))?.pid !== pid) return;
		await sleep(20);
	}
	process.kill(pid, "SIGQUIT");
}

/** A port that is free on the loopback address now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	return typeof address === "object" && address !== null ? address.port : 0;
}

const exists = (path: string): Promise<boolean> =>
	stat(path).then(
		() => true,
		() => false,
	);

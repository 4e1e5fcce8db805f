import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import {
	type Cluster,
	clusterIn,
	findPostmaster,
	freePort,
	initialise,
	lastLog,
	launch,
	type Postmaster,
	shutDown,
	urlOf,
} from "./postgres/cluster.ts";

/**
 * A share in a running embedded PostgreSQL. `leave` gives it up and lets PostgreSQL run; `stop` gives it up and stops
 * PostgreSQL unless another process still has a share.
 */
export type Embedded = { readonly url: string; leave(): Promise<void>; stop(): Promise<void> };

/** Advisory locks in the database `postgres`: held by sessions, so a crash frees them. */
const OWNER = 7_263_001;
const SHARE = 7_263_002;
const PATIENCE_MS = 120_000;
const LAUNCH_PATIENCE_MS = 20_000;

/**
 * Starts PostgreSQL under `dataDir` for the one server that may own it, or takes over one that a crashed server left
 * running. Should PostgreSQL end unasked it is started again on the same port.
 * @throws Error naming the directory and the process when another server owns it.
 */
export async function startEmbedded(dataDir: string): Promise<Embedded> {
	const cluster = clusterIn(dataDir);
	let session = await attach(cluster);
	await claim(session.guard, cluster);
	let stopping = false;
	const watch = (): void => {
		session.guard.once("end", () => {
			if (!stopping) void revive();
		});
	};
	const revive = async (): Promise<void> => {
		try {
			session = await attach(cluster, session.postmaster.port);
			await claim(session.guard, cluster);
			if (stopping) return await close(session, cluster);
			watch();
		} catch {
			await sleep(1000);
			if (!stopping) await revive();
		}
	};
	watch();
	const end = (how: (session: Session) => Promise<void>) => async (): Promise<void> => {
		stopping = true;
		await how(session);
	};
	const url = await urlOf(cluster, session.postmaster.port);
	return { url, leave: end((held) => held.guard.end()), stop: end((held) => close(held, cluster)) };
}

/**
 * Takes part in the PostgreSQL under `dataDir`, beside a server or alone; starts it when it does not run.
 * `durable: false` is for tests: commits do not wait for the disk.
 */
export async function joinEmbedded(dataDir: string, options: { durable?: boolean } = {}): Promise<Embedded> {
	const cluster = clusterIn(dataDir, options.durable ?? true);
	const session = await attach(cluster);
	const url = await urlOf(cluster, session.postmaster.port);
	return { url, leave: () => session.guard.end(), stop: () => close(session, cluster) };
}

type Session = { readonly guard: pg.Client; readonly postmaster: Postmaster };

/** Connects to the cluster's PostgreSQL, starting it when needed, and takes a share. */
async function attach(cluster: Cluster, port?: number): Promise<Session> {
	await initialise(cluster);
	const until = Date.now() + PATIENCE_MS;
	let launched: Launched | undefined;
	while (Date.now() < until) {
		const postmaster = await findPostmaster(cluster);
		if (postmaster === undefined) {
			launched = await relaunch(cluster, port, launched);
		} else if (port !== undefined && postmaster.port !== 0 && postmaster.port !== port) {
			await shutDown(cluster, postmaster.pid);
		} else {
			const guard = await tryConnect(cluster, postmaster.port);
			if (guard !== undefined) return { guard, postmaster };
		}
		await sleep(15);
	}
	throw new Error(`PostgreSQL under ${cluster.folder} does not answer. Its log ends: ${await lastLog(cluster)}`);
}

type Launched = { running: boolean; readonly since: number };

/**
 * Launches once, and again when the process ended: after `kill -9` its children hold the shared memory for a moment,
 * and of two processes that launch at once one must give way.
 */
async function relaunch(cluster: Cluster, port: number | undefined, last: Launched | undefined): Promise<Launched> {
	if (last?.running) return last;
	if (last && Date.now() - last.since > LAUNCH_PATIENCE_MS) {
		throw new Error(`PostgreSQL under ${cluster.folder} does not start. Its log ends: ${await lastLog(cluster)}`);
	}
	if (last) await sleep(150);
	const { ended } = await launch(cluster, port ?? (await freePort()));
	const launched: Launched = { running: true, since: last?.since ?? Date.now() };
	void ended.then(() => {
		launched.running = false;
	});
	return launched;
}

/** A session with a share and the database made, or `undefined` while PostgreSQL is starting or stopping. */
async function tryConnect(cluster: Cluster, port: number): Promise<pg.Client | undefined> {
	if (port === 0) return undefined;
	const url = new URL(await urlOf(cluster, port));
	url.pathname = "/postgres";
	const guard = new pg.Client({ connectionString: url.href, application_name: `phc ${process.pid}`, keepAlive: true });
	// Without a listener the loss of the connection would end this process; `end` tells of it.
	guard.on("error", () => undefined);
	try {
		await guard.connect();
		if (await holds(guard, "select pg_try_advisory_lock_shared($1) as held", SHARE)) {
			await makeDatabase(guard);
			return guard;
		}
		await guard.end();
	} catch (error) {
		await guard.end().catch(() => undefined);
		if ((error as { code?: string }).code === "28P01") {
			throw new Error(
				`PostgreSQL under ${cluster.folder} refuses the password in ${cluster.dataDir}/postgres.password.`,
			);
		}
	}
	return undefined;
}

async function makeDatabase(guard: pg.Client): Promise<void> {
	const { rowCount } = await guard.query("select from pg_database where datname = 'phc'");
	if (rowCount === 0) {
		await guard.query("create database phc").catch((error: { code?: string }) => {
			if (error.code !== "42P04" && error.code !== "23505") throw error;
		});
	}
}

/** Makes this process the owner; a moment of patience covers an owner that has just died. */
async function claim(guard: pg.Client, cluster: Cluster): Promise<void> {
	for (let attempt = 0; attempt < 20; attempt++) {
		if (await holds(guard, "select pg_try_advisory_lock($1) as held", OWNER)) return;
		await sleep(50);
	}
	const owner = await guard.query(
		"select application_name as name from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and objid = $1",
		[OWNER],
	);
	await guard.end();
	const pid = String(owner.rows[0]?.name ?? "").replace(/^phc /, "") || "unknown";
	throw new Error(
		`Another server (process ${pid}) runs on the data directory ${cluster.dataDir}: stop it, or set DATA_DIR to another directory.`,
	);
}

/** Gives up the share; the last one out stops PostgreSQL, holding the lock alone so that nobody enters meanwhile. */
async function close({ guard, postmaster }: Session, cluster: Cluster): Promise<void> {
	const last = await guard
		.query("select pg_advisory_unlock_all()")
		.then(() => holds(guard, "select pg_try_advisory_lock($1) as held", SHARE))
		.catch(() => false);
	if (last) await shutDown(cluster, postmaster.pid);
	await guard.end().catch(() => undefined);
}

async function holds(guard: pg.Client, query: string, lock: number): Promise<boolean> {
	const { rows } = await guard.query(query, [lock]);
	return rows[0]?.held === true;
}

import cluster from "node:cluster";
import { once } from "node:events";
import { type App, createApp } from "./app.ts";
import type { Config } from "./config.ts";
import { type FirstStart, firstStart } from "./first-start.ts";
import { startEmbedded } from "./tenancy/index.ts";
import { answerWorkers, beginning } from "./worker-messages.ts";

/** A server that listens. `close` answers what is under way and stops the embedded PostgreSQL with it. */
export type Server = { readonly url: string; readonly first: FirstStart; close(): Promise<void> };

/**
 * Starts everything a configuration asks for: PostgreSQL, migrations, what a first start makes, and one or more
 * processes that serve.
 * @throws Error when the port or the data directory is taken, or the database does not answer.
 */
export async function start(config: Config): Promise<Server> {
	const embedded = config.databaseUrl === undefined ? await startEmbedded(config.dataDir) : undefined;
	const databaseUrl = config.databaseUrl ?? (embedded?.url as string);
	try {
		const app = await createApp(config, { databaseUrl });
		const first = await prepare(app, config);
		const serving =
			config.workers === 1 ? await serveHere(app, config) : await serveByWorkers(app, config, databaseUrl);
		const close = async (): Promise<void> => {
			await serving.close();
			await embedded?.stop();
		};
		return { url: serving.url, first, close };
	} catch (error) {
		await embedded?.stop();
		throw error;
	}
}

/** Brings every clinic up to date, and makes what a first start makes. */
async function prepare(app: App, config: Config): Promise<FirstStart> {
	try {
		await app.tenancy.migrateAll(({ slug, error }) => {
			if (error) app.http.log.error({ err: error, tenant: slug }, "clinic not migrated");
		});
		return await firstStart(app, config);
	} catch (error) {
		await app.close();
		throw error;
	}
}

type Serving = { readonly url: string; close(): Promise<void> };

/** Listens in this process. */
export async function serveHere(app: App, { host, port }: Config): Promise<Serving> {
	try {
		const url = await app.http.listen({ host, port });
		return { url, close: app.close };
	} catch (error) {
		await app.close();
		throw (error as { code?: string }).code === "EADDRINUSE"
			? new Error(`Port ${port} on ${host} is taken. Set PORT to another one, or stop what uses it.`)
			: error;
	}
}

/** A worker that cannot even start must not be restarted in a busy loop. */
const RESTART_MS = 1000;

/** Listens in `workers` processes that share the port; one that dies is replaced. */
async function serveByWorkers(app: App, config: Config, databaseUrl: string): Promise<Serving> {
	await app.close();
	let closing = false;
	const settings = { WORKERS: "1", SEED_DEMO: "false", DATABASE_URL: databaseUrl };
	const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
	cluster.setupPrimary({ exec: new URL(`worker.${extension}`, import.meta.url).pathname, args: [] });
	const close = async (): Promise<void> => {
		closing = true;
		await endWorkers();
	};
	try {
		const listening = Array.from({ length: config.workers }, () => beginning(cluster.fork(settings)));
		const [port] = await Promise.all(listening);
		answerWorkers();
		cluster.on("exit", () => {
			setTimeout(() => closing || cluster.fork(settings), RESTART_MS);
		});
		return { url: `http://${config.host}:${port}`, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function endWorkers(): Promise<void> {
	const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
	await Promise.all(
		workers.map(async (worker) => {
			const gone = once(worker, "exit");
			worker.process.kill("SIGTERM");
			await gone;
		}),
	);
}

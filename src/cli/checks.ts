import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import type { Config } from "../config.ts";

/** What a check found: `mend` says what to do, and is there only when the check failed. */
export type Finding = { readonly text: string; readonly mend?: string };

/** One question about an installation. It changes nothing. */
export type Check = { readonly name: string; run(config: Config): Promise<Finding> | Finding };

const TIMEOUT = 3000;
const LEAST_NODE = [22, 17] as const;
/** The year this was written: a clock before it makes every token look wrong. */
const LEAST_YEAR = 2026;

/** The questions in the order a start meets them. */
export const CHECKS: readonly Check[] = [
	{ name: "Node.js", run: () => checkNode(process.versions.node) },
	{ name: "Clock", run: () => checkClock(new Date()) },
	{ name: "Data directory", run: ({ dataDir }) => checkDirectory(dataDir) },
	{ name: "Secrets", run: ({ dataDir }) => checkSecrets(dataDir) },
	{ name: "Database", run: checkDatabase },
	{ name: "Port", run: checkPort },
];

export function checkNode(version: string): Finding {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	const [leastMajor, leastMinor] = LEAST_NODE;
	if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return { text: version };
	return { text: version, mend: `install Node.js ${LEAST_NODE.join(".")} or newer: https://nodejs.org` };
}

export function checkClock(now: Date): Finding {
	const text = now.toISOString();
	return now.getUTCFullYear() >= LEAST_YEAR
		? { text }
		: { text, mend: "the clock is wrong: set it, or let it be set by NTP; tokens depend on it" };
}

export function checkDirectory(path: string): Finding {
	let nearest = path;
	while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
	try {
		accessSync(nearest, constants.W_OK | constants.X_OK);
	} catch {
		return { text: path, mend: `give the server's user the right to write in ${nearest}, or set DATA_DIR` };
	}
	if (!statSync(nearest).isDirectory()) return { text: path, mend: `${nearest} is a file: set DATA_DIR to a folder` };
	return { text: nearest === path ? path : `${path} (the first start makes it)` };
}

/** Files that hold a password must be readable by their owner alone. */
export function checkSecrets(dataDir: string): Finding {
	const open = ["first-sign-in.txt", "demo-login.json"]
		.map((name) => join(dataDir, name))
		.filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
	if (open.length === 0) return { text: "no password file can be read by others" };
	return { text: `others can read ${open.join(" and ")}`, mend: `chmod 600 ${open.join(" ")}` };
}

async function checkDatabase({ databaseUrl, dataDir, host, port }: Config): Promise<Finding> {
	const running = await probe(`${address(host, port)}/readyz`);
	if (running === 200) return { text: "reachable and migrated, says the running server" };
	if (running === 503) {
		return {
			text: "the running server is not ready",
			mend: "see the server's log; phc tenant migrate brings clinics up to date",
		};
	}
	if (databaseUrl === undefined) {
		return {
			text: existsSync(join(dataDir, "postgres")) ? "embedded, not running" : "embedded, the first start makes it",
		};
	}
	const { hostname, port: databasePort } = new URL(databaseUrl);
	const place = `${hostname}:${databasePort || 5432}`;
	return (await reaches(hostname, Number(databasePort || 5432)))
		? { text: `${place} can be reached` }
		: { text: `${place} does not answer`, mend: "start PostgreSQL, or correct DATABASE_URL; mind the firewall" };
}

async function checkPort({ host, port }: Config): Promise<Finding> {
	const place = `${host}:${port}`;
	const fault = await listens(host, port);
	if (fault === undefined) return { text: `${place} is free` };
	if (fault !== "EADDRINUSE")
		return { text: `${place}: ${fault}`, mend: "set HOST and PORT to an address of this machine" };
	if ((await probe(`${address(host, port)}/healthz`)) === 200)
		return { text: `${place} is served by a running server` };
	return { text: `${place} is taken by another program`, mend: "end that program, or set PORT" };
}

const address = (host: string, port: number): string => {
	const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
	return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
};

/** The status of a GET, or `undefined` when nobody answers. */
async function probe(url: string): Promise<number | undefined> {
	try {
		return (await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) })).status;
	} catch {
		return undefined;
	}
}

/** `undefined` when one could listen there, else the error code. */
function listens(host: string, port: number): Promise<string | undefined> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
		server.listen(port, host, () => server.close(() => resolve(undefined)));
	});
}

function reaches(host: string, port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host, port, timeout: TIMEOUT });
		const end = (reached: boolean): void => {
			socket.destroy();
			resolve(reached);
		};
		socket.once("connect", () => end(true));
		socket.once("error", () => end(false));
		socket.once("timeout", () => end(false));
	});
}

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import type { Config } from "../config.ts";
import { tenantMigrations } from "../migrations/tenant/index.ts";
import { inspectDatabase } from "../tenancy/index.ts";

/** What a check found: `mend` says what to do, and is there only when the check failed. */
export type Finding = { readonly text: string; readonly mend?: string };

/** One question about an installation. It changes nothing. */
export type Check = { readonly name: string; run(config: Config): Promise<Finding> | Finding };

const TIMEOUT = 3000;
const LEAST_NODE = [22, 17] as const;
const LEAST_POSTGRESQL = 15;
/** Milliseconds that two clocks may differ before the order of versions is in doubt. */
const MOST_SKEW = 5000;
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
	const open = ["first-sign-in.txt", "demo-login.json", "postgres.password"]
		.map((name) => join(dataDir, name))
		.filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
	if (open.length === 0) return { text: "no password file can be read by others" };
	return { text: `others can read ${open.join(" and ")}`, mend: `chmod 600 ${open.join(" ")}` };
}

async function checkDatabase({ databaseUrl, dataDir, host, port }: Config): Promise<Finding> {
	const running = await ask(`${address(host, port)}/readyz`);
	if (running?.status === 200) return readyFinding((await running.json().catch(() => undefined)) as Readiness);
	if (running?.status === 503) {
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
	return checkServer(databaseUrl, tenantMigrations.at(-1)?.name ?? null);
}

type Readiness = { readonly clinicsBehind?: number } | undefined;

/** What a server that is ready tells of its clinics. */
function readyFinding(said: Readiness): Finding {
	const behind = said?.clinicsBehind ?? 0;
	if (behind === 0) return { text: "reachable and migrated, says the running server" };
	return { text: `${areBehind(behind)}, says the running server`, mend: MIGRATE };
}

const MIGRATE = "run phc tenant migrate";
const areBehind = (clinics: number): string => (clinics === 1 ? "1 clinic is behind" : `${clinics} clinics are behind`);

/** A PostgreSQL server: does it answer, is it new enough, may we make schemas, is everything migrated. */
export async function checkServer(url: string, newest: string | null): Promise<Finding> {
	const { host: place } = new URL(url);
	const found = await inspectDatabase(url, newest).catch((error: NodeJS.ErrnoException) => error);
	if (found instanceof Error) {
		return { text: `${place} cannot be used (${found.code ?? "no answer"})`, mend: connectionMend(found.code) };
	}
	const { version, clockAhead, mayCreateSchemas, pending, behind } = found;
	const text = `PostgreSQL ${Math.floor(version / 10_000)} at ${place}`;
	if (version < LEAST_POSTGRESQL * 10_000) return { text, mend: `use PostgreSQL ${LEAST_POSTGRESQL} or newer` };
	if (!mayCreateSchemas) return { text, mend: "grant create on the database to the role in DATABASE_URL" };
	if (Math.abs(clockAhead) > MOST_SKEW) {
		return {
			text: `${text}, its clock ${Math.round(Math.abs(clockAhead) / 1000)} s apart`,
			mend: "let NTP set both clocks",
		};
	}
	if (behind.length > 0) return { text: `${text}, ${areBehind(behind.length)}`, mend: MIGRATE };
	return { text: pending.length === 0 ? `${text}, migrated` : `${text}, the next start migrates it` };
}

/** PostgreSQL's codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function connectionMend(code: string | undefined): string {
	if (code?.startsWith("28")) return "correct user and password in DATABASE_URL";
	if (code === "3D000") return "create the database that DATABASE_URL names";
	return "start PostgreSQL, or correct DATABASE_URL; mind the firewall";
}

async function checkPort({ host, port }: Config): Promise<Finding> {
	const place = `${host}:${port}`;
	const fault = await listens(host, port);
	if (fault === undefined) return { text: `${place} is free` };
	if (fault !== "EADDRINUSE")
		return { text: `${place}: ${fault}`, mend: "set HOST and PORT to an address of this machine" };
	if ((await ask(`${address(host, port)}/healthz`))?.status === 200)
		return { text: `${place} is served by a running server` };
	return { text: `${place} is taken by another program`, mend: "end that program, or set PORT" };
}

const address = (host: string, port: number): string => {
	const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
	return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
};

/** The answer to a GET, or `undefined` when nobody answers. */
const ask = (url: string): Promise<Response | undefined> =>
	fetch(url, { signal: AbortSignal.timeout(TIMEOUT) }).catch(() => undefined);

/** `undefined` when one could listen there, else the error code. */
function listens(host: string, port: number): Promise<string | undefined> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
		server.listen(port, host, () => server.close(() => resolve(undefined)));
	});
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Test } from "tap";
import { joinEmbedded } from "../../../src/tenancy/index.ts";

const main = join(import.meta.dirname, "../../../src/cli/main.ts");

export const ADMIN = { email: "root@platform.example", password: "correct horse battery" };
const CLINIC_ADMIN = { email: "admin@first.example", password: "another horse battery" };

/** A server in a process of its own, listening on a port that was free. */
export type ServerProcess = {
	readonly url: string;
	readonly pid: number;
	/** What it printed up to now. */
	readonly said: () => string;
	/** Code and signal that it ends with. */
	readonly ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
	kill(signal: NodeJS.Signals): void;
};

/** Starts `phc serve` as a person would, with an embedded PostgreSQL under `DATA_DIR`, and waits until it listens. */
export async function serve(t: Test, dataDir: string, env: Record<string, string> = {}): Promise<ServerProcess> {
	const { child, output } = launch(t, dataDir, env);
	const ended = once(child, "exit") as ServerProcess["ended"];
	let said = "";
	const url = await new Promise<string>((resolve, reject) => {
		createInterface({ input: output }).on("line", (line) => {
			said += `${line}\n`;
			const at = /^PHC Commons FHIR is at (http\S+)$/.exec(line)?.[1];
			if (at) resolve(at);
		});
		void ended.then(([code, signal]) => reject(new Error(`the server ended with ${code ?? signal}: ${said}`)));
	});
	return { url, pid: child.pid as number, said: () => said, ended, kill: (signal) => void child.kill(signal) };
}

/** Runs `phc serve` until it ends by itself: for starts that must fail. */
export async function serveInVain(t: Test, dataDir: string, env: Record<string, string> = {}) {
	const { child, output } = launch(t, dataDir, env);
	let said = "";
	output.on("data", (text: Buffer) => {
		said += text;
	});
	child.stderr?.on("data", (text: Buffer) => {
		said += text;
	});
	const [code] = await once(child, "close");
	return { code: code as number | null, said };
}

/** Starts `phc serve` and leaves it to the caller; it is ended with the test. */
export function launch(t: Test, dataDir: string, env: Record<string, string> = {}) {
	const settings = {
		PORT: "0",
		HOST: "127.0.0.1",
		DATA_DIR: dataDir,
		DATABASE_URL: "",
		LOG_LEVEL: "silent",
		SEED_DEMO: "false",
		ADMIN_EMAIL: ADMIN.email,
		ADMIN_PASSWORD: ADMIN.password,
	};
	const child: ChildProcess = spawn(process.execPath, [main, "serve"], {
		env: { ...process.env, ...settings, ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	t.teardown(async () => {
		child.kill("SIGKILL");
		if (existsSync(join(dataDir, "postgres", "postmaster.pid"))) await (await joinEmbedded(dataDir)).stop();
	});
	child.stderr?.resume();
	return { child, output: child.stdout as NodeJS.ReadableStream };
}

export async function post(url: string, body: unknown, token?: string): Promise<Response> {
	return fetch(url, {
		method: "POST",
		headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
		body: JSON.stringify(body),
	});
}

/** The answer to what must succeed. */
async function ask<T>(url: string, body: unknown, token?: string): Promise<T> {
	const reply = await post(url, body, token);
	if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
	return (await reply.json()) as T;
}

const signIn = async (url: string, credentials: object): Promise<string> =>
	(await ask<{ access_token: string }>(`${url}/auth/login`, credentials)).access_token;

/** Makes the clinic `first` and gives a token of its ADMIN. */
export async function openClinic(url: string): Promise<string> {
	const { email: adminEmail, password: adminPassword } = CLINIC_ADMIN;
	const clinic = { slug: "first", name: "First", adminEmail, adminPassword };
	await ask(`${url}/admin/tenants`, clinic, await signIn(url, ADMIN));
	return enterClinic(url);
}

/** A token of the ADMIN of `first`. */
export const enterClinic = (url: string): Promise<string> => signIn(url, { ...CLINIC_ADMIN, tenant: "first" });

/** The URL of the embedded PostgreSQL that runs under a data directory. */
export function databaseUrl(dataDir: string): string {
	const password = readFileSync(join(dataDir, "postgres.password"), "utf8").trim();
	const port = readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[3];
	return `postgresql://phc:${password}@127.0.0.1:${port}/phc`;
}

/** Waits until `isSo`, asking often. */
export async function until(isSo: () => Promise<boolean> | boolean, ms = 60_000): Promise<void> {
	for (const end = Date.now() + ms; ; ) {
		if (await isSo()) return;
		if (Date.now() > end) throw new Error(`not so within ${ms} ms`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

/** Whether a process runs. */
export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** The processes that a process has started and that run, if their command line holds `text`. */
export function childrenOf(pid: number, text = ""): number[] {
	const list = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
	return list.split("\n").flatMap((line) => {
		const [child, parent, ...command] = line.trim().split(/\s+/);
		return Number(parent) === pid && command.join(" ").includes(text) ? [Number(child)] : [];
	});
}

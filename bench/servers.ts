import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { PATIENTS } from "./bench.ts";
import type { Subject } from "./measure.ts";
import { patient } from "./resources.ts";

const ADMIN = { email: "admin@bench.example", password: "bench-administrator-1" };
const DOCTOR = { email: "doctor@bench.example", password: "bench-doctor-password-1" };

/** The FHIR server as `phc serve` starts it, with milliseconds until its first 200 of /readyz. */
export async function startFhir(
	databaseUrl: string,
	dataDir: string,
): Promise<{ subject: Subject; readyMs: number; child: ChildProcess }> {
	const port = await freePort();
	const began = performance.now();
	const child = spawn(process.execPath, ["src/cli/main.ts", "serve"], {
		stdio: ["ignore", "ignore", "inherit"],
		env: {
			...process.env,
			PORT: String(port),
			DATABASE_URL: databaseUrl,
			DATA_DIR: dataDir,
			ADMIN_EMAIL: ADMIN.email,
			ADMIN_PASSWORD: ADMIN.password,
			LOG_LEVEL: "info",
		},
	});
	const url = `http://127.0.0.1:${port}`;
	await untilReady(`${url}/readyz`);
	return { subject: { url, token: "", pid: child.pid as number }, readyMs: performance.now() - began, child };
}

/** The bare twin on one clinic's schema. */
export async function startTwin(
	databaseUrl: string,
	schema: string,
): Promise<{ subject: Subject; child: ChildProcess }> {
	const port = await freePort();
	const child = spawn(process.execPath, ["bench/twin.ts", databaseUrl, schema, String(port)], {
		stdio: ["ignore", "ignore", "inherit"],
	});
	const url = `http://127.0.0.1:${port}`;
	await untilReady(`${url}/`);
	return { subject: { url, token: "bench", pid: child.pid as number }, child };
}

/** Ends a child process and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	child.kill("SIGTERM");
	await once(child, "exit");
}

/** Makes a clinic with a doctor and `PATIENTS` patients. Returns the doctor's access token. */
export async function makeClinic(url: string, slug: string): Promise<string> {
	const admin = await login(url, ADMIN);
	await send(`${url}/admin/tenants`, admin, {
		slug,
		name: slug,
		adminEmail: `admin@${slug}.example`,
		adminPassword: "bench-clinic-admin-1",
	});
	const email = `${slug}-${DOCTOR.email}`;
	await send(`${url}/admin/tenants/${slug}/users`, admin, { ...DOCTOR, email, name: "Doctor", roles: ["DOCTOR"] });
	const token = await login(url, { ...DOCTOR, email, tenant: slug });
	for (let n = 0; n < PATIENTS; n += 500) {
		const entry = Array.from({ length: 500 }, (_, i) => patient(n + i)).map((resource) => ({
			resource,
			request: { method: "PUT", url: `Patient/${resource.id}` },
		}));
		await send(`${url}/fhir`, token, { resourceType: "Bundle", type: "transaction", entry });
	}
	return token;
}

/** Posts a Bundle to a clinic's base. */
export const sendBundle = (url: string, token: string, bundle: unknown): Promise<unknown> =>
	send(`${url}/fhir`, token, bundle);

/** A fresh access token of a clinic's doctor. */
export const doctorToken = (url: string, slug: string): Promise<string> =>
	login(url, { ...DOCTOR, email: `${slug}-${DOCTOR.email}`, tenant: slug });

async function login(url: string, credentials: object): Promise<string> {
	return ((await send(`${url}/auth/login`, undefined, credentials)) as { access_token: string }).access_token;
}

async function send(url: string, token: string | undefined, body: unknown): Promise<unknown> {
	const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
	const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
	if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
	return response.json();
}

async function untilReady(url: string): Promise<void> {
	for (let tries = 0; tries < 600; tries++) {
		const status = await fetch(url).then(
			(response) => response.status,
			() => 0,
		);
		if (status !== 0 && status !== 503) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`${url} does not answer`);
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	return port;
}

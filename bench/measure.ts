import { readdirSync, readFileSync } from "node:fs";
import autocannon from "autocannon";
import type { Shot } from "./bench.ts";

/** Connections that the load generator keeps busy. */
const CONNECTIONS = 16;

/** A server under load: where it listens, its token, and its process. */
export type Subject = { readonly url: string; readonly token: string; readonly pid: number };

/** Requests a second, and the CPU that one request took of the server and of the database, in microseconds. */
export type Figure = { readonly rate: number; readonly serverCpu: number; readonly databaseCpu: number };

/** Loads one server for `seconds`. @throws Error when any answer is not 2xx. */
export async function measure(
	subject: Subject,
	shot: (n: number) => Shot,
	seconds: number,
	first: number,
): Promise<Figure> {
	let n = first;
	const before = { server: cpuOf(subject.pid), database: databaseCpu() };
	const result = await autocannon({
		url: subject.url,
		connections: CONNECTIONS,
		duration: seconds,
		requests: [
			{
				setupRequest: (request) => {
					const { method, path, body } = shot(n++);
					return {
						...request,
						method,
						path,
						body,
						headers: { authorization: `Bearer ${subject.token}`, "content-type": "application/fhir+json" },
					};
				},
			},
		],
	});
	if (result.non2xx > 0 || result.errors > 0)
		throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} failed`);
	const done = result["2xx"];
	return {
		rate: done / result.duration,
		serverCpu: ((cpuOf(subject.pid) - before.server) * 1e6) / done,
		databaseCpu: ((databaseCpu() - before.database) * 1e6) / done,
	};
}

const TICKS = 100;

/** CPU seconds a process has used, its ended children included. */
function cpuOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
	return [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) / TICKS;
}

/** CPU seconds of every PostgreSQL process on this machine. */
function databaseCpu(): number {
	let sum = 0;
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "postgres") sum += cpuOf(Number(pid));
		} catch {
			// A process may end between the listing and the reading.
		}
	}
	return sum;
}

/** Memory a process holds, in megabytes. */
export const residentMegabytes = (pid: number): number =>
	Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

export const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "../src/tenancy/index.ts";
import { type Figure, measure, median, residentMegabytes } from "./measure.ts";
import { doctorToken, end, makeClinic, startFhir, startTwin } from "./servers.ts";
import { workloads } from "./workloads/index.ts";

/** `npm run bench [-- name…]`: every workload (or those whose name holds a given word) beside its bare twin. */
const ROUNDS = 3;
const SECONDS = 4;
const wanted = workloads.filter(
	({ name }) => process.argv.length < 3 || process.argv.slice(2).some((word) => name.includes(word)),
);

const folder = await mkdtemp(join(tmpdir(), "phc-bench-"));
const postgres = await startEmbedded(folder);
let fhir = await startFhir(postgres.url, folder);
await makeClinic(fhir.subject.url, "bench");
await makeClinic(fhir.subject.url, "twin");
await end(fhir.child);
fhir = await startFhir(postgres.url, folder);
const idle = residentMegabytes(fhir.subject.pid);
console.log(
	`first 200 of /readyz on a migrated database: ${Math.round(fhir.readyMs)} ms; resident when idle: ${Math.round(idle)} MB`,
);
const twin = await startTwin(postgres.url, "t_twin");
try {
	console.log(
		"workload            share of twin  (rounds)             rate/s  twin/s   server+database CPU µs  twin's",
	);
	for (const { name, goal, fhir: shot, twin: bare } of wanted) {
		const token = await doctorToken(fhir.subject.url, "bench");
		const subject = { ...fhir.subject, token };
		await analyze(postgres.url);
		await measure(subject, shot, 2, 0);
		await measure(twin.subject, bare, 2, 0);
		const rounds: { own: Figure; bare: Figure }[] = [];
		for (let round = 1; round <= ROUNDS; round++) {
			const first = round * 1_000_000;
			rounds.push({
				own: await measure(subject, shot, SECONDS, first),
				bare: await measure(twin.subject, bare, SECONDS, first),
			});
		}
		report(name, goal, rounds);
	}
} finally {
	await end(twin.child);
	await end(fhir.child);
	await postgres.stop();
	await rm(folder, { recursive: true, force: true });
}

async function analyze(url: string): Promise<void> {
	const client = new pg.Client(url);
	await client.connect();
	await client.query("ANALYZE");
	await client.end();
}

function report(name: string, goal: number, rounds: readonly { own: Figure; bare: Figure }[]): void {
	const shares = rounds.map(({ own, bare }) => own.rate / bare.rate);
	const share = median(shares);
	const of = (pick: (round: { own: Figure; bare: Figure }) => number): string =>
		String(Math.round(median(rounds.map(pick))));
	console.log(
		`${name.padEnd(20)}${share.toFixed(2)} (goal ${goal}) ${share >= goal ? "ok " : "LOW"} (${shares.map((s) => s.toFixed(2)).join(" ")})`.padEnd(
			58,
		),
		of(({ own }) => own.rate).padStart(6),
		of(({ bare }) => bare.rate).padStart(7),
		`${of(({ own }) => own.serverCpu)} + ${of(({ own }) => own.databaseCpu)}`.padStart(18),
		`${of(({ bare }) => bare.serverCpu)} + ${of(({ bare }) => bare.databaseCpu)}`.padStart(16),
	);
}

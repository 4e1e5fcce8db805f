import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import autocannon from "autocannon";
import pg from "pg";
import { demoBundles } from "../src/demo/index.ts";
import { startEmbedded } from "../src/tenancy/index.ts";
import { median } from "./measure.ts";
import { type PatientWorkload, patientWorkloads, type SearchWorkload, searchWorkloads } from "./search-workloads.ts";
import { doctorToken, end, makeClinic, sendBundle, startFhir, startTwin } from "./servers.ts";

/**
 * `npm run bench:search [-- folder]`: searches of a clinic of 5,000 patients with some 500,000 observations, beside the
 * bare twin where the workload has one, and searches of one patient beside a clinic of 10,000 observations. With a
 * folder the clinics are kept there and used again.
 */
const BIG = { slug: "bench", patients: 5_000 };
const SMALL = { slug: "small", patients: 100 };
const OBSERVATIONS = 100;
const REPEATS = 1_500;
const CONNECTIONS = 16;
const SECONDS = 4;
const ROUNDS = 3;

const kept = process.argv[2];
const folder = kept ? resolve(kept) : await mkdtemp(join(tmpdir(), "phc-search-"));
const postgres = await startEmbedded(folder);
const fhir = await startFhir(postgres.url, folder);
for (const clinic of [BIG, SMALL]) if (!(await isFilled(clinic))) await fill(clinic);
await sql("ANALYZE");
const twin = await startTwin(postgres.url, "t_bench");
try {
	const token = await doctorToken(fhir.subject.url, "bench");
	for (const workload of searchWorkloads) await compare(workload, token);
	for (const workload of patientWorkloads) await compareSizes(workload);
} finally {
	await end(twin.child);
	await end(fhir.child);
	await postgres.stop();
	if (!kept) await rm(folder, { recursive: true, force: true });
}

type Clinic = typeof BIG;

function isFilled({ slug }: Clinic): Promise<boolean> {
	return doctorToken(fhir.subject.url, slug).then(
		() => true,
		() => false,
	);
}

async function fill({ slug, patients }: Clinic): Promise<void> {
	let token = await makeClinic(fhir.subject.url, slug);
	let tokenAt = Date.now();
	const began = performance.now();
	let sent = 0;
	const bundles = demoBundles({
		patients,
		observationsPerPatient: OBSERVATIONS,
		seed: 1,
		today: "2026-01-15",
		patientsPerBundle: 4,
	});
	const worker = async (): Promise<void> => {
		for (const bundle of bundles) {
			// An access token lives 15 minutes, loading may take longer.
			if (Date.now() - tokenAt > 600_000) {
				tokenAt = Date.now();
				token = await doctorToken(fhir.subject.url, slug);
			}
			await sendBundle(fhir.subject.url, token, bundle);
			sent += (bundle.entry as unknown[]).length;
		}
	};
	await Promise.all(Array.from({ length: 4 }, worker));
	const seconds = (performance.now() - began) / 1000;
	console.log(`${slug}: loaded ${sent} resources at ${Math.round(sent / seconds)}/s`);
}

async function sql(text: string): Promise<void> {
	const client = new pg.Client(postgres.url);
	await client.connect();
	await client.query(text);
	await client.end();
}

async function compare({ name, goal, fhir: own, twin: bare, most }: SearchWorkload, token: string): Promise<void> {
	await load(fhir.subject.url, token, own, 1);
	const rounds: { rate: number; p50: number; p99: number; share: number }[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const { rate, p50, p99 } = await load(fhir.subject.url, token, own, SECONDS);
		const share = bare ? rate / (await load(twin.subject.url, "bench", bare, SECONDS)).rate : Number.NaN;
		rounds.push({ rate, p50, p99, share });
	}
	const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
	const share = bare ? `share of twin ${of((r) => r.share).toFixed(2)} (goal ${goal})` : `goal p99 ${most} ms`;
	console.log(
		`${name.padEnd(44)} ${String(Math.round(of((r) => r.rate))).padStart(6)}/s  p50 ${of((r) => r.p50)} ms  p99 ${of((r) => r.p99)} ms  ${share}`,
	);
}

async function load(url: string, token: string, path: (n: number) => string, duration: number) {
	let n = Math.floor(Math.random() * 1e6);
	const result = await autocannon({
		url,
		connections: CONNECTIONS,
		duration,
		requests: [
			{
				setupRequest: (request) => ({
					...request,
					method: "GET",
					path: path(n++),
					headers: { authorization: `Bearer ${token}` },
				}),
			},
		],
	});
	if (result.non2xx > 0 || result.errors > 0)
		throw new Error(`${path(0)}: ${result.non2xx} answers were not 2xx, ${result.errors} failed`);
	return { rate: result["2xx"] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

/** Asks both clinics in turn, one request at a time, so that both meet the same load of the machine. */
async function compareSizes({ name, fhir: path }: PatientWorkload): Promise<void> {
	const subjects = await Promise.all(
		[SMALL, BIG].map(async (clinic) => ({
			...clinic,
			token: await doctorToken(fhir.subject.url, clinic.slug),
			times: [] as number[],
		})),
	);
	for (let n = 0; n < REPEATS; n++) {
		for (const { patients, token, times } of subjects) {
			const began = performance.now();
			const answer = await fetch(fhir.subject.url + path(n, patients), {
				headers: { authorization: `Bearer ${token}` },
			});
			await answer.text();
			if (!answer.ok) throw new Error(`${path(n, patients)}: ${answer.status}`);
			times.push(performance.now() - began);
		}
	}
	const [small = 0, big = 0] = subjects.map(({ times }) => median(times));
	console.log(
		`${name.padEnd(44)} median ${small.toFixed(2)} ms of 10,000, ${big.toFixed(2)} ms of 500,000  ratio ${(big / small).toFixed(2)} (goal at most 1.5)`,
	);
}

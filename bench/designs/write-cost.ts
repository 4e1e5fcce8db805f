import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "../../src/tenancy/index.ts";
import { measure, median } from "../measure.ts";
import { doctorToken, end, makeClinic, startFhir } from "../servers.ts";
import { create } from "../workloads/create.ts";

/**
 * What the indexes of search cost a write of the server: blood pressures created in a clinic as it is, and in one whose
 * observations have no index but their primary key. Prints the share of the rate that is kept, each round of both in turn.
 */
const ROUNDS = 5;
const SECONDS = 4;

const folder = await mkdtemp(join(tmpdir(), "phc-write-cost-"));
const postgres = await startEmbedded(folder);
const { subject, child } = await startFhir(postgres.url, folder);
try {
	const clinics = ["indexed", "plain"];
	for (const slug of clinics) await makeClinic(subject.url, slug);
	await dropSearchIndexes("t_plain");
	const shares: number[] = [];
	for (let round = 0; round <= ROUNDS; round++) {
		const [indexed, plain] = [await rateOf("indexed", round), await rateOf("plain", round)];
		if (round > 0) shares.push(indexed / plain);
	}
	console.log(`${median(shares).toFixed(2)} of the rate without (${shares.map((one) => one.toFixed(2)).join(" ")})`);
} finally {
	await end(child);
	await postgres.stop();
	await rm(folder, { recursive: true, force: true });
}

async function rateOf(slug: string, round: number): Promise<number> {
	const token = await doctorToken(subject.url, slug);
	return (await measure({ ...subject, token }, create.fhir, SECONDS, round * 1_000_000)).rate;
}

async function dropSearchIndexes(schema: string): Promise<void> {
	const client = new pg.Client(postgres.url);
	await client.connect();
	const { rows } = await client.query(
		"SELECT indexname FROM pg_indexes WHERE schemaname = $1 AND tablename = 'observation' AND indexname <> 'observation_pkey'",
		[schema],
	);
	for (const { indexname } of rows) await client.query(`DROP INDEX "${schema}"."${indexname}"`);
	console.log(`without: ${rows.map(({ indexname }) => indexname).join(", ")}`);
	await client.end();
}

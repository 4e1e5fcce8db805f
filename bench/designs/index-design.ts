import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { loadRegistry } from "../../src/definitions/index.ts";
import type { Resource } from "../../src/kernel/index.ts";
import { extract } from "../../src/search/index.ts";
import { startEmbedded } from "../../src/tenancy/index.ts";
import { patientId } from "../bench.ts";
import { bloodPressure } from "../resources.ts";

/**
 * What an index design costs a write: the same 1.5 kB observation inserted in a table without search index, with the
 * array of keys, with keys and facts, with these and two codes in the order of time (the design in use), and with keys
 * and rows in narrow side tables instead of facts. Prints inserts a second, 16 connections, each design in turn, best
 * of three rounds. See docs/adr/0004-keys-and-facts.md.
 */
const ROWS = 8_000;
const CONNECTIONS = 16;
const ROUNDS = 3;

type Design = { readonly name: string; readonly make: string; insert(): string };

const BASE = 'id text COLLATE "C" PRIMARY KEY, content json, subject text, effective timestamptz';
const indexes = (table: string): string => `
	CREATE INDEX ON ${table} (subject, effective DESC NULLS LAST, id); CREATE INDEX ON ${table} (effective DESC NULLS LAST, id);`;
const gin = (table: string): string => `CREATE INDEX ON ${table} USING gin (keys) WITH (fastupdate = off);`;

const designs: readonly Design[] = [
	{
		name: "no search index",
		make: `CREATE TABLE bare (${BASE}); ${indexes("bare")}`,
		insert: () =>
			"INSERT INTO bare SELECT $1, $2::json, $3, $4::timestamptz WHERE $5::text IS NOT NULL AND $6::text IS NOT NULL",
	},
	{
		name: "keys",
		make: `CREATE TABLE keyed (${BASE}, keys bigint[]); ${indexes("keyed")} ${gin("keyed")}`,
		insert: () => "INSERT INTO keyed SELECT $1, $2::json, $3, $4::timestamptz, $5::bigint[] WHERE $6::text IS NOT NULL",
	},
	{
		name: "keys and facts",
		make: `CREATE TABLE facts (${BASE}, keys bigint[], facts jsonb); ${indexes("facts")} ${gin("facts")}`,
		insert: () => "INSERT INTO facts VALUES ($1, $2::json, $3, $4::timestamptz, $5::bigint[], $6::jsonb)",
	},
	{
		name: "and codes in time",
		make: `CREATE TABLE coded (${BASE}, keys bigint[], facts jsonb, code text, second_code text); ${indexes("coded")} ${gin("coded")}
			CREATE INDEX ON coded (code, effective DESC NULLS LAST, id);
			CREATE INDEX ON coded (second_code, effective DESC NULLS LAST, id) WHERE second_code IS NOT NULL;`,
		insert: () =>
			"INSERT INTO coded VALUES ($1, $2::json, $3, $4::timestamptz, $5::bigint[], $6::jsonb, '85354-9', '75367002')",
	},
	{
		name: "keys and side rows",
		make: `CREATE TABLE sided (${BASE}, keys bigint[]); ${indexes("sided")} ${gin("sided")}
			CREATE TABLE side_date (parameter text, low timestamptz, high timestamptz, id text COLLATE "C");
			CREATE INDEX ON side_date (parameter, low, high); CREATE INDEX ON side_date (id);
			CREATE TABLE side_quantity (parameter text, low numeric, high numeric, system text, code text, id text COLLATE "C");
			CREATE INDEX ON side_quantity (parameter, code, low); CREATE INDEX ON side_quantity (id);`,
		insert:
			() => `WITH row AS (INSERT INTO sided SELECT $1, $2::json, $3, $4::timestamptz, $5::bigint[] WHERE $6::text IS NOT NULL),
			dates AS (INSERT INTO side_date VALUES ('date', $4::timestamptz, $4::timestamptz, $1))
			INSERT INTO side_quantity SELECT p, v, v, 'http://unitsofmeasure.org', 'mm[Hg]', $1
			FROM (VALUES ('component-value-quantity', 120), ('component-value-quantity', 80),
				('combo-value-quantity', 120), ('combo-value-quantity', 80)) AS q(p, v)`,
	},
];

const folder = await mkdtemp(join(tmpdir(), "phc-design-"));
const postgres = await startEmbedded(folder);
const pool = new pg.Pool({ connectionString: postgres.url, max: CONNECTIONS });
const context = { registry: loadRegistry(), base: "http://bench.example/fhir", timeZone: "Asia/Kolkata" };
try {
	for (const { make } of designs) await pool.query(make);
	const best = new Map<string, number>();
	for (let round = 0; round < ROUNDS; round++) {
		for (const design of designs)
			best.set(design.name, Math.max(best.get(design.name) ?? 0, await rate(design, round)));
	}
	const bare = best.get("no search index") as number;
	for (const [name, inserts] of best) {
		console.log(
			`${name.padEnd(20)} ${Math.round(inserts)} inserts/s  ${(inserts / bare).toFixed(2)} of no search index`,
		);
	}
} finally {
	await pool.end();
	await postgres.stop();
	await rm(folder, { recursive: true, force: true });
}

async function rate(design: Design, round: number): Promise<number> {
	let next = 0;
	const text = design.insert();
	const began = performance.now();
	const worker = async (): Promise<void> => {
		while (next < ROWS) {
			const n = next++;
			const resource = { ...bloodPressure(n), id: `${round}-${n}` } as unknown as Resource;
			const { keys, facts } = extract(context, resource);
			await pool.query(text, [
				`${design.name}-${round}-${n}`,
				JSON.stringify(resource),
				`Patient/${patientId(n)}`,
				"2026-01-15T04:35:00Z",
				keys,
				facts,
			]);
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, worker));
	return (ROWS * 1000) / (performance.now() - began);
}

import type { Test } from "tap";
import type { Config } from "../../src/config.ts";
import { HOST, type Reply, type ServerApp, serverApp } from "../support/server-app.ts";

export const CLINICS = ["first", "second"] as const;
export const base = (slug: string): string => `http://${HOST}/t/${slug}/fhir`;

/** Stands in every text that belongs to a clinic, and so tells by itself whose data an answer holds. */
export const markOf = (slug: string): string => `Belongs-To-${slug.toUpperCase()}`;

export const SYSTEM = "https://hospital.example/number";

/** Both clinics hold the same ids with different content; the second also has versions and ids the first has not. */
export async function twoClinics(t: Test, settings: Partial<Config> = {}): Promise<ServerApp> {
	const server = await serverApp(t, { roles: ["ADMIN", "DOCTOR"], ...settings });
	for (const slug of CLINICS) await fill(server, slug);
	return server;
}

export const patient = (slug: string, id: string, more: object = {}) => ({
	resourceType: "Patient",
	id,
	identifier: [{ system: SYSTEM, value: `${slug}-${id}` }],
	name: [{ text: markOf(slug) }],
	...more,
});

async function fill({ call, tokenOf }: ServerApp, slug: string): Promise<void> {
	const token = await tokenOf(slug, "DOCTOR");
	const at = `/t/${slug}/fhir`;
	const put = (body: { resourceType: string; id: string }) =>
		call("PUT", `${at}/${body.resourceType}/${body.id}`, token, { body });
	await put(patient(slug, "1"));
	await put({
		resourceType: "Observation",
		id: "1",
		status: "final",
		code: { text: markOf(slug) },
		subject: { reference: "Patient/1" },
	} as never);
	const body = markOf(slug);
	await call("PUT", `${at}/Binary/1`, token, { body, headers: { "content-type": "text/plain" } });
	if (slug === "first") return;
	for (const birthDate of ["1980", "1981"]) await put(patient(slug, "1", { birthDate }));
	for (const id of ["only", "gone", "p1", "p2"]) await put(patient(slug, id));
	await call("DELETE", `${at}/Patient/gone`, token);
	await call("PUT", `${at}/Binary/only`, token, { body, headers: { "content-type": "text/plain" } });
}

/** All that PostgreSQL holds of a clinic: its schema row by row, and its rows in the tables of the platform. */
export async function dumpOf({ app }: ServerApp, slug: string): Promise<Record<string, string>> {
	const pool = app.database.pool();
	const { rows: tables } = await pool.query("select tablename as name from pg_tables where schemaname = $1", [
		`t_${slug}`,
	]);
	const all = (table: string, where = "") =>
		`select coalesce(string_agg(x::text, e'\\n' order by x::text), '') as rows from ${table} x ${where}`;
	const dump: Record<string, string> = {};
	for (const { name } of tables) dump[name] = (await pool.query(all(`t_${slug}."${name}"`))).rows[0].rows;
	const own = `where tenant_id = (select id from phc.tenant where slug = '${slug}')`;
	for (const name of ["membership", "patient_registry"])
		dump[`phc.${name}`] = (await pool.query(all(`phc.${name}`, own))).rows[0].rows;
	dump["phc.tenant"] = (await pool.query(all("phc.tenant", `where slug = '${slug}'`))).rows[0].rows;
	return dump;
}

/** Everything an answer says, but for what is different in any two answers. */
export function toldBy(reply: Reply): string {
	const { date: _date, "x-request-id": requestId, ...headers } = reply.headers;
	return JSON.stringify([reply.statusCode, headers, reply.body]).replaceAll(String(requestId), "");
}

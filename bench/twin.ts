import { hash } from "node:crypto";
import Fastify from "fastify";
import pg from "pg";
import { typedTables } from "../src/clinical/index.ts";
import { newId } from "../src/kernel/index.ts";
import { insertMany, insertOne, stampOf } from "../src/store/statements.ts";
import { tableOf } from "../src/store/tables.ts";

/**
 * The bare twin: the smallest Fastify handlers that send the server's own SQL to the server's own tables, in a clinic
 * of their own, with no FHIR in them. A token is looked up, a body parsed, 13 index keys hashed, ids given.
 * Arguments: database URL, schema, port.
 */
const [, , connectionString, schema = "", port] = process.argv;
const pool = new pg.Pool({ connectionString, max: 16 });
const app = Fastify({ logger: false, bodyLimit: 64 * 1024 * 1024 });
const tokens = new Map([["bench", { roles: ["DOCTOR"] }]]);
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
app.addHook("onRequest", async (request) => {
	if (!tokens.has((request.headers.authorization ?? "").slice(7))) throw new Error("no token");
});

const keyOf = (text: string): string =>
	BigInt.asIntN(64, BigInt(`0x${hash("md5", text, "hex").slice(0, 16)}`)).toString();
const keysOf = (subject: string): string =>
	`{${Array.from({ length: 13 }, (_, i) => keyOf(`${i} ${subject}`)).join(",")}}`;

/** Of the size that an observation's facts have. */
const factsOf = ({ subject, effectiveDateTime }: Observation): string =>
	JSON.stringify({
		"r:subject": [subject.reference],
		"d:effectiveDateTime": [{ a: effectiveDateTime, z: effectiveDateTime }],
		filler: FILLER,
	});
const FILLER = Array.from({ length: 12 }, (_, i) => `value that is compared ${i}`);

type Observation = { resourceType: string; subject: { reference: string }; effectiveDateTime?: string; status: string };
const observation = tableOf("Observation");
const encounter = tableOf("Encounter");
const columnNames = new Map(typedTables.map(({ type, columns }) => [type, columns.map(({ name }) => name)]));

/** The typed columns, as far as properties of the same name give them. */
const columnsOf = (resource: Observation): (string | null)[] =>
	(columnNames.get(resource.resourceType) ?? []).map((name) =>
		name === "subject"
			? resource.subject.reference
			: name === "effective"
				? (resource.effectiveDateTime ?? null)
				: name === "status"
					? resource.status
					: null,
	);

const createStatement = insertOne(schema, observation);
app.post("/create", async (request, reply) => {
	const resource = JSON.parse(request.body as string) as Observation;
	const id = newId();
	const [before, after] = JSON.stringify({ id, at: "\u0000", ...resource }).split("\\u0000") as [string, string];
	const keys = keysOf(resource.subject.reference);
	const { rows } = await pool.query(createStatement, [
		id,
		1,
		"POST",
		keys,
		factsOf(resource),
		null,
		before,
		after,
		...columnsOf(resource),
	]);
	const at = new Date(rows[0].at);
	reply.code(201).header("content-type", "application/fhir+json; charset=utf-8").header("etag", 'W/"1"');
	return reply.send(before + at.toISOString() + after);
});

const readStatement = `SELECT id, version, (extract(epoch FROM last_updated) * 1000)::float8 AS at, content::text AS text
	FROM "${schema}".patient WHERE id = $1`;
app.get<{ Params: { id: string } }>("/read/:id", async (request, reply) => {
	const { rows } = await pool.query(readStatement, [request.params.id]);
	reply.header("content-type", "application/fhir+json; charset=utf-8").header("etag", `W/"${rows[0].version}"`);
	return reply.send(rows[0].text);
});

const searchStatement = `WITH found AS MATERIALIZED (SELECT * FROM "${schema}".patient WHERE keys @> $1::bigint[])
	SELECT id, version, (extract(epoch FROM last_updated) * 1000)::float8 AS at, content::text AS text
	FROM found ORDER BY id LIMIT $2::int`;
app.get<{ Querystring: { identifier: string } }>("/search", async (request, reply) => {
	const [system, value] = request.query.identifier.split("|");
	const key = keyOf(["Patient", "identifier", "coding", system, value?.toLowerCase()].join("\u001f"));
	const { rows } = await pool.query(searchStatement, [`{${key}}`, 21]);
	reply.header("content-type", "application/fhir+json; charset=utf-8");
	return reply.send(
		`{"resourceType":"Bundle","total":${rows.length},"entry":[${rows.map(({ text }) => `{"resource":${text}}`).join(",")}]}`,
	);
});

const vitalsStatement = `SELECT id, version, (extract(epoch FROM last_updated) * 1000)::float8 AS at, content::text AS text
	FROM "${schema}".observation WHERE subject = $1 AND keys @> $2::bigint[]
	ORDER BY effective DESC NULLS LAST, id ASC LIMIT $3::int`;
app.get<{ Querystring: { patient: string; code: string } }>("/vitals", async (request, reply) => {
	const { patient, code } = request.query;
	const key = keyOf(["Observation", "code", "coding", ...code.split("|")].join("\u001f"));
	const { rows } = await pool.query(vitalsStatement, [`Patient/${patient}`, `{${key}}`, 21]);
	reply.header("content-type", "application/fhir+json; charset=utf-8");
	return reply.send(
		`{"resourceType":"Bundle","total":${rows.length},"entry":[${rows.map(({ text }) => `{"resource":${text}}`).join(",")}]}`,
	);
});

app.post("/transaction", async (request, reply) => {
	const { entry } = JSON.parse(request.body as string) as { entry: { resource: Observation }[] };
	const client = await pool.connect();
	try {
		await client.query("BEGIN");
		const stamp = await client.query(
			`WITH stamp AS (${stampOf(schema)}) SELECT (extract(epoch FROM at) * 1000)::float8 AS at FROM stamp`,
		);
		const at = String(stamp.rows[0].at);
		for (const table of [encounter, observation]) {
			const resources = entry
				.map(({ resource }) => resource)
				.filter(({ resourceType }) => tableOf(resourceType) === table);
			const rows = resources.map((resource) => {
				const id = newId();
				const content = JSON.stringify({ id, at, ...resource });
				return [
					resource.resourceType,
					id,
					"1",
					at,
					"POST",
					keysOf(resource.subject.reference),
					factsOf(resource),
					null,
					content,
					...columnsOf(resource),
				];
			});
			const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, i) => rows.map((row) => row[i]));
			await client.query(insertMany(schema, table), columns);
		}
		await client.query("COMMIT");
	} finally {
		client.release();
	}
	reply.header("content-type", "application/fhir+json; charset=utf-8");
	return reply.send(
		`{"resourceType":"Bundle","entry":[${entry.map(() => '{"response":{"status":"201 Created"}}').join(",")}]}`,
	);
});

await app.listen({ host: "127.0.0.1", port: Number(port) });

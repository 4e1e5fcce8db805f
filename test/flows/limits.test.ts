import { gzipSync } from "node:zlib";
import t, { type Test } from "tap";
import type { Reply, Sent } from "../support/server-app.ts";
import { serverApp } from "../support/server-app.ts";

const KB = 1024;
const { app, call, tokenOf } = await serverApp(t, {
	clinics: ["first"],
	maxResourceBytes: 40 * KB,
	maxBundleBytes: 120 * KB,
	maxBundleEntries: 5,
});
const token = await tokenOf("first", "DOCTOR");
const at = "/t/first/fhir";
const post = (path: string, sent: Sent) => call("POST", `${at}${path}`, token, sent);
const patient = (bytes: number) => ({ resourceType: "Patient", name: [{ text: "x".repeat(bytes) }] });
const entry = (resource: object) => ({ resource, request: { method: "POST", url: "Patient" } });
const bundle = (entries: object[], type = "transaction") => ({ resourceType: "Bundle", type, entry: entries });
const count = async () => (await call("GET", `${at}/Patient?_summary=count`, token)).json().total as number;

/** The reply is an OperationOutcome of this status; gives its texts. */
function refusal(t: Test, reply: Reply, status: number, name = ""): string {
	t.equal(reply.statusCode, status, `${name} ${reply.body.slice(0, 300)}`);
	t.match(reply.headers["content-type"], /^application\/fhir\+json/);
	const { resourceType, issue } = reply.json();
	t.equal(resourceType, "OperationOutcome");
	t.notMatch(reply.body, /\bat .*\.ts|node_modules/, "no stack");
	return issue.map(({ diagnostics }: { diagnostics: string }) => diagnostics).join(" ");
}

t.test("a resource up to the limit is taken, one beyond it is refused by its name", async (t) => {
	t.equal((await post("/Patient", { body: patient(39 * KB) })).statusCode, 201);
	for (const path of ["/Patient", "/Bundle", "/Binary"]) {
		t.match(refusal(t, await post(path, { body: patient(41 * KB) }), 413), "40 kB");
	}
	t.match(
		refusal(t, await call("PUT", `${at}/Patient/x`, token, { body: { ...patient(41 * KB), id: "x" } }), 413),
		"40 kB",
	);
	const headers = { "content-type": "application/octet-stream" };
	t.match(refusal(t, await post("/Binary", { body: Buffer.alloc(41 * KB), headers }), 413), "40 kB");
});

t.test("a body that grows beyond the limit when it is unpacked is refused as well", async (t) => {
	const body = gzipSync(JSON.stringify(patient(4000 * KB)));
	t.ok(body.length < 40 * KB);
	const headers = { "content-type": "application/fhir+json", "content-encoding": "gzip" };
	t.match(refusal(t, await post("/Patient", { body, headers }), 413), "40 kB");
});

t.test("a Bundle may be larger than a resource, up to its own limit", async (t) => {
	t.equal((await post("", { body: bundle([entry(patient(35 * KB)), entry(patient(35 * KB))]) })).statusCode, 200);
	t.match(refusal(t, await post("", { body: bundle([1, 2, 3, 4].map(() => entry(patient(35 * KB)))) }), 413), "120 kB");
	t.match(refusal(t, await post("/", { body: patient(130 * KB) }), 413), "120 kB");
});

t.test("too many entries are refused before anything is done", async (t) => {
	const before = await count();
	for (const type of ["transaction", "batch"]) {
		const text = refusal(t, await post("", { body: bundle(Array(6).fill(entry(patient(1))), type) }), 413);
		t.match(text, /6 entries.*5/);
		t.equal((await post("", { body: bundle(Array(5).fill(entry(patient(1))), type) })).statusCode, 200);
	}
	t.equal(await count(), before + 10);
});

t.test("a body that is no resource in JSON is refused with its place", async (t) => {
	const before = await count();
	const nested = `{"resourceType":"Patient","extension":${"[".repeat(15_000)}${"]".repeat(15_000)}}`;
	const deep = `${'{"extension":[{"url":"x","extension":'.repeat(800)}1${"}]}".repeat(800)}`;
	const bodies: Record<string, string | Buffer> = {
		"an empty body": "",
		"no JSON": "name=Asha",
		"half a resource": '{"resourceType":"Patient","name":[{"text":"Asha"}',
		"more than one value": '{"resourceType":"Patient"} {}',
		"a comma too many": '{"resourceType":"Patient",}',
		"a duplicate key": '{"resourceType":"Patient","active":true,"active":false}',
		"a null": '{"resourceType":"Patient","active":null}',
		"an array": "[]",
		"a text": '"Patient"',
		"another type": '{"resourceType":"Observation"}',
		"Latin-1": Buffer.from('{"resourceType":"Patient","name":[{"text":"Jos\xe9"}]}', "latin1"),
		"half a character": Buffer.from([...Buffer.from('{"resourceType":"Patient","language":"'), 0xe0, 0xa4, 0x22, 0x7d]),
		"UTF-16": Buffer.from('\ufeff{"resourceType":"Patient"}', "utf16le"),
		"arrays nested beyond reason": nested,
		"objects nested beyond reason": deep,
		"a lone surrogate": '{"resourceType":"Patient","name":[{"text":"\\ud800"}]}',
		"the character 0": '{"resourceType":"Patient","name":[{"text":"a\\u0000b"}]}',
	};
	for (const [name, body] of Object.entries(bodies)) {
		refusal(t, await post("/Patient", { body, headers: { "content-type": "application/fhir+json" } }), 400, name);
	}
	const packed = { "content-type": "application/fhir+json", "content-encoding": "gzip" };
	refusal(t, await post("/Patient", { body: "not gzip", headers: packed }), 400);
	t.equal(await count(), before);
});

t.test("a byte order mark is no part of the resource", async (t) => {
	const body = Buffer.from('\ufeff{"resourceType":"Patient","id":"bom"}');
	t.equal((await call("PUT", `${at}/Patient/bom`, token, { body })).statusCode, 201);
});

t.test("URLs that are none are refused with an OperationOutcome", async (t) => {
	for (const [path, status] of [
		["/Patient/%zz", 400],
		["/Patient?name=%zz", 400],
		["/Patient/a%2Fb", 400],
		["/Nothing", 404],
		["/Patient/1/2/3/4", 404],
		[`/Patient/${"x".repeat(5000)}`, 400],
	] as const) {
		refusal(t, await call("GET", at + path, token), status, path.slice(0, 40));
	}
	refusal(t, await call("PUT", `${at}/metadata`, token, { body: patient(1) }), 405);
});

t.test("nothing of all this was a fault of the server", async (t) => {
	const metrics = (await app.http.inject("/metrics")).body;
	t.notMatch(metrics, /status="5xx"/);
});

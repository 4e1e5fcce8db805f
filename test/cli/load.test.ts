import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { phc } from "./support/run.ts";
import { type Script, stubServer } from "./support/stub-server.ts";

const transaction = (name: string): string =>
	`{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","name":[{"text":"${name}"}]},"request":{"method":"POST","url":"Patient"}}]}`;

const observation = (id: string, value = "36.80"): string =>
	`{"resourceType":"Observation","id":"${id}","valueQuantity":{"value":${value}}}`;

async function scene(t: Test, files: Record<string, string>, script?: Script) {
	const server = await stubServer(script);
	t.teardown(server.close);
	const folder = t.testdir({ "password.txt": "correct horse\n" });
	mkdirSync(join(folder, "in"));
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "in", name), text);
	const signIn = ["--server", server.url, "--tenant", "demo", "--email", "a@b.example"];
	const password = ["--password-file", join(folder, "password.txt")];
	const load = (...args: string[]) => phc(["load", ...signIn, ...password, ...args]);
	return { server, folder, input: join(folder, "in"), load };
}

t.test("transactions go as they stand, hospitals and practitioners first, then by name", async (t) => {
	const { server, input, load } = await scene(t, {
		"b.json": transaction("b"),
		"a.json": transaction("a"),
		"practitionerInformation1.json": transaction("doctors"),
		"hospitalInformation1.json": transaction("hospital"),
		"notes.txt": "not for us",
	});
	const result = await load("--concurrency", "1", input);
	t.equal(result.code, 0);
	t.match(result.out, /^4 resources stored in .* s \(.*\/s\)$/);
	t.same(
		server.calls.map(({ body }) => body),
		["hospital", "doctors", "a", "b"].map(transaction),
	);
	t.equal(server.calls[0]?.token, "a@b.example-demo-1");
});

t.test("NDJSON lines become Bundles of PUT and POST, with every number as written", async (t) => {
	const lines = [observation("o1"), observation("o2", "1.2E+2"), `{"resourceType":"Patient","active":true}`, ""];
	const { server, input, load } = await scene(t, { "vitals.ndjson": lines.join("\n") });
	t.equal((await load("--batch", "2", "--concurrency", "1", input)).code, 0);
	t.equal(server.calls.length, 2);
	t.ok(server.calls[0]?.body.includes(observation("o2", "1.2E+2")));
	const entries = server.calls.flatMap(({ body }) => JSON.parse(body).entry);
	t.same(
		entries.map(({ request }) => request),
		[
			{ method: "PUT", url: "Observation/o1" },
			{ method: "PUT", url: "Observation/o2" },
			{ method: "POST", url: "Patient" },
		],
	);
});

t.test("a refused line is named, and a second run sends only what was refused", async (t) => {
	const lines = [observation("o1"), `{"resourceType":"Basic","id":"refuse me"}`, "{oops", observation("o3")];
	const { server, input, load } = await scene(t, { "mixed.ndjson": lines.join("\n") });
	const first = await load(input);
	t.equal(first.code, 1);
	t.match(first.err, /mixed\.ndjson, line 2: 422: Not like this/);
	t.match(first.err, /mixed\.ndjson, line 3: not sent: The line is not JSON/);
	t.match(first.out, /2 resources stored .*, 2 refused/);
	t.equal((await load(input)).code, 1);
	t.match(JSON.parse(server.calls[0]?.body as string), { type: "transaction" }, "all at once, as the fast way");
	t.match(JSON.parse(server.calls[1]?.body as string), { type: "batch" }, "one by one when that was refused");
	t.same(
		server.calls.map(({ body }) => JSON.parse(body).entry.length),
		[3, 3, 1],
	);
	await load("--fresh", input);
	t.equal(JSON.parse(server.calls.at(-1)?.body as string).entry.length, 3, "--fresh begins anew");
});

t.test("the journal belongs to a server and clinic, and to the file as it was", async (t) => {
	const { server, folder, input, load } = await scene(t, { "a.json": transaction("a") });
	await load(input);
	await load(input);
	t.equal(server.calls.length, 1);
	t.ok(existsSync(join(folder, "in.phc-load.ndjson")));
	writeFileSync(join(input, "a.json"), transaction("another"));
	await load(input);
	t.equal(server.calls.length, 2, "a changed file is sent again");
	t.match(await load(input, "--tenant", "other"), { code: 1, err: /belongs to another server or clinic/ });
});

t.test("collections are taken apart, documents with urn references as one transaction or kept whole", async (t) => {
	const collection = `{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://x/Observation/o1","resource":${observation("o1", "0.010")}},{"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}]}`;
	const document = `{"resourceType":"Bundle","id":"d1","type":"document","entry":[{"fullUrl":"urn:uuid:7","resource":{"resourceType":"Composition","id":"c1"}}]}`;
	const { server, input, load } = await scene(t, { "c.json": collection, "d.json": document });
	t.equal((await load("--concurrency", "1", input)).code, 0);
	const [batch, joined] = server.calls;
	t.ok(batch?.body.includes('"value":0.010'));
	t.match(JSON.parse(batch?.body as string), { type: "batch", entry: { length: 1 } });
	t.match(JSON.parse(joined?.body as string), {
		type: "transaction",
		entry: [{ fullUrl: "urn:uuid:7", request: { method: "PUT", url: "Composition/c1" } }],
	});
	await load("--keep-documents", "--fresh", join(input, "d.json"));
	t.match(server.calls.at(-1), { method: "PUT", path: "/Bundle/d1", body: document });
});

t.test("a busy server and a lost connection are tried again, entry by entry where they were answered so", async (t) => {
	const { server, input, load } = await scene(
		t,
		{ "v.ndjson": `${observation("o1")}\n${observation("o2")}` },
		(_call, number, reply) => {
			if (number === 1) return reply.code(503).header("retry-after", "0.01").send();
			if (number === 2) {
				reply.raw.destroy();
				return reply.hijack();
			}
			if (number === 3) return reply.code(400).send();
			if (number > 4) return undefined;
			const entry = [{ response: { status: "201" } }, { response: { status: "429" } }];
			return reply.send({ resourceType: "Bundle", type: "batch-response", entry });
		},
	);
	t.match(await load(input), { code: 0, out: /^2 resources/ });
	t.equal(server.calls.length, 5);
	t.notOk(server.calls[4]?.body.includes("o1"));
});

t.test("an expired token is renewed by a new sign-in; a refused transaction stores nothing and is named", async (t) => {
	const { server, input, load } = await scene(
		t,
		{ "a.json": transaction("a"), "b.json": transaction("b") },
		({ token, body }, _n, reply) => {
			if (token.endsWith("-1")) return reply.code(401).send();
			if (!body.includes('"b"')) return undefined;
			return reply
				.code(400)
				.send({ resourceType: "OperationOutcome", issue: [{ diagnostics: "Bundle.entry[0]: no" }, {}] });
		},
	);
	const result = await load("--concurrency", "1", input);
	t.equal(result.code, 1);
	t.match(result.err, /b\.json: 400: Bundle\.entry\[0\]: no \(and 1 more\)/);
	t.equal(server.signIns(), 2);
});

t.test("a wrong password ends the run and is not shown", async (t) => {
	const { input, folder, load } = await scene(t, { "a.json": transaction("a") });
	writeFileSync(join(folder, "password.txt"), "wrong horse");
	const result = await load(input);
	t.match(result, { code: 1, err: /sign-in of a@b\.example to clinic "demo" is refused \(401\)/ });
	t.notMatch(result.err, /wrong horse/);
});

t.test("a wrong call is said before anything is sent", async (t) => {
	const { server, input, load } = await scene(t, {});
	t.match(await load(input), { code: 2, err: /holds no \.json/ });
	t.match(await load(join(input, "nothing")), { code: 2, err: /does not exist/ });
	t.match(await load("--concurrency", "0", input), { code: 2, err: /whole number from 1 to 64/ });
	t.equal(server.calls.length, 0);
});

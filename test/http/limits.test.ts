import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import t from "tap";
import { shellApp } from "../support/shell-app.ts";

const LONG = JSON.stringify({ resourceType: "Bundle", note: "bandage ".repeat(1000) });

t.test("every answer carries safe headers", async (t) => {
	const { app } = await shellApp(t);
	for (const url of ["/healthz", "/nothing", "/fhir/nothing"]) {
		const { headers } = await app.inject(url);
		t.equal(headers["x-content-type-options"], "nosniff");
		t.match(headers["strict-transport-security"], /max-age=\d{8}/);
		t.match(headers["content-security-policy"], /default-src 'none'/);
		t.equal(headers["x-frame-options"], "DENY");
		t.notOk(headers["x-powered-by"]);
	}
});

t.test("a browser client of another origin may call and read what FHIR needs", async (t) => {
	const { app } = await shellApp(t);
	app.put("/fhir/Patient/1", async () => "{}");
	const origin = "https://app.example";
	const asked = await app.inject({
		method: "OPTIONS",
		url: "/fhir/Patient/1",
		headers: {
			origin,
			"access-control-request-method": "PUT",
			"access-control-request-headers": "authorization,if-match",
		},
	});
	t.equal(asked.statusCode, 204);
	t.match(asked.headers["access-control-allow-methods"], /PUT.*PATCH.*DELETE/);
	t.match(asked.headers["access-control-allow-headers"], /authorization,if-match/);
	const answer = await app.inject({ method: "PUT", url: "/fhir/Patient/1", headers: { origin } });
	t.equal(answer.headers["access-control-allow-origin"], "*");
	t.notOk(answer.headers["access-control-allow-credentials"]);
	for (const name of ["ETag", "Location", "Last-Modified", "Content-Location", "x-request-id"]) {
		t.ok(String(answer.headers["access-control-expose-headers"]).includes(name), name);
	}
});

t.test("a long answer is compressed when that was asked for, a short one never", async (t) => {
	const { app } = await shellApp(t);
	app.get("/long", async (_request, reply) => reply.type("application/fhir+json; charset=utf-8").send(LONG));
	app.get("/short", async (_request, reply) => reply.type("application/fhir+json; charset=utf-8").send("{}"));
	app.get("/image", async (_request, reply) => reply.type("image/png").send(Buffer.alloc(10_000)));
	const get = (url: string, encoding?: string) =>
		app.inject({ url, headers: encoding === undefined ? {} : { "accept-encoding": encoding } });
	const gzip = await get("/long", "gzip");
	t.equal(gzip.headers["content-encoding"], "gzip");
	t.equal(gunzipSync(gzip.rawPayload).toString(), LONG);
	t.match(gzip.headers.vary, /accept-encoding/i);
	t.ok(gzip.rawPayload.length < 1000);
	t.equal(brotliDecompressSync((await get("/long", "br")).rawPayload).toString(), LONG);
	t.notOk((await get("/long")).headers["content-encoding"]);
	t.notOk((await get("/long", "identity")).headers["content-encoding"]);
	t.notOk((await get("/short", "gzip")).headers["content-encoding"]);
	t.notOk((await get("/image", "gzip")).headers["content-encoding"]);
});

t.test("a compressed body is read, within the same limit", async (t) => {
	const { app } = await shellApp(t, { bodyLimit: 20_000 });
	app.post("/fhir", async (request) => ({ keys: Object.keys(request.body as object) }));
	const post = (payload: Buffer, encoding = "gzip") =>
		app.inject({
			method: "POST",
			url: "/fhir",
			headers: { "content-type": "application/json", "content-encoding": encoding },
			payload,
		});
	t.strictSame((await post(gzipSync(LONG))).json(), { keys: ["resourceType", "note"] });
	const bomb = await post(gzipSync(`"${"x".repeat(1_000_000)}"`));
	t.equal(bomb.statusCode, 413);
	t.equal(bomb.json().resourceType, "OperationOutcome");
	t.equal((await post(Buffer.from("not gzip"))).statusCode, 400);
	t.equal((await post(gzipSync(LONG), "snappy")).statusCode, 415);
});

t.test("a process that lags answers 503 with Retry-After, but still tells its health", async (t) => {
	const { app } = await shellApp(t, { maxEventLoopDelay: 20 });
	app.get("/fhir/Patient", async () => "{}");
	await app.ready();
	const deadline = Date.now() + 10_000;
	let status = 200;
	while (status !== 503 && Date.now() < deadline) {
		const blockedUntil = Date.now() + 200;
		while (Date.now() < blockedUntil);
		await new Promise((resolve) => setTimeout(resolve, 5));
		const answer = await app.inject("/fhir/Patient");
		status = answer.statusCode;
		if (status !== 503) continue;
		t.equal(answer.headers["retry-after"], "5");
		t.equal(answer.json().issue[0].code, "transient");
		t.equal((await app.inject("/healthz")).statusCode, 200);
	}
	t.equal(status, 503);
});

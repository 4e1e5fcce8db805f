import { createHash, randomBytes } from "node:crypto";
import t from "tap";
import { serverApp } from "../support/server-app.ts";

const { call, tokenOf } = await serverApp(t, { clinics: ["first"] });
const token = await tokenOf("first", "DOCTOR");
const at = "/t/first/fhir/Binary";
const EVERY_BYTE = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), randomBytes(50_000)]);
const put = (id: string, body: Buffer | string, type: string, more: Record<string, string> = {}) =>
	call("PUT", `${at}/${id}`, token, { body, headers: { "content-type": type, ...more } });
const get = (id: string, headers: Record<string, string> = {}) => call("GET", `${at}/${id}`, token, { headers });
const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

t.test("raw bytes come back as they were sent, under their own type", async (t) => {
	for (const [type, body] of [
		["application/pdf", EVERY_BYTE],
		["image/jpeg", EVERY_BYTE.subarray(0, 1001)],
		["text/plain; charset=iso-8859-1", Buffer.from("Jos\xe9", "latin1")],
		["application/xml", Buffer.from("<a/>")],
		["application/json", Buffer.from('{"b":  1.0}')],
		["application/octet-stream", Buffer.alloc(0)],
	] as const) {
		const id = hash(body).slice(0, 20);
		const stored = await put(id, body, type);
		t.equal(stored.statusCode, 201, `${type}: ${stored.body.slice(0, 200)}`);
		const read = await get(id);
		t.equal(read.statusCode, 200);
		t.equal(read.headers["content-type"], type);
		t.equal(hash(read.rawPayload), hash(body), type);
		t.equal(read.headers.etag, 'W/"1"');
		t.equal(read.headers["x-content-type-options"], "nosniff");
		const head = await call("HEAD", `${at}/${id}`, token);
		t.match(head, { statusCode: 200, headers: { "content-type": type } });
	}
});

t.test("a create by POST gives the place, and the version can be read raw as well", async (t) => {
	const made = await call("POST", at, token, { body: EVERY_BYTE, headers: { "content-type": "application/pdf" } });
	t.equal(made.statusCode, 201);
	const place = new URL(made.headers.location as string).pathname;
	t.equal(hash((await call("GET", place, token)).rawPayload), hash(EVERY_BYTE));
});

t.test("who asks for FHIR gets the resource, who asks for anything else gets the bytes as they are", async (t) => {
	await put("p", EVERY_BYTE, "application/pdf");
	for (const accept of ["application/fhir+json", "application/json"]) {
		const { resourceType, contentType, data } = (await get("p", { accept })).json();
		t.strictSame([resourceType, contentType], ["Binary", "application/pdf"]);
		t.equal(hash(Buffer.from(data, "base64")), hash(EVERY_BYTE));
	}
	for (const accept of ["application/pdf", "*/*", "application/*;q=0.5", "image/png"]) {
		t.equal(hash((await get("p", { accept })).rawPayload), hash(EVERY_BYTE), accept);
	}
});

t.test("a Binary that is sent as a resource is served raw, and the other way round", async (t) => {
	const resource = {
		resourceType: "Binary",
		id: "r",
		contentType: "text/plain",
		data: Buffer.from("नमस्ते").toString("base64"),
	};
	t.equal((await call("PUT", `${at}/r`, token, { body: resource })).statusCode, 201);
	const raw = await get("r");
	t.equal(raw.rawPayload.toString(), "नमस्ते");
	t.match(raw.headers["content-type"], /^text\/plain/);
});

t.test("the security context of a header is kept", async (t) => {
	await put("s", "x", "text/plain", { "x-security-context": "Patient/1" });
	t.match((await get("s", { accept: "application/fhir+json" })).json(), {
		securityContext: { reference: "Patient/1" },
	});
});

t.test("a Binary without a type, or of FHIR JSON that is none, is refused", async (t) => {
	t.equal((await put("n", "{", "application/fhir+json")).statusCode, 400);
	const untyped = await call("PUT", `${at}/n`, token, { body: EVERY_BYTE, headers: { "content-type": "" } });
	t.ok([400, 415].includes(untyped.statusCode), `${untyped.statusCode}`);
	t.equal(untyped.json().resourceType, "OperationOutcome");
});

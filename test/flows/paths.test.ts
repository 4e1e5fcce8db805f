import t from "tap";
import { type Reply, serverApp } from "../support/server-app.ts";

const { call, platformToken } = await serverApp(t, { clinics: [] });
const ROOT = await platformToken();
const JSON_TYPE = { "content-type": "application/json" };
const CREDENTIALS = { email: "asha@third.example", password: "another horse battery" };
const at = "/t/third/fhir";
let token = "";

t.test("a clinic that is provisioned serves its first request", async (t) => {
	const { email: adminEmail, password: adminPassword } = CREDENTIALS;
	const body = { slug: "third", name: "Third clinic", adminEmail, adminPassword };
	const made = await call("POST", "/admin/tenants", ROOT, { body, headers: JSON_TYPE });
	t.match(made, { statusCode: 201, headers: { location: "/admin/tenants/third" } });
	t.match(made.json(), { slug: "third", status: "active" });
	const login = await call("POST", "/auth/login", undefined, {
		body: { ...CREDENTIALS, tenant: "third" },
		headers: JSON_TYPE,
	});
	t.match(login.json(), { token_type: "Bearer", expires_in: 900 });
	token = login.json().access_token;
	t.match((await call("GET", `${at}/Patient`, token)).json(), { type: "searchset", total: 0 });
});

t.test("login → create → search → update with If-Match → history", async (t) => {
	const value = "a/1";
	const patient = { resourceType: "Patient", identifier: [{ system: "urn:x", value }], name: [{ text: "Asha Devi" }] };
	const created = await call("POST", `${at}/Patient`, token, { body: patient });
	const { id, meta } = created.json();
	t.match(created, {
		statusCode: 201,
		headers: { etag: 'W/"1"', location: `http://phc.test${at}/Patient/${id}/_history/1` },
	});
	t.equal(
		new Date(created.headers["last-modified"] as string).getTime(),
		Math.floor(Date.parse(meta.lastUpdated) / 1000) * 1000,
	);
	const found = (await call("GET", `${at}/Patient?identifier=${encodeURIComponent(`urn:x|${value}`)}`, token)).json();
	t.match(found, { total: 1, entry: [{ fullUrl: `http://phc.test${at}/Patient/${id}`, resource: { id } }] });
	const changed = { ...patient, id, birthDate: "1980" };
	const update = (ifMatch: string) =>
		call("PUT", `${at}/Patient/${id}`, token, { body: changed, headers: { "if-match": ifMatch } });
	t.equal((await update('W/"7"')).statusCode, 412);
	t.match(await update('W/"1"'), { statusCode: 200, headers: { etag: 'W/"2"' } });
	t.equal((await update('W/"1"')).statusCode, 412, "the version that was read is no longer the last");
	const history = (await call("GET", `${at}/Patient/${id}/_history`, token)).json();
	t.match(history, {
		type: "history",
		total: 2,
		entry: [{ request: { method: "PUT" } }, { request: { method: "POST" } }],
	});
	t.equal((await call("DELETE", `${at}/Patient/${id}`, token)).statusCode, 204);
	t.equal((await call("GET", `${at}/Patient/${id}`, token)).statusCode, 410);
});

t.test("a transaction links its entries, or leaves nothing", async (t) => {
	const fullUrl = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";
	const observation = (more: object) => ({
		request: { method: "POST", url: "Observation" },
		resource: {
			resourceType: "Observation",
			status: "final",
			code: { text: "weight" },
			subject: { reference: fullUrl },
			...more,
		},
	});
	const patient = { fullUrl, request: { method: "POST", url: "Patient" }, resource: { resourceType: "Patient" } };
	const send = (...entry: object[]) =>
		call("POST", at, token, { body: { resourceType: "Bundle", type: "transaction", entry } });
	const done = (await send(patient, observation({}))).json();
	const [patientAt, observationAt] = done.entry.map(
		({ response }: { response: { location: string } }) => response.location,
	);
	const stored = (await call("GET", new URL(observationAt).pathname, token)).json();
	t.match(patientAt, `/${stored.subject.reference}/_history/1`);
	const before = (await call("GET", `${at}/Patient?_summary=count`, token)).json().total;
	const failed = await send(patient, observation({ status: undefined }));
	t.equal(failed.statusCode, 400);
	t.match(failed.json(), { resourceType: "OperationOutcome", issue: [{ expression: [/^Bundle\.entry\[1\]/] }] });
	t.equal((await call("GET", `${at}/Patient?_summary=count`, token)).json().total, before);
});

t.test("HEAD is GET without its body", async (t) => {
	await call("PUT", `${at}/Patient/h`, token, { body: { resourceType: "Patient", id: "h" } });
	for (const path of ["/Patient/h", "/Patient?_id=h", "/metadata", "/Patient/none"]) {
		const [get, head] = [await call("GET", at + path, token), await call("HEAD", at + path, token)];
		t.equal(head.statusCode, get.statusCode, path);
		t.equal(head.body, "");
		t.equal(head.headers.etag, get.headers.etag);
		t.equal(head.headers["content-type"], get.headers["content-type"]);
	}
});

const issueOf = (reply: Reply) => {
	const { resourceType, issue } = reply.json();
	return { status: reply.statusCode, resourceType, text: issue?.[0]?.diagnostics as string };
};

t.test("the format is negotiated", async (t) => {
	const read = (query: string, accept?: string) =>
		call("GET", `${at}/Patient/h${query}`, token, { headers: accept ? { accept } : {} });
	const fhir = /^application\/fhir\+json; charset=utf-8$/;
	t.match((await read("")).headers["content-type"], fhir);
	t.match((await read("", "*/*")).headers["content-type"], fhir);
	t.match((await read("", "application/json")).headers["content-type"], /^application\/json/);
	t.match((await read("?_format=json", "application/fhir+xml")).headers["content-type"], fhir, "_format goes before");
	for (const [query, accept] of [
		["", "application/fhir+xml"],
		["?_format=xml", ""],
		["", "text/html"],
	] as const) {
		const reply = await read(query, accept);
		t.match(issueOf(reply), { status: 406, resourceType: "OperationOutcome", text: "application/fhir+json" });
		t.match(reply.headers["content-type"], fhir, "the refusal itself is FHIR JSON");
	}
	t.match((await read("?_pretty=true")).body, '\n  "id": "h"');
	const xml = { body: "<Patient/>", headers: { "content-type": "application/fhir+xml" } };
	t.match(issueOf(await call("POST", `${at}/Patient`, token, xml)), { status: 415, text: "application/fhir+json" });
});

t.test("answers are compressed, and compressed bodies are read", async (t) => {
	const { gunzipSync, gzipSync } = await import("node:zlib");
	const text = "नमस्ते ".repeat(1000);
	const body = gzipSync(JSON.stringify({ resourceType: "Patient", id: "z", name: [{ text }] }));
	const headers = { "content-type": "application/fhir+json", "content-encoding": "gzip" };
	t.equal((await call("PUT", `${at}/Patient/z`, token, { body, headers })).statusCode, 201);
	const plain = await call("GET", `${at}/Patient/z`, token);
	const packed = await call("GET", `${at}/Patient/z`, token, { headers: { "accept-encoding": "gzip" } });
	t.match(packed.headers, { "content-encoding": "gzip", vary: /accept-encoding/i, etag: plain.headers.etag });
	t.equal(gunzipSync(packed.rawPayload).toString(), plain.body);
	t.equal(plain.json().name[0].text, text);
});

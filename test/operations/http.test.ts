import t from "tap";
import { serverApp } from "../support/server-app.ts";

const { call, tokenOf } = await serverApp(t, { clinics: ["first"], roles: ["ADMIN", "DOCTOR"] });
const token = await tokenOf("first", "ADMIN");
const BASE = "/t/first/fhir";

t.test("an operation needs no body, and is answered with where and when to ask", async (t) => {
	for (const name of ["$reindex", "%24reindex"]) {
		const kickOff = await call("POST", `${BASE}/Patient/${name}`, token);
		t.equal(kickOff.statusCode, 202);
		const at = new URL(String(kickOff.headers["content-location"])).pathname;
		t.match(at, /^\/t\/first\/fhir\/\$job-status\/[\w-]+$/);
		t.equal(kickOff.json().resourceType, "OperationOutcome");
		const poll = await call("GET", at, token);
		t.equal(poll.statusCode, 202);
		t.match(poll.headers, { "x-progress": /^(waiting for its turn|\d+ of \d+)$/, "retry-after": "2" });
		t.equal((await call("DELETE", at, token)).statusCode, 202);
		t.equal((await call("GET", at, token)).statusCode, 404);
	}
});

t.test("who is not signed in, or no ADMIN, starts nothing", async (t) => {
	t.equal((await call("POST", `${BASE}/$reindex`)).statusCode, 401);
	t.equal((await call("POST", `${BASE}/$reindex`, await tokenOf("first", "DOCTOR"))).statusCode, 403);
});

t.test("$validate answers 200 for any resource, and 4xx for what is none", async (t) => {
	const patient = { resourceType: "Patient", gender: "woman" };
	for (const path of ["Patient/$validate", "Patient/%24validate", "$validate", "Patient/$validate?mode=create"]) {
		const reply = await call("POST", `${BASE}/${path}`, token, { body: patient });
		t.match(reply, { statusCode: 200, headers: { "content-type": /^application\/fhir\+json/ } }, path);
		t.equal(reply.json().issue[0].expression[0], "Patient.gender", path);
	}
	t.equal((await call("POST", `${BASE}/Patient/$validate`, token, { body: "{" })).statusCode, 400);
	t.equal(
		(await call("POST", `${BASE}/Patient/$validate`, token, { body: { resourceType: "Basic" } })).statusCode,
		400,
	);
	t.equal((await call("POST", `${BASE}/Patient/$validate`, undefined, { body: patient })).statusCode, 401);
	t.equal((await call("GET", `${BASE}/Patient/never/$validate`, token)).statusCode, 404);
	const statement = (await call("GET", `${BASE}/metadata`)).json();
	const definition = "http://hl7.org/fhir/OperationDefinition/Resource-validate";
	for (const { operation } of [statement.rest[0], statement.rest[0].resource[0]]) {
		t.match(
			operation.find(({ name }: { name: string }) => name === "validate"),
			{ definition },
		);
	}
});

t.test("a body that is there must be FHIR JSON, and one that is needed must be there", async (t) => {
	const headers = { "content-type": "text/plain" };
	t.equal((await call("POST", `${BASE}/$reindex`, token, { body: "x", headers })).statusCode, 415);
	t.equal((await call("POST", `${BASE}/Patient`, token)).statusCode, 415);
});

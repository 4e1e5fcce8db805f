import t from "tap";
import { isFhirPath } from "../../src/http/errors.ts";
import { Problem } from "../../src/kernel/index.ts";
import { shellApp } from "../support/shell-app.ts";

t.test("FHIR paths are those under a base", async (t) => {
	for (const url of ["/fhir", "/fhir?x=1", "/fhir/Patient", "/t/demo/fhir", "/t/demo/fhir/Patient/1?_format=json"]) {
		t.equal(isFhirPath(url), true, url);
	}
	for (const url of ["/", "/fhirish", "/admin/fhir", "/t/demo", "/t/demo/x/fhir", "/auth?next=/fhir"]) {
		t.equal(isFhirPath(url), false, url);
	}
});

t.test("a failure under a FHIR base is an OperationOutcome in the negotiated type", async (t) => {
	const { app } = await shellApp(t);
	app.get("/t/:slug/fhir/gone", async () => {
		throw new Problem("deleted", "Patient/1 was deleted.");
	});
	const plain = await app.inject("/t/demo/fhir/gone");
	t.equal(plain.statusCode, 410);
	t.equal(plain.headers["content-type"], "application/fhir+json; charset=utf-8");
	t.equal(plain.json().issue[0].code, "deleted");
	const generic = await app.inject({ url: "/t/demo/fhir/gone", headers: { accept: "application/json" } });
	t.equal(generic.headers["content-type"], "application/json; charset=utf-8");
	const impossible = await app.inject({ url: "/t/demo/fhir/gone", headers: { accept: "image/png" } });
	t.equal(impossible.headers["content-type"], "application/fhir+json; charset=utf-8");
});

t.test("an unknown URL is an OperationOutcome under a FHIR base, problem details elsewhere", async (t) => {
	const { app } = await shellApp(t);
	const fhir = await app.inject("/t/demo/fhir/Nothing/1?name=Asha");
	t.equal(fhir.statusCode, 404);
	t.equal(fhir.json().resourceType, "OperationOutcome");
	t.notMatch(fhir.body, /Asha/);
	const other = await app.inject("/nothing");
	t.equal(other.statusCode, 404);
	t.equal(other.headers["content-type"], "application/problem+json; charset=utf-8");
	t.equal(other.json().status, 404);
});

t.test("a URL that cannot be decoded is a 400 in the form of its path", async (t) => {
	const { app } = await shellApp(t);
	const answer = await app.inject("/t/demo/fhir/Patient/%zz");
	t.equal(answer.statusCode, 400);
	t.equal(answer.json().resourceType, "OperationOutcome");
	t.ok(answer.headers["x-request-id"]);
});

t.test("a body over the limit of its route is a 413 that names the limit", async (t) => {
	const { app } = await shellApp(t);
	app.post("/fhir", { bodyLimit: 2048 }, async () => "read");
	const headers = { "content-type": "application/json" };
	const answer = await app.inject({ method: "POST", url: "/fhir", headers, payload: `"${"x".repeat(3000)}"` });
	t.equal(answer.statusCode, 413);
	t.equal(answer.json().issue[0].code, "too-long");
	t.match(answer.json().issue[0].diagnostics, /larger than 2 kB/);
});

t.test("401 says how to authenticate, 429 and 503 when to come back", async (t) => {
	const { app } = await shellApp(t);
	app.get("/fail/:kind", async (request) => {
		const { kind } = request.params as { kind: "unauthenticated" | "throttled" | "unavailable" };
		throw new Problem(kind, "no");
	});
	const bare = await app.inject("/fail/unauthenticated");
	t.equal(bare.headers["www-authenticate"], "Bearer");
	const wrong = await app.inject({ url: "/fail/unauthenticated", headers: { authorization: "Bearer x" } });
	t.equal(wrong.headers["www-authenticate"], 'Bearer error="invalid_token"');
	t.equal((await app.inject("/fail/throttled")).headers["retry-after"], "5");
	t.equal((await app.inject("/fail/unavailable")).headers["retry-after"], "5");
});

t.test("an error of the code tells the client only the request id", async (t) => {
	const { app, lines } = await shellApp(t);
	app.get("/fhir/bug", async () => {
		throw new Error("insert into patient values ('Asha Devi')");
	});
	const answer = await app.inject({ url: "/fhir/bug", headers: { "x-request-id": "abc-1" } });
	t.equal(answer.statusCode, 500);
	t.match(answer.body, /abc-1/);
	t.notMatch(answer.body, /insert|Asha|\.ts/);
	const line = JSON.parse(lines.find((text) => text.includes('"kind":"fault"')) ?? "{}");
	t.equal(line.level, "error");
	t.match(line.err.stack, /errors\.test\.ts/);
	t.notMatch(lines.join(""), /Asha/);
});

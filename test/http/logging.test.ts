import t from "tap";
import { describeError, requestIdOf } from "../../src/http/logging.ts";
import { Problem } from "../../src/kernel/index.ts";
import { shellApp } from "../support/shell-app.ts";

const TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
const PASSWORD = "correct horse battery";
const NAME = "Asha Devi";
const ABHA = "91-1234-5678-9012";

t.test("one line a request names its route, not its URL, and who it was for", async (t) => {
	const { app, lines } = await shellApp(t, { describe: () => ({ tenant: "demo", user: "u-1" }) });
	app.get("/t/:slug/fhir/:type/:id", async () => "{}");
	await app.inject({ url: "/t/demo/fhir/Patient/p-77?name=Asha", headers: { "x-request-id": "req-1" } });
	t.equal(lines.length, 1);
	const { time, ms, ...line } = JSON.parse(lines[0] ?? "");
	t.strictSame(line, {
		level: "info",
		reqId: "req-1",
		tenant: "demo",
		user: "u-1",
		route: "/t/:slug/fhir/:type/:id",
		method: "GET",
		status: 200,
	});
	t.type(time, "number");
	t.ok(ms >= 0 && ms < 10_000);
});

t.test("no line holds a token, a password, a name or an ABHA number of any request", async (t) => {
	const { app, lines } = await shellApp(t);
	const body = { resourceType: "Patient", name: [{ text: NAME }], identifier: [{ value: ABHA }], password: PASSWORD };
	app.post("/t/:slug/fhir/:type", async (request) => {
		const { authorization, cookie } = request.headers;
		request.log.info(
			{ headers: request.headers, deep: { refresh_token: TOKEN, list: [{ password: PASSWORD }] } },
			"carelessly",
		);
		request.log.warn(`sent ${authorization} and ${cookie?.slice(4)} for ${ABHA}`);
		request.log.info({ req: request, note: `https://asha:${PASSWORD.replaceAll(" ", "")}@example.org` });
		throw Object.assign(new Error(`invalid input '${NAME}' for "${ABHA}", Key (name)=("${NAME}")`), {
			detail: NAME,
			parameters: [NAME],
		});
	});
	app.post("/refused", async () => {
		throw new Problem("value", `${NAME} is no date.`, "the driver said no");
	});
	const headers = {
		authorization: `Bearer ${TOKEN}`,
		cookie: `sid=${TOKEN}`,
		"content-type": "application/json",
		"x-request-id": NAME,
	};
	const query = `?name=${encodeURIComponent(NAME)}&identifier=${ABHA}&access_token=${TOKEN}`;
	for (const url of ["/t/demo/fhir/Patient", "/refused", `/t/demo/fhir/${ABHA}/x`, "/t/demo/fhir/%zz"]) {
		await app.inject({ method: "POST", url: url + query, headers, payload: body });
	}
	await app.inject({ method: "POST", url: "/refused", headers, payload: `{"name": "${NAME}" oops` });
	await app.inject({ method: "POST", url: "/refused", headers, payload: { name: NAME.repeat(20_000) } });
	const log = lines.join("");
	t.match(log, /carelessly/);
	t.match(log, /request failed/);
	t.match(log, /the driver said no/);
	for (const secret of [TOKEN, TOKEN.split(".")[1], PASSWORD, "correcthorse", "Asha", "Devi", ABHA, "1234-5678"]) {
		t.notOk(log.includes(secret as string), `${secret} is not in the log`);
	}
});

t.test("probes and scrapes are not logged", async (t) => {
	const { app, lines } = await shellApp(t);
	for (const url of ["/healthz", "/readyz", "/metrics"]) await app.inject(url);
	t.strictSame(lines, []);
});

t.test("a client's request id is kept when it is harmless, and answered", async (t) => {
	t.equal(requestIdOf({ headers: { "x-request-id": "abc-123" } }), "abc-123");
	for (const given of ["", "a b", "x".repeat(65), "näme", 'a"b', undefined]) {
		t.match(requestIdOf({ headers: { "x-request-id": given } }), /^[0-9a-f-]{36}$/);
	}
	const { app } = await shellApp(t);
	const answer = await app.inject({ url: "/healthz", headers: { "x-request-id": "abc-123" } });
	t.equal(answer.headers["x-request-id"], "abc-123");
});

t.test("an error is told without what it may quote", async (t) => {
	const driver = Object.assign(new Error(`date out of range: "1990-01-01" for 'O''Brien' in 9112345678`), {
		code: "22008",
	});
	const line = describeError(new Error("failed", { cause: driver }));
	t.equal(line.cause?.code, "22008");
	t.equal(line.cause?.message, "date out of range: … for … in …");
	t.equal(
		describeError(new TypeError("Cannot read 'length' of undefined")).message,
		"Cannot read 'length' of undefined",
	);
	t.equal(describeError("text").type, "string");
});

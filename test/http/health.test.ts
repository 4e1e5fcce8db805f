import t from "tap";
import { shellApp } from "../support/shell-app.ts";

t.test("a server that can serve says so", async (t) => {
	const { app } = await shellApp(t);
	t.strictSame((await app.inject("/healthz")).json(), { status: "ok" });
	const ready = await app.inject("/readyz");
	t.equal(ready.statusCode, 200);
	t.equal(ready.headers["cache-control"], "no-store");
	t.strictSame(ready.json(), { status: "ready" });
});

t.test("a server with clinics that lack migrations serves the others, and names the command", async (t) => {
	const { app } = await shellApp(t, { ready: async () => ({ behind: 2 }) });
	const ready = await app.inject("/readyz");
	t.equal(ready.statusCode, 200);
	t.strictSame(ready.json(), { status: "ready", clinicsBehind: 2, mend: "run phc tenant migrate" });
});

t.test("without its database a server lives but is not ready, and tells the cause only to the log", async (t) => {
	const ready = () => Promise.reject(new Error("connect to postgres://phc:secret@db failed"));
	const { app, lines } = await shellApp(t, { ready });
	t.equal((await app.inject("/healthz")).statusCode, 200);
	const answer = await app.inject("/readyz");
	t.equal(answer.statusCode, 503);
	t.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
	t.match(answer.json().detail, /database/);
	t.notMatch(answer.body, /postgres:/);
	t.match(lines.join(""), /connect to postgres/);
	t.notMatch(lines.join(""), /secret/);
});

t.test("a database that hangs makes a server not ready within seconds", async (t) => {
	const { app } = await shellApp(t, { ready: () => new Promise(() => undefined) });
	t.equal((await app.inject("/readyz")).statusCode, 503);
});

t.test("a server that shuts down is not ready", async (t) => {
	const { app } = await shellApp(t, { isDraining: () => true });
	const answer = await app.inject("/readyz");
	t.equal(answer.statusCode, 503);
	t.match(answer.json().detail, /shutting down/);
	t.ok(answer.headers["retry-after"]);
});

import t from "tap";
import { shellApp } from "../support/shell-app.ts";

t.test("requests are counted by method, route pattern and status class", async (t) => {
	const { app } = await shellApp(t, { describe: () => ({ tenant: "secret-clinic", user: "secret-user" }) });
	app.get("/t/:slug/fhir/Patient/:id", async () => "{}");
	for (const id of ["p1", "p2"]) await app.inject(`/t/secret-clinic/fhir/Patient/${id}?name=Asha`);
	await app.inject("/nothing/here");
	const { body, headers } = await app.inject("/metrics");
	t.match(headers["content-type"], /^text\/plain; version=0\.0\.4/);
	t.match(body, 'http_request_duration_seconds_count{method="GET",route="/t/:slug/fhir/Patient/:id",status="2xx"} 2');
	t.match(body, 'route="(none)",status="4xx"} 1');
	t.match(body, /process_resident_memory_bytes \d+/);
	t.notMatch(body, /secret-clinic|secret-user|p1|Asha|nothing/);
});

t.test("the number of series stays bounded whatever routes are told", async (t) => {
	let n = 0;
	const { app } = await shellApp(t, { logLevel: "silent", describe: () => ({ route: `/leak/${n++}` }) });
	app.get("/x", async () => "");
	for (let i = 0; i < 1500; i++) await app.inject("/x");
	const { body } = await app.inject("/metrics");
	const series = body.match(/http_request_duration_seconds_count\{/g) ?? [];
	t.ok(series.length <= 1001, `${series.length} series`);
	t.match(body, 'route="(other)"');
});

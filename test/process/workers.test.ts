import { get } from "node:http";
import t from "tap";
import { childrenOf, databaseUrl, isRunning, openClinic, serve, serveInVain, until } from "./support/server-process.ts";

/** Asks on a connection of its own: connections are what is dealt out to the workers. */
function ask(url: string, token?: string): Promise<{ status: number | undefined; body: string }> {
	const headers = { connection: "close", ...(token && { authorization: `Bearer ${token}` }) };
	return new Promise((resolve, reject) => {
		get(url, { headers, agent: false }, (response) => {
			let body = "";
			response.setEncoding("utf8").on("data", (text: string) => {
				body += text;
			});
			response.on("end", () => resolve({ status: response.statusCode, body }));
		}).on("error", reject);
	});
}

const numberOf = (metrics: string, series: string): number =>
	Number(
		metrics
			.split("\n")
			.find((line) => line.startsWith(series))
			?.slice(series.length) ?? Number.NaN,
	);
const READS = 'http_request_duration_seconds_count{method="GET",route="/t/:slug/fhir/:type/:id",status="2xx"}';

t.test("two workers serve as one", async (t) => {
	const dataDir = t.testdir({});
	const server = await serve(t, dataDir, { WORKERS: "2" });
	const { url, pid } = server;
	const token = await openClinic(url);
	const workers = () => childrenOf(pid, "worker.ts");
	const patient = { resourceType: "Patient", id: "1", name: [{ text: "Asha" }] };
	const headers = { authorization: `Bearer ${token}`, "content-type": "application/fhir+json" };
	await fetch(`${url}/t/first/fhir/Patient/1`, { method: "PUT", headers, body: JSON.stringify(patient) });

	await t.test("a token of one is good in the other", async (t) => {
		t.equal(workers().length, 2);
		const replies = await Promise.all(Array.from({ length: 20 }, () => ask(`${url}/t/first/fhir/Patient/1`, token)));
		t.strictSame([...new Set(replies.map(({ status }) => status))], [200]);
	});

	await t.test("/metrics is the sum over both, whichever answers", async (t) => {
		const told = await Promise.all(Array.from({ length: 4 }, () => ask(`${url}/metrics`)));
		t.strictSame(
			told.map(({ body }) => numberOf(body, READS)),
			[20, 20, 20, 20],
		);
		t.ok(numberOf(told[0]?.body ?? "", "process_resident_memory_bytes") > 0);
	});

	await t.test("a worker that is killed is replaced", async (t) => {
		const [victim] = workers() as [number];
		process.kill(victim, "SIGKILL");
		await until(() => workers().length === 2 && !workers().includes(victim));
		await until(async () => {
			const replies = await Promise.all(Array.from({ length: 6 }, () => ask(`${url}/readyz`)));
			return replies.every(({ status }) => status === 200);
		});
		const { status, body } = await ask(`${url}/metrics`);
		t.equal(status, 200);
		t.match(body, "http_request_duration_seconds_count");
	});

	await t.test("where the port is taken the start fails with that reason", async (t) => {
		const settings = { WORKERS: "2", PORT: new URL(url).port, DATABASE_URL: databaseUrl(dataDir) };
		const { code, said } = await serveInVain(t, dataDir, settings);
		t.equal(code, 1);
		t.match(said, /Port \d+ on 127\.0\.0\.1 is taken/);
	});

	const all = workers();
	server.kill("SIGTERM");
	t.same(await server.ended, [0, null]);
	t.strictSame(all.filter(isRunning), [], "no worker is left");
});

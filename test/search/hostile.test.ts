import { connect } from "node:net";
import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { demoBundles } from "../../src/demo/index.ts";
import { everyCombination, type Hostile, hostileRequests } from "../support/hostile/requests.ts";
import { type Call, serverApp } from "../support/server-app.ts";

/**
 * `node test/search/hostile.test.ts 100000 42` sends 100,000 searches of the seed 42, then every parameter of every type
 * with every modifier, and tells what came back.
 */
const [COUNT = 3000, SEED = 1] = process.argv.slice(2).map(Number);
const IS_LONG = COUNT >= 100_000;
const SLOW_MS = 2000;
const BASE = "/t/first/fhir";

type Answer = { readonly request: Hostile; readonly status: number; readonly ms: number };

t.setTimeout(60_000 + COUNT * 100);

t.test("no search, whatever it says, breaks or holds up the server", { timeout: 60_000 + COUNT * 100 }, async (t) => {
	const { app, call, tokenOf, lines } = await serverApp(t, {
		clinics: ["first"],
		roles: ["ADMIN"],
		logLevel: "error",
		publicUrl: undefined,
	});
	const token = await tokenOf("first", "ADMIN");
	await fill(call, token);

	t.test(`${COUNT} requests of the seed ${SEED}`, { timeout: 30_000 + COUNT * 100 }, async (t) => {
		const answers: Answer[] = [];
		for (const request of requests()) {
			answers.push(await answered(call, token, request));
		}
		for (const line of reportOf(answers)) t.comment(line);
		t.strictSame(answers.filter(({ status }) => status >= 500).map(nameOf), [], lines.slice(0, 3).join("\n"));
		t.strictSame(answers.filter(({ ms }) => ms > SLOW_MS).map(nameOf), []);
		t.ok(answers.filter(({ status }) => status === 200).length > COUNT / 5, "many are valid searches");
		t.ok(answers.filter(({ status }) => status === 400).length > COUNT / 5, "many are refused");
	});

	t.test("a page link in which any character is another", async (t) => {
		const { link } = (await call("GET", `${BASE}/Patient?_count=2&_sort=family`, token)).json();
		const sealed = new URL(link.find((one: { relation: string }) => one.relation === "next").url).searchParams.get(
			"_page",
		)!;
		for (let i = 0; i < sealed.length; i++) {
			const forged = `${sealed.slice(0, i)}${sealed[i] === "A" ? "B" : "A"}${sealed.slice(i + 1)}`;
			const { statusCode } = await call("GET", `${BASE}/Patient?_page=${forged}`, token);
			if (statusCode !== 410) t.fail(`character ${i} of ${sealed.length}: ${statusCode}`);
		}
		t.equal((await call("GET", `${BASE}/Patient?_page=${sealed}`, token)).statusCode, 200);
	});

	t.test("bytes that are hardly HTTP", async (t) => {
		const port = Number(new URL(await app.http.listen({ host: "127.0.0.1", port: 0 })).port);
		const line = (target: string, headers = "") =>
			`GET ${BASE}/${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n${headers}\r\n`;
		const wild: readonly (readonly [string, number])[] = [
			[line("Patient?name=\u0001"), 400],
			[line("Patient?name=\0"), 400],
			[line("Patient?name=é"), 400],
			[line("Patient?name=\ud800"), 400],
			[line(`Patient?name=${"a".repeat(20_000)}`), 431],
			[line("Patient?_count=1", `X: ${"b".repeat(20_000)}\r\n`), 431],
			[line("Patient?_count=1", "Accept: \u0001\r\n"), 400],
			[line("Patient?_count=1", "Prefer\r\n"), 400],
			[line("Patient?_count=1", "Content-Length: 5\r\nContent-Length: 6\r\n"), 400],
			["\0\0\0\0", 400],
		];
		for (const [bytes, status] of wild)
			t.equal(await statusOf(port, bytes), status, JSON.stringify(bytes.slice(0, 60)));
	});
});

function* requests(): Generator<Hostile> {
	yield* hostileRequests(loadRegistry(), SEED, COUNT);
	if (IS_LONG) yield* everyCombination(loadRegistry());
}

async function answered(call: Call, token: string, request: Hostile): Promise<Answer> {
	const { method, url, body, headers } = request;
	const start = performance.now();
	const { statusCode } = await call(method, `${BASE}/${url}`, token, { body, headers });
	return { request, status: statusCode, ms: performance.now() - start };
}

const nameOf = ({ request: { family, method, url, body, headers }, status, ms }: Answer): string =>
	`${status} in ${Math.round(ms)} ms, ${family}: ${method} ${[url, body, headers && JSON.stringify(headers)]
		.filter((part) => part)
		.map((part) => part?.slice(0, 300))
		.join(" ")}`;

/** A few hundred resources, and value sets that never end or are costly to expand. */
async function fill(call: Call, token: string): Promise<void> {
	const sent = async (method: string, path: string, body: object) => {
		const { statusCode } = await call(method, `${BASE}${path}`, token, { body });
		if (statusCode >= 300) throw new Error(`${method} ${path} was answered by ${statusCode}`);
	};
	for (const bundle of demoBundles({ patients: 30, seed: 1, today: "2026-01-15" })) await sent("POST", "", bundle);
	const valueSet = (id: string, include: object) =>
		sent("PUT", `/ValueSet/${id}`, {
			resourceType: "ValueSet",
			id,
			status: "active",
			url: `http://${id}.example/vs`,
			compose: { include: [include] },
		});
	await valueSet("cyclic", { valueSet: ["http://cyclic.example/vs"] });
	const filter = [{ property: "code", op: "regex", value: "(a+)+$|([a-z]*)*x" }];
	await valueSet("regex", { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", filter });
}

function reportOf(answers: readonly Answer[]): string[] {
	const byStatus = Object.entries(Object.groupBy(answers, ({ status }) => status));
	const slowest = answers.toSorted((a, b) => b.ms - a.ms).slice(0, 20);
	return [
		`${answers.length} searches: ${byStatus.map(([status, all]) => `${all?.length} × ${status}`).join(", ")}`,
		...slowest.map(nameOf),
	];
}

/** Sends text as UTF-8, as it is, and gives the status of what comes back. */
function statusOf(port: number, bytes: string): Promise<number> {
	return new Promise((resolve, reject) => {
		let text = "";
		const socket = connect(port, "127.0.0.1", () => socket.end(Buffer.from(bytes, "utf8")));
		socket.on("data", (data) => {
			text += data;
		});
		socket.on("error", reject);
		socket.on("close", () => resolve(Number(text.split(" ")[1])));
	});
}

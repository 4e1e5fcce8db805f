import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
import { BASE, jsonOf, somePatient, testClinic } from "../support/clinic.ts";

type Entry = { fullUrl: string; response: { etag: string } };

const ask = await testClinic(t);
const session = ask.engine.store.session(ask.tenant, BASE);
const nameOf = ({ fullUrl, response }: Entry): string => `${fullUrl} ${response.etag}`;

/** A number that looks random and is the same in every run. */
const jitter = (n: number, most: number): number => (Math.imul(n + 1, 2654435761) >>> 16) % most;

/** Writers of every kind, some of whose transactions commit long after they have written. */
async function write(writer: number): Promise<void> {
	for (let i = 0; i < 12; i++) {
		const id = `w${writer}-${i % 4}`;
		const seed = writer * 100 + i;
		const patient = somePatient({ id, birthDate: String(1900 + (seed % 100)) });
		if (writer % 3 === 0) await ask("PUT", `Patient/${id}`, patient);
		else if (writer % 3 === 1)
			await (i % 5 === 4 ? ask("DELETE", `Patient/${id}`) : ask("PUT", `Patient/${id}`, patient));
		else {
			await session.transact(async (inner) => {
				await wait(jitter(seed, 20));
				await inner.create(somePatient(), `t${writer}-${i}`, "POST");
				await inner.create({ resourceType: "Basic", code: { text: "x" } }, `t${writer}-${i}`, "POST");
				await inner.flush();
				await wait(jitter(seed + 7, 40));
			});
		}
	}
}

t.test("a client that polls on and on by _since sees every version, whatever commits late", async (t) => {
	const seen = new Set<string>();
	let since = "2000-01-01T00:00:00Z";
	let writing = true;
	let polls = 0;
	const poll = async (): Promise<void> => {
		let url: string | undefined = `_history?_count=25&_since=${since}`;
		let told: string | undefined;
		while (url) {
			const bundle: { meta: { lastUpdated: string }; entry?: Entry[]; link: { relation: string; url: string }[] } =
				jsonOf(await ask("GET", url));
			told ??= bundle.meta.lastUpdated;
			for (const entry of bundle.entry ?? []) seen.add(nameOf(entry));
			url = bundle.link.find(({ relation }) => relation === "next")?.url.slice(BASE.length + 1);
		}
		since = told ?? since;
		polls++;
	};
	const poller = (async () => {
		while (writing) await poll();
	})();
	await Promise.all(Array.from({ length: 9 }, (_, writer) => write(writer)));
	writing = false;
	await poller;
	await wait(20);
	await poll();
	const all = jsonOf(await ask("GET", "_history?_count=1000")).entry.map(nameOf);
	t.ok(all.length > 100 && polls > 5, `${all.length} versions, ${polls} polls`);
	t.strictSame(
		all.filter((name: string) => !seen.has(name)),
		[],
	);
});

t.test("once nothing is under way, history shows all there is at once", async (t) => {
	await ask("PUT", "Patient/last", somePatient({ id: "last" }));
	t.equal(nameOf(jsonOf(await ask("GET", "Patient/_history?_count=1")).entry[0]), `${BASE}/Patient/last W/"1"`);
});

t.test("a failed transaction holds nothing back", async (t) => {
	await t.rejects(
		session.transact(async (inner) => {
			await inner.create(somePatient(), "failed", "POST");
			await inner.flush();
			throw new Error("stop");
		}),
	);
	await ask("PUT", "Patient/after", somePatient({ id: "after" }));
	t.equal(nameOf(jsonOf(await ask("GET", "_history?_count=1")).entry[0]), `${BASE}/Patient/after W/"1"`);
});

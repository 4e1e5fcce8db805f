import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
import { BASE, jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

type Entry = {
	fullUrl: string;
	resource?: { id: string; meta: { versionId: string; lastUpdated: string } };
	request: { method: string; url: string };
	response: { status: string; etag: string; lastModified: string; location?: string };
};

const ask = await testClinic(t);
const put = (id: string, more = {}) => ask("PUT", `Patient/${id}`, somePatient({ id, ...more }));
const entries = async (url: string): Promise<Entry[]> => jsonOf(await ask("GET", url)).entry ?? [];
const versions = (list: Entry[]): string[] =>
	list.map(({ fullUrl, response }) => `${fullUrl.slice(BASE.length + 1)} ${response.etag}`);

/** All pages from `url` on by their next links, with `between` done after each page. */
async function pages(url: string, between = async (): Promise<void> => undefined): Promise<Entry[]> {
	const all: Entry[] = [];
	for (let next: string | undefined = url; next; ) {
		const bundle: { entry?: Entry[]; link: { relation: string; url: string }[] } = jsonOf(await ask("GET", next));
		all.push(...(bundle.entry ?? []));
		next = bundle.link.find(({ relation }) => relation === "next")?.url.slice(BASE.length + 1);
		await between();
	}
	return all;
}

t.test("newest first, each with request and response, a deletion without resource", async (t) => {
	const { id } = jsonOf(await ask("POST", "Patient", somePatient()));
	await put(id, { gender: "male" });
	await ask("DELETE", `Patient/${id}`);
	await put(id);
	const bundle = jsonOf(await ask("GET", `Patient/${id}/_history`));
	t.strictSame([bundle.type, bundle.total], ["history", 4]);
	t.strictSame(
		bundle.entry.map(({ request, response, resource }: Entry) => [
			request.method,
			request.url,
			response.status,
			response.etag,
			resource?.meta.versionId,
		]),
		[
			["PUT", `Patient/${id}`, "201", 'W/"4"', "4"],
			["DELETE", `Patient/${id}`, "204", 'W/"3"', undefined],
			["PUT", `Patient/${id}`, "200", 'W/"2"', "2"],
			["POST", "Patient", "201", 'W/"1"', "1"],
		],
	);
	for (const entry of bundle.entry) t.ok(Date.parse(entry.response.lastModified));
});

t.test("the history of a deleted resource is there, that of an unknown one is not", async (t) => {
	await put("gone");
	await ask("DELETE", "Patient/gone");
	const found = await entries("Patient/gone/_history");
	t.strictSame(
		found.map(({ request }) => request.method),
		["DELETE", "PUT"],
	);
	await refused(t, ask("GET", "Patient/never/_history"), 404);
	t.strictSame(await entries("Patient/gone/_history?_since=2999"), [], "no version in the time asked for is no fault");
});

t.test("type and system history hold theirs only", async (t) => {
	await ask("PUT", "Basic/b", { resourceType: "Basic", id: "b", code: { text: "x" } });
	const types = (list: Entry[]) =>
		[...new Set(list.map(({ fullUrl }) => fullUrl.slice(BASE.length + 1).split("/")[0]))].sort();
	t.strictSame(types(await pages("Patient/_history")), ["Patient"]);
	t.strictSame(types(await pages("Basic/_history")), ["Basic"]);
	t.strictSame(types(await pages("_history")), ["Basic", "Patient"]);
	t.strictSame(await entries("Account/_history"), []);
	await refused(t, ask("GET", "Pateint/_history"), 404);
});

t.test("_since is inclusive and read with its zone", async (t) => {
	await put("s");
	await wait(5);
	const second = await put("s", { gender: "male" });
	const at = second.lastModified as Date;
	const since = async (text: string) =>
		versions(await entries(`Patient/s/_history?_since=${encodeURIComponent(text)}`));
	t.strictSame(await since(at.toISOString()), ['Patient/s W/"2"']);
	const india = new Date(at.getTime() + 19_800_000).toISOString().replace("Z", "+05:30");
	t.strictSame(await since(india), ['Patient/s W/"2"']);
	t.strictSame(await since(new Date(at.getTime() + 1).toISOString()), []);
	t.strictSame(await since("2000"), ['Patient/s W/"2"', 'Patient/s W/"1"']);
	const raw = await entries(`Patient/s/_history?_since=${india}`);
	t.strictSame(versions(raw), ['Patient/s W/"2"'], "an unescaped + is understood");
	for (const wrong of ["yesterday", "2024-13-01", ""])
		await refused(t, ask("GET", `Patient/s/_history?_since=${wrong}`), 400, wrong);
});

t.test("_at gives what was current in the time, also what was made before it", async (t) => {
	const at = async (id: string, text: string) =>
		versions(await entries(`Patient/${id}/_history?_at=${encodeURIComponent(text)}`));
	const first = (await put("at")).lastModified as Date;
	await wait(30);
	const between = new Date(first.getTime() + 10).toISOString();
	await put("at", { gender: "male" });
	await wait(30);
	const deleted = (await ask("DELETE", "Patient/at")).lastModified as Date;
	t.strictSame(await at("at", between), ['Patient/at W/"1"']);
	t.strictSame(await at("at", new Date(deleted.getTime() - 5).toISOString()), ['Patient/at W/"2"']);
	t.strictSame(
		await at("at", new Date(deleted.getTime() + 5).toISOString()),
		[],
		"nothing is current after a deletion",
	);
	t.strictSame(await at("at", new Date(first.getTime() - 5).toISOString()), []);
	t.strictSame(await at("at", String(first.getUTCFullYear())), [
		'Patient/at W/"3"',
		'Patient/at W/"2"',
		'Patient/at W/"1"',
	]);
	await put("live");
	t.strictSame(await at("live", new Date(Date.now() + 60_000).toISOString()), ['Patient/live W/"1"']);
	t.strictSame(
		versions(await entries(`Patient/_history?_at=${between}`)).filter((v) => v.startsWith("Patient/at ")),
		['Patient/at W/"1"'],
	);
});

t.test("pages under writes repeat nothing and miss nothing", async (t) => {
	for (let i = 0; i < 12; i++) await put(`page${i}`);
	for (let i = 0; i < 6; i++) await put(`page${i}`, { gender: "male" });
	await ask("DELETE", "Patient/page11");
	const before = versions(await entries("_history?_count=1000"));
	let n = 0;
	const found = await pages("_history?_count=3", async () => {
		// New versions, a changed and a deleted resource of pages still to come.
		await put(`new${n}`);
		await put(`page${n % 9}`, { birthDate: String(1950 + n) });
		if (n === 2) await ask("DELETE", "Patient/page10");
		n++;
	});
	t.strictSame(versions(found), before);
	t.ok(n > 5);
});

t.test("page links keep the question; a foreign link is refused", async (t) => {
	const { link } = jsonOf(await ask("GET", "Patient/_history?_count=2&_since=2000&_format=json"));
	const next: string = link.find(({ relation }: { relation: string }) => relation === "next").url;
	for (const part of ["_count=2", "_since=2000", "_format=json"]) t.ok(next.includes(part), part);
	const place = { at: 1, type: "Patient", id: "a", version: 1 };
	const forged = [
		{ before: 1, after: { ...place, at: 1e300 } },
		{ before: 1, after: { ...place, at: "x" } },
		{ before: 1, after: { ...place, type: "\u0000" } },
		{ before: 1, after: { ...place, id: "a b" } },
		{ before: 1, after: { ...place, version: 1e12 } },
		{ before: -1e17, after: place },
		{ before: 1 },
	].map((cursor) => Buffer.from(JSON.stringify(cursor)).toString("base64url"));
	for (const page of ["x", "", ...forged]) await refused(t, ask("GET", `Patient/_history?_page=${page}`), 410, page);
	await refused(t, ask("GET", "Patient/_history?_count=-1"), 400);
	await refused(t, ask("GET", "Patient/_history?_sort=x"), 400);
	t.equal(jsonOf(await ask("GET", "Patient/_history?_count=0")).entry, undefined);
});

t.test("a poll by _since misses no transaction that commits late", async (t) => {
	const { engine, tenant } = ask;
	const session = engine.store.session(tenant, BASE);
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	let begun = (): void => undefined;
	const started = new Promise<void>((resolve) => {
		begun = resolve;
	});
	const slow = session.transact(async (inner) => {
		await inner.create(somePatient(), "late", "POST");
		await inner.flush();
		begun();
		await held;
	});
	await started;
	await wait(20);
	await put("quick");
	const poll = async (since: string) => {
		const bundle = jsonOf(await ask("GET", `_history?_count=1000&_since=${since}`));
		const list: Entry[] = bundle.entry ?? [];
		return {
			ids: list.map(({ fullUrl }) => fullUrl.split("/").at(-1)),
			last: list[0]?.response.lastModified,
			told: bundle.meta.lastUpdated,
		};
	};
	const first = await poll("2000");
	t.notOk(first.ids.includes("late"));
	t.notOk(first.ids.includes("quick"), "what is newer than an open transaction is held back");
	t.ok((await entries("Patient/quick/_history")).length, "the history of one resource shows it at once");
	release();
	await slow;
	for (const since of [first.last as string, first.told]) {
		const { ids } = await poll(since);
		t.ok(ids.includes("late") && ids.includes("quick"), `since ${since}`);
	}
});

t.test("an open transaction of one clinic does not hold back another", async (t) => {
	await ask.tenancy.provision({ slug: "second", name: "Second" });
	const other = (await ask.tenancy.resolve("second"))?.tenant;
	if (!other) throw new Error("no second clinic");
	const { store } = ask.engine;
	await store.session(other, BASE).transact(async (inner) => {
		await inner.create(somePatient(), "x", "POST");
		await inner.flush();
		await put("mine");
		t.equal(versions(await entries("_history?_count=1"))[0], 'Patient/mine W/"1"');
	});
});

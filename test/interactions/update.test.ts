import t from "tap";
import { BASE, jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const put = (id: string, more = {}, ifMatch?: string) =>
	ask("PUT", `Patient/${id}`, somePatient({ id, ...more }), { conditions: { ifMatch } });

t.test("an update makes the first version under a client's id, then the next", async (t) => {
	const first = await put("a");
	t.strictSame([first.status, first.etag, first.location], [201, 'W/"1"', `${BASE}/Patient/a/_history/1`]);
	const second = await put("a", { gender: "female" });
	t.strictSame([second.status, second.etag, second.location], [200, 'W/"2"', `${BASE}/Patient/a/_history/2`]);
	t.equal(jsonOf(await ask("GET", "Patient/a/_history/1")).gender, undefined);
	t.equal(jsonOf(await ask("GET", "Patient/a")).gender, "female");
});

t.test("the body must carry the id and the type of the URL", async (t) => {
	const before = await contentsOf(ask);
	await refused(t, ask("PUT", "Patient/b", somePatient()), 400, "no id");
	await refused(t, ask("PUT", "Patient/b", somePatient({ id: "B" })), 400, "another id");
	await refused(t, ask("PUT", "Patient/b", { resourceType: "Person", id: "b" }), 400, "another type");
	t.strictSame(await contentsOf(ask), before);
});

t.test("equal content makes no version, whatever meta the client sends along", async (t) => {
	const first = await put("same", { gender: "male" });
	const again = await put("same", { gender: "male" });
	t.strictSame([again.status, again.etag, again.lastModified], [200, 'W/"1"', first.lastModified]);
	t.equal((await ask("PUT", "Patient/same", jsonOf(first))).etag, 'W/"1"', "what was read can be sent back");
	t.equal((await put("same", { gender: "male", meta: { versionId: "9" } })).etag, 'W/"1"');
	t.equal((await ask("PUT", "Observation/o", observation("1.5"))).etag, 'W/"1"');
	t.equal((await ask("PUT", "Observation/o", observation("1.50"))).etag, 'W/"2"', "a digit more is a change");
});

const observation = (value: string): string =>
	`{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":${value}}}`;

t.test("a PUT replaces tags, profiles and labels", async (t) => {
	await put("meta", { meta: { tag: [{ code: "t" }], profile: ["http://example.org/p"], security: [{ code: "R" }] } });
	const { meta } = jsonOf(await put("meta", { gender: "male" }));
	t.strictSame(Object.keys(meta).sort(), ["lastUpdated", "versionId"]);
});

t.test("If-Match", async (t) => {
	await put("m");
	await put("m", { gender: "male" });
	for (const stale of ['W/"1"', '"1"', 'W/"9"', '"2x"'])
		await refused(t, put("m", { gender: "other" }, stale), 412, stale);
	for (const wrong of ["2", "W/2", "", 'W/"2', 'W/"1", 2'])
		await refused(t, put("m", { gender: "other" }, wrong), 400, wrong);
	t.equal((await put("m", { gender: "other" }, 'W/"1", "2"')).etag, 'W/"3"', "a list");
	t.equal((await put("m", { gender: "male" }, "*")).etag, 'W/"4"');
	await refused(t, put("nobody", {}, 'W/"1"'), 412, "not there");
	await refused(t, put("nobody", {}, "*"), 412, "not there");
	await refused(t, ask("GET", "Patient/nobody"), 404);
});

t.test("a PUT after DELETE brings the resource back and counts on", async (t) => {
	await put("back");
	await ask("DELETE", "Patient/back");
	const back = await put("back");
	t.strictSame([back.status, back.etag], [201, 'W/"3"']);
	t.equal((await ask("GET", "Patient/back")).etag, 'W/"3"');
	await refused(t, ask("GET", "Patient/back/_history/2"), 410);
	const methods = jsonOf(await ask("GET", "Patient/back/_history")).entry.map(
		(e: { request: { method: string } }) => e.request.method,
	);
	t.strictSame(methods, ["PUT", "DELETE", "PUT"]);
});

t.test("of 50 parallel If-Match updates one wins each round", async (t) => {
	await put("race");
	for (let round = 1; round <= 3; round++) {
		const results = await Promise.allSettled(
			Array.from({ length: 50 }, (_, i) => put("race", { name: [{ family: `r${round}-${i}` }] }, `W/"${round}"`)),
		);
		const won = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
		const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason.status] : []));
		t.equal(won.length, 1);
		t.equal(won[0]?.etag, `W/"${round + 1}"`);
		t.strictSame(lost, Array(49).fill(412));
		t.equal((await ask("GET", "Patient/race")).body, won[0]?.body, "the winner's content is what is stored");
	}
});

t.test("parallel updates without If-Match all take their turn", async (t) => {
	await put("turns");
	const answers = await Promise.all(
		Array.from({ length: 30 }, (_, i) => put("turns", { name: [{ family: `t${i}` }] })),
	);
	const versions = answers.map(({ etag }) => Number(etag?.match(/\d+/)?.[0])).sort((a, b) => a - b);
	t.strictSame(
		versions,
		Array.from({ length: 30 }, (_, i) => i + 2),
	);
	const { entry } = jsonOf(await ask("GET", "Patient/turns/_history?_count=100"));
	const times = entry.map((e: { resource: { meta: { lastUpdated: string } } }) => e.resource.meta.lastUpdated);
	t.equal(new Set(times).size, 31, "lastUpdated rises with every version");
	t.strictSame(times, times.toSorted().reverse());
});

t.test("30 parallel PUTs of one new id make one resource", async (t) => {
	const answers = await Promise.all(Array.from({ length: 30 }, () => put("fresh")));
	t.strictSame(answers.map(({ status }) => status).sort(), [...Array(29).fill(200), 201]);
	t.ok(answers.every(({ etag }) => etag === 'W/"1"'));
});

import t from "tap";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const patient = (value: string, more = {}) => somePatient({ identifier: [{ system: "urn:x", value }], ...more });
const put = (value: string, more = {}, conditions = {}) =>
	ask("PUT", `Patient?identifier=urn:x|${value}`, patient(value, more), { conditions });

t.test("no match and no id: created under a new id", async (t) => {
	const response = await put("a");
	t.equal(response.status, 201);
	t.equal(response.etag, 'W/"1"');
});

t.test("no match and an id: created, or updated, under that id", async (t) => {
	const response = await put("b", { id: "b" });
	t.strictSame([response.status, jsonOf(response).id], [201, "b"]);
	const changed = await put("b2", { id: "b" });
	t.strictSame([changed.status, changed.etag, jsonOf(changed).id], [200, 'W/"2"', "b"]);
});

t.test("one match: updated with no id or the same, refused with another", async (t) => {
	const { id } = jsonOf(await put("c"));
	const plain = await put("c", { gender: "male" });
	t.strictSame([plain.status, plain.etag, jsonOf(plain).id], [200, 'W/"2"', id]);
	t.equal((await put("c", { gender: "other", id })).etag, 'W/"3"');
	t.equal((await put("c", { gender: "other" })).etag, 'W/"3"', "equal content makes no version");
	await refused(t, put("c", { id: "another" }), 400);
	await refused(t, ask("GET", "Patient/another"), 404);
});

t.test("many matches are refused", async (t) => {
	await ask("POST", "Patient", patient("d"));
	await ask("POST", "Patient", patient("d"));
	const before = await contentsOf(ask);
	await refused(t, put("d", { gender: "male" }), 412);
	t.strictSame(await contentsOf(ask), before);
});

t.test("If-Match is held against the match", async (t) => {
	await put("e");
	await refused(t, put("e", { gender: "male" }, { ifMatch: 'W/"2"' }), 412);
	t.equal((await put("e", { gender: "male" }, { ifMatch: 'W/"1"' })).etag, 'W/"2"');
	await refused(t, put("nobody", {}, { ifMatch: 'W/"1"' }), 412);
});

t.test("criteria that do not select are refused", async (t) => {
	const before = await contentsOf(ask);
	for (const query of [
		"",
		"?",
		"?_sort=_id",
		"?_count=1",
		"?identifier=",
		"?identifier=,",
		"?nonsense=1",
		"?identifier:exact=x",
	]) {
		const conditions = { prefer: "handling=lenient" };
		await refused(t, ask("PUT", `Patient${query}`, patient("x"), { conditions }), 400, query || "none");
	}
	t.strictSame(await contentsOf(ask), before);
});

t.test("history shows a conditional update as a plain one", async (t) => {
	const { id } = jsonOf(await put("h"));
	await put("h", { gender: "male" });
	const { entry } = jsonOf(await ask("GET", `Patient/${id}/_history`));
	t.strictSame(entry[0].request, { method: "PUT", url: `Patient/${id}` });
});

t.test("20 parallel conditional updates make one resource, and every update counts", async (t) => {
	const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => put("race", { name: [{ family: `f${i}` }] })));
	t.equal(answers.filter(({ status }) => status === 201).length, 1);
	t.equal(new Set(answers.map((answer) => jsonOf(answer).id)).size, 1);
	t.equal(new Set(answers.map(({ etag }) => etag)).size, 20);
});

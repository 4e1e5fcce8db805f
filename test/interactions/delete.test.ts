import t from "tap";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const put = (id: string, value = id) =>
	ask("PUT", `Patient/${id}`, somePatient({ id, identifier: [{ system: "urn:x", value }] }));

t.test("a delete takes the resource out of reads and searches at once", async (t) => {
	await put("a");
	const response = await ask("DELETE", "Patient/a");
	t.strictSame([response.status, response.etag, response.body], [204, 'W/"2"', undefined]);
	await refused(t, ask("GET", "Patient/a"), 410);
	t.equal(jsonOf(await ask("GET", "Patient?identifier=urn:x|a")).total, 0);
	t.equal(jsonOf(await ask("GET", "Patient?_id=a&_summary=count")).total, 0);
});

t.test("a second delete, and one of nothing, succeed and make no version", async (t) => {
	await put("b");
	await ask("DELETE", "Patient/b");
	const before = await contentsOf(ask);
	t.equal((await ask("DELETE", "Patient/b")).status, 204);
	t.equal((await ask("DELETE", "Patient/never")).status, 204);
	t.strictSame(await contentsOf(ask), before);
	await refused(t, ask("GET", "Patient/never"), 404);
});

t.test("Prefer: return=OperationOutcome is answered", async (t) => {
	const prefer = "return=OperationOutcome";
	const response = await ask("DELETE", "Patient/never", undefined, { conditions: { prefer } });
	t.strictSame([response.status, jsonOf(response).resourceType], [200, "OperationOutcome"]);
});

t.test("If-Match holds for deletes", async (t) => {
	await put("m");
	const remove = (ifMatch: string) => ask("DELETE", "Patient/m", undefined, { conditions: { ifMatch } });
	await refused(t, remove('W/"2"'), 412);
	await refused(t, remove("1"), 400);
	t.equal((await ask("GET", "Patient/m")).status, 200);
	t.equal((await remove('W/"1"')).status, 204);
	await refused(t, remove('W/"1"'), 412, "nothing is left to match");
});

t.test("of parallel If-Match deletes and updates one wins", async (t) => {
	await put("race");
	const conditions = { ifMatch: 'W/"1"' };
	const results = await Promise.allSettled(
		Array.from({ length: 20 }, (_, i) =>
			i % 2 === 0
				? ask("DELETE", "Patient/race", undefined, { conditions })
				: ask("PUT", "Patient/race", somePatient({ id: "race", name: [{ family: `f${i}` }] }), { conditions }),
		),
	);
	t.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
	t.ok(results.every((result) => result.status === "fulfilled" || result.reason.status === 412));
	t.equal(jsonOf(await ask("GET", "Patient/race/_history")).total, 2);
});

t.test("a conditional delete takes all that match, or none", async (t) => {
	await Promise.all([put("c1", "c"), put("c2", "c"), put("c3", "other")]);
	t.equal((await ask("DELETE", "Patient?identifier=urn:x|nobody")).status, 204);
	t.equal((await ask("DELETE", "Patient?identifier=urn:x|c")).status, 204);
	for (const id of ["c1", "c2"]) await refused(t, ask("GET", `Patient/${id}`), 410, id);
	t.equal((await ask("GET", "Patient/c3")).status, 200);
	const one = await ask("DELETE", "Patient?identifier=urn:x|other");
	t.strictSame([one.status, one.etag], [204, 'W/"2"']);
});

t.test("a conditional delete with If-Match that fails for one deletes none", async (t) => {
	await Promise.all([put("d1", "d"), put("d2", "d")]);
	await ask(
		"PUT",
		"Patient/d2",
		somePatient({ id: "d2", identifier: [{ system: "urn:x", value: "d" }], gender: "male" }),
	);
	const before = await contentsOf(ask);
	await refused(t, ask("DELETE", "Patient?identifier=urn:x|d", undefined, { conditions: { ifMatch: 'W/"1"' } }), 412);
	t.strictSame(await contentsOf(ask), before);
});

t.test("criteria that do not select delete nothing", async (t) => {
	await put("safe");
	const before = await contentsOf(ask);
	for (const query of ["", "?", "?_sort=_id", "?_count=1", "?identifier=", "?nonsense=x", "?_summary=true"]) {
		const conditions = { prefer: "handling=lenient" };
		await refused(t, ask("DELETE", `Patient${query}`, undefined, { conditions }), 400, query || "no query");
	}
	t.strictSame(await contentsOf(ask), before);
});

import t from "tap";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
await ask("PUT", "Patient/p", somePatient({ id: "p" }));
await ask("PUT", "Patient/gone", somePatient({ id: "gone" }));
await ask("DELETE", "Patient/gone");

t.test("a read gives the version with its ETag and time", async (t) => {
	const response = await ask("GET", "Patient/p");
	t.equal(response.status, 200);
	t.equal(response.etag, 'W/"1"');
	const { meta } = jsonOf(response);
	t.equal(meta.versionId, "1");
	t.equal(meta.lastUpdated, response.lastModified?.toISOString());
});

t.test("deleted is 410, unknown is 404", async (t) => {
	await refused(t, ask("GET", "Patient/gone"), 410);
	await refused(t, ask("GET", "Patient/never"), 404);
});

t.test("a version that deleted is 410, the one before it can be read", async (t) => {
	await refused(t, ask("GET", "Patient/gone/_history/2"), 410);
	t.equal(jsonOf(await ask("GET", "Patient/gone/_history/1")).meta.versionId, "1");
	for (const vid of ["3", "0", "01", "x", "99999999999999999999"]) {
		await refused(t, ask("GET", `Patient/gone/_history/${vid}`), 404, vid);
	}
	await refused(t, ask("GET", "Patient/never/_history/1"), 404);
	await refused(t, ask("GET", "Patient/p/_history/a b"), 400);
});

t.test("ids are case-sensitive, belong to a type, and have their own form", async (t) => {
	await ask("PUT", "Patient/Case.a-1", somePatient({ id: "Case.a-1" }));
	await refused(t, ask("GET", "Patient/case.a-1"), 404);
	await refused(t, ask("GET", "Observation/Case.a-1"), 404);
	const longest = "a".repeat(64);
	t.equal((await ask("PUT", `Patient/${longest}`, somePatient({ id: longest }))).status, 201);
	for (const id of ["a".repeat(65), "a_b", "ä", "a b"]) {
		await refused(t, ask("GET", `Patient/${id}`), 400, id);
		await refused(t, ask("PUT", `Patient/${id}`, somePatient({ id })), 400, id);
	}
	await refused(t, ask("GET", "Patients/p"), 404);
	await refused(t, ask("GET", "patient/p"), 404);
});

t.test("If-None-Match and If-Modified-Since spare the body", async (t) => {
	const { lastModified } = await ask("GET", "Patient/p");
	const at = (lastModified as Date).getTime();
	const second = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toUTCString();
	const read = (conditions: object) => ask("GET", "Patient/p", undefined, { conditions });
	for (const ifNoneMatch of ['W/"1"', '"1"', '"9", W/"1"', "*"]) {
		const response = await read({ ifNoneMatch });
		t.equal(response.status, 304, ifNoneMatch);
		t.equal(response.body, undefined);
		t.equal(response.etag, 'W/"1"');
	}
	t.equal((await read({ ifNoneMatch: '"2"' })).status, 200);
	await refused(t, read({ ifNoneMatch: "1" }), 400);
	t.equal((await read({ ifModifiedSince: second(at + 1000) })).status, 304);
	t.equal((await read({ ifModifiedSince: second(at - 1000) })).status, 200);
	if (at % 1000 > 0)
		t.equal((await read({ ifModifiedSince: second(at) })).status, 200, "the same second is not enough");
	const both = { ifNoneMatch: '"2"', ifModifiedSince: second(at + 5000) };
	t.equal((await read(both)).status, 200, "the ETag decides where both are given");
	t.equal((await read({ ifModifiedSince: "no date" })).status, 200);
});

t.test("HEAD is answered as its GET", async (t) => {
	const [head, get] = [await ask("HEAD", "Patient/p"), await ask("GET", "Patient/p")];
	t.strictSame([head.status, head.etag, head.lastModified], [get.status, get.etag, get.lastModified]);
	await refused(t, ask("HEAD", "Patient/gone"), 410);
});

import t from "tap";
import { type Entry, post } from "../../support/bundle.ts";
import { jsonOf, somePatient, testClinic } from "../../support/clinic.ts";
import { contentsOf } from "../../support/contents.ts";
import { refused } from "../../support/refused.ts";

const ask = await testClinic(t);
const patient = (id: string, more = {}) => somePatient({ id, ...more });

/** The history of a resource as another server would give it: newest first. */
const versions = (id: string): Entry[] => [
	{ method: "PUT", url: `Patient/${id}`, resource: patient(id, { birthDate: "2003" }) },
	{ method: "DELETE", url: `Patient/${id}` },
	{ method: "PUT", url: `Patient/${id}`, resource: patient(id, { birthDate: "2002" }) },
	{ method: "POST", url: "Patient", resource: patient(id, { birthDate: "2001" }) },
];

t.test("an ADMIN may replay a history: every version is made again under its id, oldest first", async (t) => {
	const answers = await post(ask, "history", versions("r"), { prefer: "return=minimal" });
	t.strictSame(
		answers.map(({ response }) => response.status.slice(0, 3)),
		["201", "204", "200", "201"],
	);
	const { entry } = jsonOf(await ask("GET", "Patient/r/_history"));
	t.strictSame(
		entry.map((e: { resource?: { birthDate: string }; request: { method: string }; response: { etag: string } }) => [
			e.response.etag,
			e.resource?.birthDate,
		]),
		[
			['W/"4"', "2003"],
			['W/"3"', undefined],
			['W/"2"', "2002"],
			['W/"1"', "2001"],
		],
	);
	t.equal(jsonOf(await ask("GET", "Patient/r")).birthDate, "2003");
});

t.test("what a history interaction gave can be replayed in another clinic's place", async (t) => {
	await ask("PUT", "Basic/copy", { resourceType: "Basic", id: "copy", code: { text: "1" } });
	await ask("PUT", "Basic/copy", { resourceType: "Basic", id: "copy", code: { text: "2" } });
	await ask("DELETE", "Basic/copy");
	const bundle = jsonOf(await ask("GET", "Basic/copy/_history"));
	t.equal((await ask("POST", "", bundle)).status, 200);
	const { total, entry } = jsonOf(await ask("GET", "Basic/copy/_history"));
	t.equal(total, 6);
	t.strictSame(
		entry.slice(0, 3).map((e: { resource?: { code: { text: string } } }) => e.resource?.code.text),
		[undefined, "2", "1"],
	);
	await refused(t, ask("GET", "Basic/copy"), 410);
});

t.test("all or none", async (t) => {
	const before = await contentsOf(ask);
	const good = versions("none");
	for (const bad of [
		{ method: "PUT", url: "Patient/none", resource: { resourceType: "Patient", id: "none", nonsense: 1 } },
		{ method: "PUT", url: "Patient/none", resource: patient("other") },
		{ method: "GET", url: "Patient/none" },
		{ method: "POST", url: "Patient", resource: somePatient() },
	]) {
		t.match(
			(await refused(t, post(ask, "history", [bad, ...good]), 400, JSON.stringify(bad))).message,
			/^Bundle\.entry\[0\]/,
		);
	}
	t.strictSame(await contentsOf(ask), before);
});

t.test("nobody but an ADMIN may", async (t) => {
	const before = await contentsOf(ask);
	for (const role of ["DOCTOR", "NURSE", "INTEGRATION", "AUDITOR"] as const) {
		const body = {
			resourceType: "Bundle",
			type: "history",
			entry: [{ request: { method: "DELETE", url: "Patient/r" } }],
		};
		await refused(t, ask("POST", "", body, { roles: [role] }), 403, role);
	}
	t.strictSame(await contentsOf(ask), before);
});

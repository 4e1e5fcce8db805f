import t from "tap";
import { type Answer, bundleOf, type Entry, post } from "../../support/bundle.ts";
import { BASE, jsonOf, somePatient, testClinic } from "../../support/clinic.ts";
import { contentsOf } from "../../support/contents.ts";
import { refused } from "../../support/refused.ts";

const ask = await testClinic(t);
const transaction = (entries: readonly Entry[], prefer?: string) => post(ask, "transaction", entries, { prefer });
const statuses = (answers: readonly Answer[]) => answers.map(({ response }) => response.status.slice(0, 3));
const patient = (id: string | undefined, more = {}) => somePatient({ ...(id && { id }), ...more });
const identified = (value: string, more = {}) => somePatient({ identifier: [{ system: "urn:x", value }], ...more });

/** Every order of a few things. */
function* orders<T>(items: readonly T[]): Generator<T[]> {
	if (items.length === 0) yield [];
	for (const [i, item] of items.entries()) {
		for (const rest of orders(items.toSpliced(i, 1))) yield [item, ...rest];
	}
}

t.test("answers stand in the order of the requests, with status, place, ETag and time", async (t) => {
	await ask("PUT", "Patient/put", patient("put"));
	await ask("PUT", "Patient/del", patient("del"));
	const answers = await transaction([
		{ method: "GET", url: "Patient/put" },
		{ method: "PUT", url: "Patient/put", resource: patient("put", { gender: "male" }) },
		{ method: "POST", url: "Patient", resource: patient("ignored") },
		{ method: "DELETE", url: "Patient/del" },
	]);
	t.strictSame(statuses(answers), ["200", "200", "201", "204"]);
	t.equal(answers[0]?.resource.gender, "male", "a GET sees the writes");
	t.strictSame([answers[1]?.response.etag, answers[1]?.response.location], ['W/"2"', `${BASE}/Patient/put/_history/2`]);
	t.not(answers[2]?.resource.id, "ignored");
	t.equal(answers[2]?.response.location, `${BASE}/Patient/${answers[2]?.resource.id}/_history/1`);
	t.equal(answers[2]?.response.lastModified, answers[2]?.resource.meta.lastUpdated);
	t.equal(answers[3]?.response.etag, 'W/"2"');
	await refused(t, ask("GET", "Patient/del"), 410);
});

t.test("the outcome does not depend on the order of the entries", async (t) => {
	let n = 0;
	const outcomes = new Set<string>();
	const make = (k: number): Entry[] => [
		{ method: "DELETE", url: `Patient?identifier=urn:x|order-old${k}` },
		{ method: "POST", url: "Patient", resource: identified(`order-new${k}`) },
		{ method: "PUT", url: `Patient/order${k}`, resource: identified(`order-put${k}`, { id: `order${k}` }) },
		{
			method: "PATCH",
			url: `Patient/patched${k}`,
			resource: {
				resourceType: "Binary",
				contentType: "application/merge-patch+json",
				data: Buffer.from('{"gender":"other"}').toString("base64"),
			},
		},
		{
			method: "GET",
			url: `Patient?identifier=urn:x|order-old${k},urn:x|order-new${k},urn:x|order-put${k}&_summary=count`,
		},
	];
	for (const order of orders([0, 1, 2, 3, 4])) {
		const k = n++;
		await Promise.all([
			ask("POST", "Patient", identified(`order-old${k}`)),
			ask("PUT", `Patient/patched${k}`, patient(`patched${k}`)),
		]);
		const entries = make(k);
		const answers = await transaction(order.map((i) => entries[i] as Entry));
		const inOrder = [0, 1, 2, 3, 4].map((i) => answers[order.indexOf(i)] as Answer);
		outcomes.add(JSON.stringify([statuses(inOrder), inOrder[3]?.resource.gender, inOrder[4]?.resource.total]));
	}
	t.equal(n, 120);
	t.strictSame([...outcomes], ['[["204","201","201","200","200"],"other",2]']);
});

t.test("the same resource twice fails, however it is named", async (t) => {
	await ask("PUT", "Patient/twice", identified("twice", { id: "twice" }));
	const before = await contentsOf(ask);
	const put: Entry = { method: "PUT", url: "Patient/twice", resource: patient("twice", { gender: "male" }) };
	const others: Entry[] = [
		{ method: "PUT", url: "Patient/twice", resource: patient("twice") },
		{ method: "DELETE", url: "Patient/twice" },
		{ method: "PUT", url: "Patient?identifier=urn:x|twice", resource: patient(undefined) },
		{ method: "DELETE", url: "Patient?identifier=urn:x|twice" },
		{ method: "PATCH", url: "Patient?identifier=urn:x|twice", resource: { resourceType: "Parameters" } },
		{ method: "PUT", url: `${BASE}/Patient/twice`, resource: patient("twice") },
	];
	for (const other of others) {
		for (const entries of [
			[put, other],
			[other, put],
		]) {
			const problem = await refused(t, transaction(entries), 400, `${other.method} ${other.url}`);
			t.match(problem.message, /Bundle\.entry\[1\].*Bundle\.entry\[0\]/);
		}
	}
	const create: Entry = {
		method: "POST",
		url: "Patient",
		ifNoneExist: "identifier=urn:x|brand-new",
		resource: identified("brand-new"),
	};
	await refused(t, transaction([create, create]), 400);
	t.strictSame(await contentsOf(ask), before);
});

t.test("conditional create, update, patch and delete inside a transaction", async (t) => {
	await ask("PUT", "Patient/cond", identified("cond", { id: "cond" }));
	const found = await transaction([
		{ method: "POST", url: "Patient", ifNoneExist: "identifier=urn:x|cond", resource: identified("cond") },
	]);
	t.strictSame([statuses(found), found[0]?.response.etag, found[0]?.resource.id], [["200"], 'W/"1"', "cond"]);
	const changed = await transaction([
		{ method: "PUT", url: "Patient?identifier=urn:x|cond", resource: identified("cond", { gender: "male" }) },
	]);
	t.strictSame([statuses(changed), changed[0]?.resource.id], [["200"], "cond"]);
	const made = await transaction([
		{ method: "PUT", url: "Patient?identifier=urn:x|made", resource: identified("made") },
	]);
	t.strictSame(statuses(made), ["201"]);
	const parameters = {
		resourceType: "Parameters",
		parameter: [
			{
				name: "operation",
				part: [
					{ name: "type", valueCode: "replace" },
					{ name: "path", valueString: "Patient.gender" },
					{ name: "value", valueCode: "other" },
				],
			},
		],
	};
	const patched = await transaction([{ method: "PATCH", url: "Patient?identifier=urn:x|cond", resource: parameters }]);
	t.equal(patched[0]?.resource.gender, "other");
	await refused(
		t,
		transaction([{ method: "PATCH", url: "Patient?identifier=urn:x|nobody", resource: parameters }]),
		404,
	);
	await refused(
		t,
		transaction([
			{ method: "PUT", url: "Patient?identifier=urn:x|cond", resource: identified("cond", { id: "other" }) },
		]),
		400,
	);
	await transaction([{ method: "DELETE", url: "Patient?identifier=urn:x|cond,urn:x|made" }]);
	await refused(t, ask("GET", "Patient/cond"), 410);
	t.equal(jsonOf(await ask("GET", "Patient?identifier=urn:x|made&_summary=count")).total, 0);
});

t.test("a conditional create does not find what the same transaction deletes", async (t) => {
	await ask("PUT", "Patient/replaced", identified("replaced", { id: "replaced" }));
	const entries: Entry[] = [
		{ method: "POST", url: "Patient", ifNoneExist: "identifier=urn:x|replaced", resource: identified("replaced") },
		{ method: "DELETE", url: "Patient/replaced" },
	];
	for (const order of orders(entries)) {
		const answers = await transaction(order);
		t.strictSame(statuses(answers).sort(), ["201", "204"]);
		const { id } = answers[order.indexOf(entries[0] as Entry)]?.resource ?? {};
		t.equal((await ask("GET", `Patient/${id}`)).status, 200);
		await ask("DELETE", `Patient/${id}`);
		await ask("PUT", "Patient/replaced", identified("replaced", { id: "replaced" }));
	}
});

t.test("ifMatch in an entry decides over the whole", async (t) => {
	await ask("PUT", "Patient/match", patient("match"));
	const before = await contentsOf(ask);
	const extra: Entry = { method: "POST", url: "Patient", resource: patient(undefined) };
	const put = (ifMatch: string): Entry => ({
		method: "PUT",
		url: "Patient/match",
		ifMatch,
		resource: patient("match", { gender: "male" }),
	});
	t.match((await refused(t, transaction([extra, put('W/"2"')]), 412)).message, /^Bundle\.entry\[1\]: /);
	await refused(t, transaction([extra, put("2")]), 400);
	await refused(t, transaction([extra, { method: "DELETE", url: "Patient/match", ifMatch: 'W/"9"' }]), 412);
	t.strictSame(await contentsOf(ask), before);
	t.strictSame(statuses(await transaction([extra, put('W/"1"')])), ["201", "200"]);
});

t.test("of 12 parallel transactions with ifMatch one wins, the others leave nothing", async (t) => {
	await ask("PUT", "Patient/race", patient("race"));
	const before = await contentsOf(ask);
	const results = await Promise.allSettled(
		Array.from({ length: 12 }, (_, i) =>
			transaction([
				{ method: "POST", url: "Patient", resource: patient(undefined) },
				{
					method: "PUT",
					url: "Patient/race",
					ifMatch: 'W/"1"',
					resource: patient("race", { birthDate: String(1950 + i) }),
				},
			]),
		),
	);
	t.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
	t.ok(results.every((result) => result.status === "fulfilled" || result.reason.status === 412));
	t.strictSame(await contentsOf(ask), {
		...before,
		patient: (before.patient ?? 0) + 1,
		history: (before.history ?? 0) + 1,
	});
});

t.test("20 parallel transactions that create by one If-None-Exist make one resource", async (t) => {
	const answers = await Promise.all(
		Array.from({ length: 20 }, () =>
			transaction([
				{ method: "POST", url: "Patient", ifNoneExist: "identifier=urn:x|trace", resource: identified("trace") },
			]),
		),
	);
	t.strictSame(answers.flatMap(statuses).sort(), [...Array(19).fill("200"), "201"]);
});

t.test("transactions that lock in opposite orders all end", async (t) => {
	const ids = Array.from({ length: 10 }, (_, i) => `lock${i}`);
	for (const id of ids) await ask("PUT", `Patient/${id}`, patient(id));
	await Promise.all(
		Array.from({ length: 16 }, (_, k) => {
			const order = k % 2 ? ids : ids.toReversed();
			return transaction(
				order.map((id) => ({
					method: "PUT",
					url: `Patient/${id}`,
					resource: patient(id, { birthDate: String(1950 + k) }),
				})),
			);
		}),
	);
	for (const id of ids) t.equal((await ask("GET", `Patient/${id}`)).etag, 'W/"17"');
});

t.test("any failing entry leaves nothing behind", async (t) => {
	await ask("PUT", "Patient/keep", identified("keep", { id: "keep" }));
	await ask("POST", "Patient", identified("many"));
	await ask("POST", "Patient", identified("many"));
	const before = await contentsOf(ask);
	const abha = { system: "https://healthid.ndhm.gov.in", value: "91-1111-2222-3333" };
	const good: Entry[] = [
		{ method: "POST", url: "Patient", resource: somePatient({ identifier: [abha] }) },
		{ method: "PUT", url: "Patient/keep", resource: patient("keep", { gender: "male" }) },
		{
			method: "POST",
			url: "Observation",
			resource: { resourceType: "Observation", status: "final", code: { text: "x" } },
		},
	];
	const bad: [number, Entry][] = [
		[400, { method: "POST", url: "Patient", resource: { resourceType: "Patient", nonsense: 1 } }],
		[400, { method: "POST", url: "Patient", resource: { resourceType: "Observation" } }],
		[400, { method: "POST", url: "Patient" }],
		[400, { method: "PUT", url: "Patient/a", resource: patient("b") }],
		[400, { method: "PUT", url: "Patient/a_b", resource: patient("a_b") }],
		[400, { method: "POST", url: "Patient/a", resource: patient(undefined) }],
		[400, { method: "PUT", url: "Patient", resource: patient(undefined) }],
		[400, { method: "DELETE", url: "Patient" }],
		[400, { method: "DELETE", url: "Patient?" }],
		[400, { method: "DELETE", url: "Patient?_sort=x" }],
		[400, { method: "OPTIONS", url: "Patient/a" }],
		[400, { method: "GET", url: "" }],
		[400, { method: "PUT", url: "http://elsewhere.test/fhir/Patient/a", resource: patient("a") }],
		[404, { method: "POST", url: "Pateint", resource: patient(undefined) }],
		[404, { method: "GET", url: "Patient/never" }],
		[400, { method: "GET", url: "Patient?nonsense=1" }],
		[410, { method: "GET", url: "Patient/gone" }],
		[404, { method: "PATCH", url: "Patient/never", resource: { resourceType: "Parameters" } }],
		[412, { method: "POST", url: "Patient", ifNoneExist: "identifier=urn:x|many", resource: identified("many") }],
		[412, { method: "PUT", url: "Patient?identifier=urn:x|many", resource: identified("many") }],
		[400, { method: "POST", url: "Patient", ifNoneExist: "", resource: patient(undefined) }],
	];
	await ask("PUT", "Patient/gone", patient("gone"));
	await ask("DELETE", "Patient/gone");
	const start = await contentsOf(ask);
	for (const [status, entry] of bad) {
		const problem = await refused(t, transaction([...good, entry]), status, `${entry.method} ${entry.url}`);
		t.match(problem.message, /^Bundle\.entry\[3\]/);
	}
	t.strictSame(await contentsOf(ask), start);
	t.strictSame(start, { ...before, history: (before.history ?? 0) + 2 });
	t.equal((await ask("GET", "Patient/keep")).etag, 'W/"1"');
});

t.test("Prefer holds for the entries: minimal unless said", async (t) => {
	const entries: Entry[] = [{ method: "POST", url: "Patient", resource: patient(undefined) }];
	const bare = jsonOf(await ask("POST", "", bundleOf("transaction", entries))).entry[0];
	t.strictSame([bare.resource, bare.response.status], [undefined, "201 Created"]);
	t.equal((await transaction(entries, "return=minimal"))[0]?.resource, undefined);
	const [told] = await transaction(entries, "return=OperationOutcome");
	t.strictSame([told?.resource, told?.response.outcome.resourceType], [undefined, "OperationOutcome"]);
	t.equal((await transaction(entries, "return=representation"))[0]?.resource.resourceType, "Patient");
});

t.test("what is no Bundle to act on is refused", async (t) => {
	for (const body of [
		{},
		[],
		somePatient(),
		{ resourceType: "Bundle" },
		{ resourceType: "Bundle", type: "document" },
		{ resourceType: "Bundle", type: "transaction", entry: {} },
		{ resourceType: "Bundle", type: "transaction", entry: [{}] },
	]) {
		await refused(t, ask("POST", "", body), 400, JSON.stringify(body));
	}
	await refused(t, ask("POST", ""), 400);
	t.strictSame(await transaction([]), [], "an empty one is done at once");
});

t.test("more entries than the limit are 413, and nothing is stored", async (t) => {
	const before = await contentsOf(ask);
	const entry: Entry = { method: "POST", url: "Patient", resource: patient(undefined) };
	for (const type of ["transaction", "batch"] as const) {
		const problem = await refused(t, post(ask, type, Array(10_001).fill(entry)), 413);
		t.match(problem.message, /10001 entries.*10000/);
	}
	t.strictSame(await contentsOf(ask), before);
});

t.test("a HEAD entry is answered without body", async (t) => {
	await ask("PUT", "Patient/head", patient("head"));
	const [answer] = await transaction([{ method: "HEAD", url: "Patient/head" }]);
	t.strictSame([answer?.resource, answer?.response.status, answer?.response.etag], [undefined, "200 OK", 'W/"1"']);
});

t.test("GET entries may be conditional, and search", async (t) => {
	await ask("PUT", "Patient/cget", identified("cget", { id: "cget" }));
	const answers = await transaction([
		{ method: "GET", url: "Patient/cget", ifNoneMatch: 'W/"1"' },
		{ method: "GET", url: "Patient?identifier=urn:x|cget" },
		{ method: "GET", url: "Patient/cget/_history" },
		{ method: "GET", url: "Patient/cget/_history/1" },
		{ method: "GET", url: "metadata" },
	]);
	t.strictSame(statuses(answers), ["304", "200", "200", "200", "200"]);
	t.strictSame(
		[
			answers[1]?.resource.total,
			answers[2]?.resource.total,
			answers[3]?.resource.id,
			answers[4]?.resource.resourceType,
		],
		[1, 1, "cget", "CapabilityStatement"],
	);
});

t.test("a history entry of the transaction shows its own writes", async (t) => {
	const answers = await transaction([
		{ method: "PUT", url: "Patient/hist", resource: patient("hist") },
		{ method: "GET", url: "Patient/hist/_history" },
	]);
	t.equal(answers[1]?.resource.entry.length, 1);
});

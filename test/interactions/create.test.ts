import t from "tap";
import { isId } from "../../src/kernel/index.ts";
import { BASE, jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const identifier = (value: string) => [{ system: "urn:x", value }];

t.test("a create answers 201 with the place and the ETag of the version", async (t) => {
	const response = await ask("POST", "Patient", somePatient());
	const { id, meta } = jsonOf(response);
	t.equal(response.status, 201);
	t.ok(isId(id));
	t.equal(response.location, `${BASE}/Patient/${id}/_history/1`);
	t.equal(response.etag, 'W/"1"');
	t.equal(meta.lastUpdated, response.lastModified?.toISOString());
});

t.test("a client's own id is not used", async (t) => {
	const { id } = jsonOf(await ask("POST", "Patient", somePatient({ id: "mine" })));
	t.not(id, "mine");
	await refused(t, ask("GET", "Patient/mine"), 404);
});

t.test("a client's versionId and lastUpdated are replaced, the rest of meta stays", async (t) => {
	const meta = {
		versionId: "77",
		lastUpdated: "1999-01-01T00:00:00Z",
		profile: ["http://example.org/p"],
		tag: [{ system: "http://example.org/t", code: "x" }],
		source: "http://example.org/s",
	};
	const stored = jsonOf(await ask("POST", "Patient", somePatient({ meta }))).meta;
	t.equal(stored.versionId, "1");
	t.ok(Math.abs(Date.parse(stored.lastUpdated) - Date.now()) < 60_000);
	t.strictSame([stored.profile, stored.tag, stored.source], [meta.profile, meta.tag, meta.source]);
});

t.test("Prefer decides over the body of the answer", async (t) => {
	const create = (prefer: string) => ask("POST", "Patient", somePatient(), { conditions: { prefer } });
	t.equal((await create("return=minimal")).body, undefined);
	t.equal(jsonOf(await create("return=OperationOutcome")).resourceType, "OperationOutcome");
	t.equal(jsonOf(await create("return=representation")).resourceType, "Patient");
	t.equal(jsonOf(await create('respond-async; return = "representation"')).resourceType, "Patient");
	t.equal((await create("handling=lenient, return=minimal")).body, undefined);
	t.equal(jsonOf(await create("return=nonsense")).resourceType, "Patient");
});

t.test("what is not valid is refused with every fault, and nothing is stored", async (t) => {
	const before = await contentsOf(ask);
	const bad: [what: string, body: string, place: RegExp][] = [
		["unknown element", '{"resourceType":"Patient","nmae":[]}', /nmae/],
		["wrong case", '{"resourceType":"Patient","Gender":"male"}', /Gender/],
		["null", '{"resourceType":"Patient","gender":null}', /gender/],
		["empty array", '{"resourceType":"Patient","name":[]}', /name/],
		["empty object", '{"resourceType":"Patient","name":[{}]}', /name\[0\]/],
		["empty string", '{"resourceType":"Patient","name":[{"family":""}]}', /family/],
		["no minutes", '{"resourceType":"Patient","deceasedDateTime":"2024-05-01T10"}', /deceased/],
		["no zone", '{"resourceType":"Patient","deceasedDateTime":"2024-05-01T10:00:00"}', /deceased/],
		["another type", '{"resourceType":"Observation"}', /Observation/],
		["no type", '{"name":[{"family":"x"}]}', /resourceType/],
		["an array", "[]", /object/],
		[
			"script",
			'{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><script>1</script></div>"}}',
			/div/,
		],
		["unknown rules", '{"resourceType":"Patient","implicitRules":"http://example.org/rules"}', /implicitRules/],
		[
			"contained in contained",
			'{"resourceType":"Patient","contained":[{"resourceType":"Practitioner","id":"a","contained":[{"resourceType":"Patient","id":"b"}]}],"generalPractitioner":[{"reference":"#a"}]}',
			/contained/,
		],
		[
			"SUBSETTED",
			'{"resourceType":"Patient","meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]}}',
			/SUBSETTED/,
		],
	];
	for (const [what, body, place] of bad) {
		const problem = await refused(t, ask("POST", "Patient", body), 400, what);
		t.match(problem.issues.map(({ text, expression }) => `${text} ${expression}`).join(" "), place, what);
	}
	const two = await refused(t, ask("POST", "Patient", '{"resourceType":"Patient","x":1,"gender":"?"}'), 400);
	t.equal(two.issues.length, 2, "all faults are told at once");
	await refused(t, ask("POST", "Patient"), 400, "no body");
	t.strictSame(await contentsOf(ask), before);
});

t.test("If-None-Exist: none creates, one is given back, several are refused", async (t) => {
	const make = (value: string, more = {}) =>
		ask("POST", "Patient", somePatient({ identifier: identifier(value) }), {
			conditions: { ifNoneExist: `identifier=urn:x|${value}`, ...more },
		});
	const first = await make("c1");
	t.equal(first.status, 201);
	const again = await make("c1");
	t.equal(again.status, 200);
	t.equal(again.location, first.location);
	t.equal(again.etag, first.etag);
	t.equal(jsonOf(again).id, jsonOf(first).id);
	t.equal((await make("c1", { prefer: "return=minimal" })).body, undefined);
	t.equal(jsonOf(await make("c1", { prefer: "return=OperationOutcome" })).resourceType, "OperationOutcome");
	await ask("POST", "Patient", somePatient({ identifier: identifier("c1") }));
	await refused(t, make("c1"), 412);
});

t.test("criteria that do not select are refused, also in lenient mode", async (t) => {
	const before = await contentsOf(ask);
	for (const ifNoneExist of [
		"",
		"?",
		"_sort=name",
		"_count=1",
		"identifier=",
		"nonsense=1",
		"identifier:contains=x",
		"_summary=true&_format=json",
	]) {
		const conditions = { ifNoneExist, prefer: "handling=lenient" };
		await refused(t, ask("POST", "Patient", somePatient(), { conditions }), 400, ifNoneExist || "empty");
	}
	t.strictSame(await contentsOf(ask), before);
});

t.test("escapes are read in If-None-Exist", async (t) => {
	const value = "a,b|c$d\\e";
	const conditions = { ifNoneExist: `identifier=urn:x|${encodeURIComponent("a\\,b\\|c\\$d\\\\e")}` };
	const make = () => ask("POST", "Patient", somePatient({ identifier: identifier(value) }), { conditions });
	t.strictSame([(await make()).status, (await make()).status], [201, 200]);
	await refused(t, ask("POST", "Patient", somePatient(), { conditions: { ifNoneExist: "identifier=a%5C" } }), 400);
});

t.test("20 parallel identical If-None-Exist make one resource", async (t) => {
	for (const round of [1, 2, 3]) {
		// The order of the criteria and their encoding must not matter.
		const forms = [`identifier=urn:x|race${round}&gender=female`, `gender=female&identifier=urn%3Ax%7Crace${round}`];
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, i) =>
				ask("POST", "Patient", somePatient({ identifier: identifier(`race${round}`), gender: "female" }), {
					conditions: { ifNoneExist: forms[i % 2] },
				}),
			),
		);
		const statuses = answers.map(({ status }) => status).sort();
		t.strictSame(statuses, [...Array(19).fill(200), 201]);
		t.equal(new Set(answers.map(({ location }) => location)).size, 1);
	}
});

t.test("bytes sent to Binary come back as they were", async (t) => {
	const bytes = Buffer.from([0, 255, 10, 13, 128, 0]);
	const sent = await ask("POST", "Binary", undefined, { body: { kind: "bytes", bytes, mediaType: "image/png" } });
	t.equal(sent.status, 201);
	const { id, contentType } = jsonOf(sent);
	t.equal(contentType, "image/png");
	const raw = await ask("GET", `Binary/${id}`, undefined, { accept: "image/png" });
	t.strictSame(raw.body, { bytes, mediaType: "image/png" });
	t.equal(raw.etag, 'W/"1"');
	t.equal(jsonOf(await ask("GET", `Binary/${id}`)).data, bytes.toString("base64"));
	const changed = { kind: "bytes", bytes: Buffer.from("x"), mediaType: "text/plain" } as const;
	t.equal((await ask("PUT", `Binary/${id}`, undefined, { body: changed })).etag, 'W/"2"');
	await refused(t, ask("POST", "Patient", undefined, { body: changed }), 400);
});

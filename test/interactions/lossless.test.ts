import t from "tap";
import { parseJson } from "../../src/kernel/index.ts";
import { testClinic } from "../support/clinic.ts";

const ask = await testClinic(t);

/** Values that a careless server changes, each as the JSON text of an extension's `value[x]` property. */
const EXTENSIONS = [
	...["0.010", "1.50", "1.2E+2", "1e2", "-0.0", "123456789012345678", "0.000000000000000001", "1.230e-5", "100.00"].map(
		(number) => `"valueDecimal":${number}`,
	),
	'"valueDateTime":"2024-05-01T10:00:00.123456789+05:30"',
	'"valueDateTime":"2024-05-01T10:00:00Z"',
	'"valueDateTime":"2016-12-31T23:59:60Z"',
	'"valueDateTime":"2024"',
	'"valueDate":"2024-05"',
	'"valueInstant":"2024-05-01T10:00:00.0+05:30"',
	'"valueTime":"10:00:00.50"',
	'"valueInteger":2147483647',
	'"valueBase64Binary":"AAEC"',
	'"valueCanonical":"http://example.org/p|1.0#f"',
];

const TEXTS = [
	"आशा देवी",
	"தமிழ் ಕನ್ನಡ മലയാളം বাংলা",
	"مريم العربية \u202bRTL\u202c",
	"👩🏽‍⚕️ 𝔘𝔫𝔦 \u{10ffff}",
	"e\u0301 ≠ é",
	"\u2028 \u2029 \u0085 \u00a0 \ufeff",
	"\u007f \u0080 \ufffd \uffff",
	'quote \\" slash \\\\ \\/ tab \\t line \\n return \\r',
	"<b>&amp;</b> ' ` {x} $1 %s %00 \\\\u0000",
	"\\u0041 \\ud83d\\ude00",
];

const NAMES = `[${TEXTS.map((text) => `{"text":"${text}"}`).join(",")},{"given":["A",null,"C"],"_given":[null,{"extension":[{"url":"http://example.org/e","valueDecimal":2.0}]},{"id":"c"}]}]`;
const EXTENSION = `[${EXTENSIONS.map((value) => `{"url":"http://example.org/x",${value}}`).join(",")}]`;
const content = (gender: string): string =>
	`"extension":${EXTENSION},"name":${NAMES},"gender":"${gender}","birthDate":"1970","_deceasedDateTime":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}`;

/** What must come back: the content with its numbers as sent and its strings by value. */
function same(text: string, gender: string): boolean {
	const want = normal(`{${content(gender)}}`).slice(1, -1);
	return normal(text).includes(want);
}

/** Strings without escapes that JSON leaves to the writer; everything else byte for byte. */
const normal = (text: string): string =>
	text.replace(/"(?:[^"\\]|\\.)*"/g, (string) => JSON.stringify(JSON.parse(string)));

const patient = (id: string | undefined, gender: string): string =>
	`{"resourceType":"Patient",${id ? `"id":"${id}",` : ""}${content(gender)}}`;

const bodyOf = async (...args: Parameters<typeof ask>): Promise<string> => (await ask(...args)).body as string;

t.test("create, read, update and vread", async (t) => {
	const created = await bodyOf("POST", "Patient", patient(undefined, "male"));
	t.ok(same(created, "male"), "create");
	const { id } = JSON.parse(created);
	t.equal(await bodyOf("GET", `Patient/${id}`), created, "read gives what create gave");
	const updated = await bodyOf("PUT", `Patient/${id}`, patient(id, "female"));
	t.ok(same(updated, "female"), "update");
	t.equal(await bodyOf("GET", `Patient/${id}`), updated);
	t.equal(await bodyOf("GET", `Patient/${id}/_history/1`), created, "an old version is what it was");
});

t.test("patches of another element", async (t) => {
	const patches: [mediaType: string, patch: string][] = [
		["application/json-patch+json", '[{"op":"replace","path":"/gender","value":"other"}]'],
		["application/merge-patch+json", '{"gender":"other"}'],
		[
			"application/fhir+json",
			'{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.gender"},{"name":"value","valueCode":"other"}]}]}',
		],
	];
	for (const [mediaType, patch] of patches) {
		const { id } = JSON.parse(await bodyOf("POST", "Patient", patient(undefined, "male")));
		const patched = await bodyOf("PATCH", `Patient/${id}`, undefined, {
			body: { kind: "json", tree: parseJson(patch), mediaType },
		});
		t.ok(same(patched, "other"), mediaType);
		t.equal(await bodyOf("GET", `Patient/${id}`), patched, mediaType);
	}
});

t.test("history, search and their subsets", async (t) => {
	await ask("PUT", "Patient/h", patient("h", "male"));
	t.ok(same(await bodyOf("GET", "Patient/h/_history"), "male"));
	t.ok(same(await bodyOf("GET", "Patient?_id=h"), "male"));
	t.ok(normal(await bodyOf("GET", "Patient?_id=h&_elements=extension")).includes(normal(EXTENSION)));
	t.ok(normal(await bodyOf("GET", "Patient/h?_summary=true")).includes(normal(NAMES)));
});

t.test("batch, transaction and the resources they answer with", async (t) => {
	const prefer = "return=representation";
	for (const type of ["batch", "transaction"]) {
		for (const method of ["POST", "PUT"]) {
			const id = method === "PUT" ? `b-${type}` : undefined;
			const url = id ? `Patient/${id}` : "Patient";
			const entry = `{"resource":${patient(id, "male")},"request":{"method":"${method}","url":"${url}"}}`;
			const answer = await bodyOf("POST", "", `{"resourceType":"Bundle","type":"${type}","entry":[${entry}]}`, {
				conditions: { prefer },
			});
			t.ok(same(answer, "male"), `${type} ${method}`);
			const made = id ?? JSON.parse(answer).entry[0].resource.id;
			t.ok(same(await bodyOf("GET", `Patient/${made}`), "male"), `${type} ${method} read`);
		}
		const get = await bodyOf(
			"POST",
			"",
			`{"resourceType":"Bundle","type":"${type}","entry":[{"request":{"method":"GET","url":"Patient/b-${type}"}}]}`,
		);
		t.ok(same(get, "male"), `${type} GET`);
	}
});

t.test("a transaction that rewrites a reference changes nothing else", async (t) => {
	const urn = "urn:uuid:7a1d0f5e-0000-4000-8000-000000000001";
	const linked = patient(undefined, "male").replace(/\}$/, `,"generalPractitioner":[{"reference":"${urn}"}]}`);
	const bundle = `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":${linked},"request":{"method":"POST","url":"Patient"}},{"fullUrl":"${urn}","resource":{"resourceType":"Practitioner"},"request":{"method":"POST","url":"Practitioner"}}]}`;
	const answer = await bodyOf("POST", "", bundle, { conditions: { prefer: "return=representation" } });
	t.ok(same(answer, "male"));
	t.match(answer, /"reference":"Practitioner\/[0-9a-f-]+"/);
});

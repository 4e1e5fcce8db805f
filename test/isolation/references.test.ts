import t from "tap";
import { base, twoClinics } from "./two-clinics.ts";

const { call, tokenOf } = await twoClinics(t);
const TOKEN = { first: await tokenOf("first", "DOCTOR"), second: await tokenOf("second", "DOCTOR") };
type Slug = keyof typeof TOKEN;

const observation = (id: string, reference: string) => ({
	resourceType: "Observation",
	id,
	status: "final",
	code: { text: "weight" },
	subject: { reference },
});

const store = (slug: Slug, id: string, reference: string, at = `/t/${slug}/fhir`) =>
	call("PUT", `${at}/Observation/${id}`, TOKEN[slug], { body: observation(id, reference) });

async function found(slug: Slug, subject: string, at = `/t/${slug}/fhir`): Promise<string[]> {
	const url = `${at}/Observation?subject=${encodeURIComponent(subject)}&_count=100`;
	const { entry = [] } = (await call("GET", url, TOKEN[slug])).json();
	return entry.map(({ resource }: { resource: { id: string } }) => resource.id);
}

const OF_FIRST = `${base("first")}/Patient/7`;

t.test("an absolute reference into another clinic is foreign, in storage and in search", async (t) => {
	await store("second", "foreign", OF_FIRST);
	await store("second", "local", "Patient/7");
	await store("second", "own", `${base("second")}/Patient/7`);
	t.strictSame(await found("second", "Patient/7"), ["local", "own"]);
	t.strictSame(await found("second", `${base("second")}/Patient/7`), ["local", "own"]);
	t.strictSame(await found("second", OF_FIRST), ["foreign"]);
	t.strictSame(await found("first", OF_FIRST), [], "and the other clinic knows nothing of it");
	t.strictSame(await found("first", "Patient/7"), []);
	const { subject } = (await call("GET", "/t/second/fhir/Observation/foreign", TOKEN.second)).json();
	t.equal(subject.reference, OF_FIRST, "it is kept as it was written");
});

t.test("a transaction does not take a foreign reference for one of its own entries", async (t) => {
	const resource = observation("t1", OF_FIRST);
	const patient = { resourceType: "Patient", id: "7", name: [{ text: "Seven" }] };
	const entry = [
		{ fullUrl: `${base("second")}/Patient/7`, resource: patient, request: { method: "PUT", url: "Patient/7" } },
		{ resource, request: { method: "PUT", url: "Observation/t1" } },
	];
	const body = { resourceType: "Bundle", type: "transaction", entry };
	t.equal((await call("POST", "/t/second/fhir", TOKEN.second, { body })).statusCode, 200);
	const { subject } = (await call("GET", "/t/second/fhir/Observation/t1", TOKEN.second)).json();
	t.equal(subject.reference, OF_FIRST);
});

t.test("a clinic's reference means the same under both of its addresses", async (t) => {
	await store("first", "a", `${base("first")}/Patient/9`, "/fhir");
	await store("first", "b", "Patient/9", "/fhir");
	await store("first", "c", `${base("first")}/Patient/9`);
	for (const at of ["/fhir", "/t/first/fhir"]) {
		t.strictSame(await found("first", "Patient/9", at), ["a", "b", "c"], at);
		t.strictSame(await found("first", `${base("first")}/Patient/9`, at), ["a", "b", "c"], at);
	}
	const { entry } = (await call("GET", "/fhir/Observation?_id=a", TOKEN.first)).json();
	t.equal(
		entry[0].fullUrl,
		`${base("first")}/Observation/a`,
		"which names the clinic, as ids of two clinics may be equal",
	);
});

import { Client, type FhirResource } from "fhir-kit-client";
import t, { type Test } from "tap";
import { listeningClinic } from "./listening-clinic.ts";

type Bundle = FhirResource & {
	readonly total?: number;
	readonly link: { relation: string; url: string }[];
	readonly entry: {
		fullUrl?: string;
		resource: FhirResource;
		search?: { mode: string };
		response: { status: string };
	}[];
};
type Outcome = {
	readonly resourceType: string;
	readonly issue: { readonly code: string; readonly diagnostics: string }[];
};

const SYSTEM = "https://hospital.example/number";
const patient = (family: string, value: string) => ({
	resourceType: "Patient",
	identifier: [{ system: SYSTEM, value }],
	name: [{ family, given: ["Asha"] }],
});

t.test("fhir-kit-client works with the server as it is", async (t) => {
	const { base, token } = await listeningClinic(t);
	const client = new Client({ baseUrl: base, bearerToken: token });
	const bundle = async (answer: Promise<FhirResource>): Promise<Bundle> => (await answer) as Bundle;
	const names = ({ entry }: Bundle) => entry.map(({ resource }) => (resource.name as { family: string }[])[0]?.family);

	t.test("capabilityStatement needs no token", async (t) => {
		const statement = await new Client({ baseUrl: base }).capabilityStatement();
		t.match(statement, { resourceType: "CapabilityStatement", fhirVersion: "4.0.1" });
	});

	t.test("create, read, vread, update, patch, delete", async (t) => {
		const made = await client.create({ resourceType: "Patient", body: patient("Devi", "1") });
		const id = made.id as string;
		t.match(made, { resourceType: "Patient", meta: { versionId: "1" } });
		const { response } = Client.httpFor(made);
		t.equal(response?.status, 201);
		t.equal(response?.headers.get("location"), `${base}/Patient/${id}/_history/1`);
		t.strictSame(await client.read({ resourceType: "Patient", id }), made);

		const body = { ...made, birthDate: "1980-02-01" };
		const ifMatch = (etag: string) => ({ headers: { "If-Match": etag } });
		const updated = await client.update({ resourceType: "Patient", id, body, options: ifMatch('W/"1"') });
		t.match(updated, { birthDate: "1980-02-01", meta: { versionId: "2" } });
		await fails(t, client.update({ resourceType: "Patient", id, body, options: ifMatch('W/"1"') }), 412, "conflict");

		const jsonPatch = [{ op: "replace" as const, path: "/birthDate", value: "1981" }];
		const options = { headers: { "Content-Type": "application/json-patch+json" } };
		t.match(await client.patch({ resourceType: "Patient", id, jsonPatch, options }), { birthDate: "1981" });
		t.strictSame(await client.vread({ resourceType: "Patient", id, version: "1" }), made);

		await client.delete({ resourceType: "Patient", id });
		await fails(t, client.read({ resourceType: "Patient", id }), 410, "deleted");
		const history = await bundle(client.resourceHistory({ resourceType: "Patient", id }));
		t.strictSame(
			history.entry.map((one) => one.response.status),
			["204", "200", "200", "201"],
		);
		t.ok((await bundle(client.typeHistory({ resourceType: "Patient" }))).entry.length >= 4);
		t.ok((await bundle(client.systemHistory())).entry.length >= 4);
	});

	t.test("conditional create and update", async (t) => {
		const options = { headers: { "If-None-Exist": `identifier=${SYSTEM}|c1` } };
		const first = await client.create({ resourceType: "Patient", body: patient("Rao", "c1"), options });
		const second = await client.create({ resourceType: "Patient", body: patient("Rao", "c1"), options });
		t.equal(second.id, first.id);
		t.equal(Client.httpFor(second).response?.status, 200);
		const searchParams = { identifier: `${SYSTEM}|c1` };
		const updated = await client.update({ resourceType: "Patient", searchParams, body: patient("Reddy", "c1") });
		t.match(updated, { id: first.id, meta: { versionId: "2" } });
	});

	t.test("search by GET and POST, in pages there and back", async (t) => {
		for (let i = 10; i < 17; i++) await client.create({ resourceType: "Patient", body: patient(`Page${i}`, `p${i}`) });
		const searchParams = { family: "page", _sort: "family", _count: "3", _total: "accurate" };
		for (const options of [{}, { postSearch: true }]) {
			const first = await bundle(client.resourceSearch({ resourceType: "Patient", searchParams, options }));
			t.equal(first.total, 7);
			t.strictSame(names(first), ["Page10", "Page11", "Page12"]);
			t.equal(client.prevPage({ bundle: first }), undefined);
			const second = (await client.nextPage({ bundle: first })) as Bundle;
			const third = (await client.nextPage({ bundle: second })) as Bundle;
			t.strictSame([...names(second), ...names(third)], ["Page13", "Page14", "Page15", "Page16"]);
			t.equal(client.nextPage({ bundle: third }), undefined);
			const back = (await client.prevPage({ bundle: third })) as Bundle;
			t.strictSame(names(back), names(second));
		}
	});

	t.test("batch and transaction, then search by reference, in a compartment and over the system", async (t) => {
		const urn = "urn:uuid:5b9a3c1e-8a70-4c0e-9a57-2f3f8c4c1a11";
		const observation = (text: string) => ({
			resourceType: "Observation",
			status: "final",
			code: { text },
			subject: { reference: urn },
		});
		const post = (resource: FhirResource, fullUrl?: string) => ({
			...(fullUrl && { fullUrl }),
			resource,
			request: { method: "POST", url: resource.resourceType },
		});
		const entry = [post(patient("Linked", "l1"), urn), post(observation("pulse")), post(observation("weight"))];
		const done = await bundle(client.transaction({ body: { resourceType: "Bundle", type: "transaction", entry } }));
		t.equal(done.type, "transaction-response");
		t.strictSame(
			done.entry.map(({ response }) => response.status.slice(0, 3)),
			["201", "201", "201"],
		);

		const read = (url: string) => ({ request: { method: "GET", url } });
		const reads = [read(`Patient?identifier=${SYSTEM}|l1`), read("Patient/nobody")];
		const batch = await bundle(client.batch({ body: { resourceType: "Bundle", type: "batch", entry: reads } }));
		t.strictSame(
			batch.entry.map(({ response }) => response.status.slice(0, 3)),
			["200", "404"],
		);
		const id = (batch.entry[0]!.resource as Bundle).entry[0]!.resource.id as string;

		const searchParams = { subject: `Patient/${id}`, _include: "Observation:subject" };
		const found = await bundle(client.search({ resourceType: "Observation", searchParams }));
		t.strictSame(
			found.entry.map(({ search }) => search?.mode),
			["match", "match", "include"],
		);
		const subject = found.entry[0]?.resource.subject as { reference: string };
		const resolved = await client.resolve({ reference: subject.reference, context: found });
		t.equal(resolved.id, id);

		const compartment = { resourceType: "Patient", id };
		const inside = await bundle(
			client.compartmentSearch({ resourceType: "Observation", compartment, searchParams: { "code:text": "pulse" } }),
		);
		t.equal(inside.entry.length, 1);
		const all = await bundle(
			client.systemSearch({ searchParams: { _type: "Patient,Observation", _lastUpdated: "gt2020" } }),
		);
		t.ok(all.entry.some(({ resource }) => resource.resourceType === "Observation"));
	});

	t.test("failures carry an OperationOutcome", async (t) => {
		await fails(t, client.read({ resourceType: "Patient", id: "nobody" }), 404, "not-found");
		await fails(t, client.search({ resourceType: "Patient", searchParams: { nonsense: "1" } }), 400, "not-supported");
		await fails(t, client.create({ resourceType: "Patient", body: { resourceType: "Patient", sex: "f" } }), 400);
		await fails(t, new Client({ baseUrl: base }).read({ resourceType: "Patient", id: "1" }), 401, "login");
		const forged = new Client({ baseUrl: base, bearerToken: `${token}x` });
		await fails(t, forged.read({ resourceType: "Patient", id: "1" }), 401, "login");
	});
});

async function fails(t: Test, work: Promise<unknown>, status: number, code?: string): Promise<void> {
	const error = (await work.then(
		() => new Error("it worked"),
		(thrown) => thrown,
	)) as Error & { response?: { status: number; data: Outcome } };
	t.equal(error.response?.status, status, error.message);
	t.equal(error.response?.data.resourceType, "OperationOutcome");
	t.ok(error.response?.data.issue[0]?.diagnostics);
	if (code) t.equal(error.response?.data.issue[0]?.code, code);
}

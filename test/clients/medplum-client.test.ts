import { MedplumClient, OperationOutcomeError } from "@medplum/core";
import type { Bundle, Observation, OperationOutcome, Patient } from "@medplum/fhirtypes";
import t, { type Test } from "tap";
import { listeningClinic } from "./listening-clinic.ts";

const SYSTEM = "https://hospital.example/number";
const patient = (family: string, value: string): Patient => ({
	resourceType: "Patient",
	identifier: [{ system: SYSTEM, value }],
	name: [{ family, given: ["Asha"] }],
});
const families = (patients: readonly Patient[]) => patients.map(({ name }) => name?.[0]?.family);

t.test("MedplumClient works with the server as it is", async (t) => {
	const { origin, path, token } = await listeningClinic(t);
	const clientOf = (accessToken?: string): MedplumClient =>
		new MedplumClient({ baseUrl: origin, fhirUrlPath: path, accessToken, fetch, cacheTime: 0, autoBatchTime: 0 });
	const client = clientOf(token);

	t.test("create, read, versions, update, patch, delete", async (t) => {
		const made = await client.createResource(patient("Devi", "1"));
		t.equal(made.meta?.versionId, "1");
		t.strictSame(await client.readResource("Patient", made.id), made);
		t.strictSame(await client.readReference({ reference: `Patient/${made.id}` }), made);

		const updated = await client.updateResource({ ...made, birthDate: "1980-02-01" });
		t.match(updated, { birthDate: "1980-02-01", meta: { versionId: "2" } });
		const operations = [{ op: "replace" as const, path: "/birthDate", value: "1981" }];
		t.match(await client.patchResource("Patient", made.id, operations), { birthDate: "1981" });
		t.strictSame(await client.readVersion("Patient", made.id, "1"), made);

		await client.deleteResource("Patient", made.id);
		t.equal((await failure(t, client.readResource("Patient", made.id))).issue[0]?.code, "deleted");
		const history = await client.readHistory("Patient", made.id);
		t.strictSame(
			history.entry?.map(({ response }) => response?.status),
			["204", "200", "200", "201"],
		);
	});

	t.test("createResourceIfNoneExist and upsertResource", async (t) => {
		const query = `identifier=${SYSTEM}|c1`;
		const first = await client.createResourceIfNoneExist(patient("Rao", "c1"), query);
		const second = await client.createResourceIfNoneExist(patient("Rao", "c1"), query);
		t.equal(second.id, first.id);
		const changed = await client.upsertResource(patient("Reddy", "c1"), query);
		t.match(changed, { id: first.id, meta: { versionId: "2" } });
		const made = await client.upsertResource(patient("Naidu", "c2"), `identifier=${SYSTEM}|c2`);
		t.equal(made.meta?.versionId, "1");
	});

	t.test("search, searchOne, searchResources and all pages", async (t) => {
		for (let i = 10; i < 17; i++) await client.createResource(patient(`Page${i}`, `p${i}`));
		const query = { family: "page", _sort: "family", _count: "3", _total: "accurate" };
		const bundle = await client.search("Patient", query);
		t.equal(bundle.total, 7);
		t.equal(bundle.entry?.length, 3);
		t.match(await client.searchOne("Patient", "identifier=p11"), { name: [{ family: "Page11" }] });
		t.equal(await client.searchOne("Patient", "identifier=nobody"), undefined);
		t.strictSame(families(await client.searchResources("Patient", query)), ["Page10", "Page11", "Page12"]);
		const pages: (string | undefined)[][] = [];
		for await (const page of client.searchResourcePages("Patient", query)) pages.push(families(page));
		t.strictSame(pages, [["Page10", "Page11", "Page12"], ["Page13", "Page14", "Page15"], ["Page16"]]);
	});

	t.test("executeBatch, and a search by reference with what it refers to", async (t) => {
		const urn = "urn:uuid:5b9a3c1e-8a70-4c0e-9a57-2f3f8c4c1a11";
		const observation: Observation = {
			resourceType: "Observation",
			status: "final",
			code: { text: "pulse" },
			subject: { reference: urn },
		};
		const transaction: Bundle = {
			resourceType: "Bundle",
			type: "transaction",
			entry: [
				{ fullUrl: urn, resource: patient("Linked", "l1"), request: { method: "POST", url: "Patient" } },
				{ resource: observation, request: { method: "POST", url: "Observation" } },
			],
		};
		const done = await client.executeBatch(transaction);
		t.strictSame(
			done.entry?.map(({ response }) => response?.status?.slice(0, 3)),
			["201", "201"],
		);
		const batch: Bundle = {
			resourceType: "Bundle",
			type: "batch",
			entry: [
				{ request: { method: "GET", url: `Patient?identifier=${SYSTEM}|l1` } },
				{ request: { method: "GET", url: "Patient/nobody" } },
			],
		};
		const answers = await client.executeBatch(batch);
		t.strictSame(
			answers.entry?.map(({ response }) => response?.status?.slice(0, 3)),
			["200", "404"],
		);

		const linked = await client.searchOne("Patient", { identifier: `${SYSTEM}|l1` });
		const query = { subject: `Patient/${linked?.id}`, _include: "Observation:subject" };
		const found = await client.search("Observation", query);
		t.strictSame(
			found.entry?.map(({ search }) => search?.mode),
			["match", "include"],
		);
		t.equal(found.entry?.[1]?.resource?.id, linked?.id);
	});

	t.test("requests of one moment, gathered into a batch", async (t) => {
		const gathering = new MedplumClient({
			baseUrl: origin,
			fhirUrlPath: path,
			accessToken: token,
			fetch,
			autoBatchTime: 5,
		});
		const [one, other] = await Promise.all([
			gathering.searchOne("Patient", "identifier=p10"),
			gathering.searchOne("Patient", "identifier=p12"),
		]);
		t.strictSame(families([one as Patient, other as Patient]), ["Page10", "Page12"]);
		const [found, missing] = await Promise.allSettled([
			gathering.readResource("Patient", one?.id as string),
			gathering.readResource("Patient", "nobody"),
		]);
		t.equal(found.status, "fulfilled");
		t.equal(missing.status, "rejected");
	});

	t.test("createBinary sends bytes, which come back as they were", async (t) => {
		const binary = await client.createBinary({ data: "héllo", contentType: "text/plain", filename: "hello.txt" });
		t.match(binary, { resourceType: "Binary", contentType: "text/plain" });
		const blob = await client.download(client.fhirUrl("Binary", binary.id));
		t.equal(await blob.text(), "héllo");
	});

	t.test("failures are OperationOutcomes", async (t) => {
		const code = async (work: Promise<unknown>) => (await failure(t, work)).issue[0]?.code;
		t.equal(await code(client.readResource("Patient", "nobody")), "not-found");
		t.equal(await code(client.search("Patient", "nonsense=1")), "not-supported");
		t.equal(await code(client.createResource({ ...patient("x", "x"), sex: "f" } as Patient)), "structure");
		const stale = client.updateResource(
			{ ...(await client.createResource(patient("Old", "o1"))), gender: "female" },
			{ headers: { "If-Match": 'W/"9"' } },
		);
		t.equal(await code(stale), "conflict");
		t.match(await failure(t, clientOf().readResource("Patient", "1")), { issue: [{ code: "login" }] });
	});
});

async function failure(t: Test, work: Promise<unknown>): Promise<OperationOutcome> {
	const error = await work.then(
		() => new Error("it worked"),
		(thrown: unknown) => thrown,
	);
	if (error instanceof OperationOutcomeError) return error.outcome as OperationOutcome;
	t.fail("an OperationOutcomeError was expected", { error });
	return { resourceType: "OperationOutcome", issue: [] };
}

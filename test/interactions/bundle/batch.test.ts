import t from "tap";
import { type Entry, post, urn } from "../../support/bundle.ts";
import { jsonOf, somePatient, testClinic } from "../../support/clinic.ts";

const ask = await testClinic(t);
const batch = (entries: readonly Entry[]) => post(ask, "batch", entries);
const observation = (reference: string) => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	subject: { reference },
});

t.test("entries stand alone: some fail, the others are done, in the order of the requests", async (t) => {
	await ask("PUT", "Patient/p", somePatient({ id: "p" }));
	await ask("PUT", "Patient/gone", somePatient({ id: "gone" }));
	await ask("DELETE", "Patient/gone");
	const entries: [string, Entry][] = [
		["404", { method: "GET", url: "Patient/never" }],
		["201", { method: "POST", url: "Patient", resource: somePatient() }],
		["400", { method: "POST", url: "Patient", resource: { resourceType: "Patient", nonsense: 1 } }],
		["400", { method: "PUT", url: "Patient/a", resource: somePatient({ id: "b" }) }],
		["412", { method: "PUT", url: "Patient/p", ifMatch: 'W/"9"', resource: somePatient({ id: "p" }) }],
		["200", { method: "PUT", url: "Patient/p", ifMatch: 'W/"1"', resource: somePatient({ id: "p", gender: "male" }) }],
		["410", { method: "GET", url: "Patient/gone" }],
		["204", { method: "DELETE", url: "Patient/never" }],
		["404", { method: "GET", url: "nonsense" }],
		["405", { method: "DELETE", url: "metadata" }],
		["304", { method: "GET", url: "Patient/p", ifNoneMatch: 'W/"2"' }],
		["200", { method: "GET", url: "Patient?_id=p" }],
		["200", { method: "GET", url: "Patient/p" }],
		[
			"400",
			{
				method: "PATCH",
				url: "Patient/p",
				resource: { resourceType: "Parameters", parameter: [{ name: "operation", part: [] }] },
			},
		],
		["400", { method: "POST", url: "Patient" }],
	];
	const answers = await batch(entries.map(([, entry]) => entry));
	t.strictSame(
		answers.map(({ response }) => response.status.slice(0, 3)),
		entries.map(([status]) => status),
	);
	for (const [i, { response }] of answers.entries()) {
		const failed = Number(response.status.slice(0, 3)) >= 400;
		t.equal(response.outcome?.resourceType, failed ? "OperationOutcome" : undefined, `${i}`);
	}
	t.equal(answers[12]?.resource.gender, "male", "reads come after writes");
});

t.test("a batch of failures is 200 all the same", async (t) => {
	const response = await ask("POST", "", {
		resourceType: "Bundle",
		type: "batch",
		entry: [{ request: { method: "GET", url: "Patient/never" } }],
	});
	t.strictSame([response.status, jsonOf(response).type, jsonOf(response).entry.length], [200, "batch-response", 1]);
});

t.test("no entry may refer to what another makes, or conditionally", async (t) => {
	const answers = await batch([
		{ method: "POST", url: "Patient", fullUrl: urn(1), resource: somePatient() },
		{ method: "POST", url: "Observation", fullUrl: urn(2), resource: observation(urn(1)) },
		{ method: "POST", url: "Observation", fullUrl: urn(3), resource: observation("Patient?identifier=urn:x|1") },
		{ method: "POST", url: "Observation", fullUrl: urn(4), resource: observation("Patient/p") },
	]);
	t.strictSame(
		answers.map(({ response }) => response.status.slice(0, 3)),
		["201", "400", "400", "201"],
	);
	t.match(answers[1]?.response.outcome.issue[0].diagnostics, /transaction/);
});

t.test("conditional creates in one batch make one resource", async (t) => {
	const entry: Entry = {
		method: "POST",
		url: "Patient",
		ifNoneExist: "identifier=urn:x|batch",
		resource: somePatient({ identifier: [{ system: "urn:x", value: "batch" }] }),
	};
	const statuses = (await batch(Array(20).fill(entry))).map(({ response }) => response.status.slice(0, 3));
	t.strictSame(statuses.sort(), [...Array(19).fill("200"), "201"]);
});

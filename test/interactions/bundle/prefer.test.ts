import t from "tap";
import { type Entry, post } from "../../support/bundle.ts";
import { somePatient, testClinic } from "../../support/clinic.ts";

const ask = await testClinic(t);
await ask("PUT", "Patient/p", somePatient({ id: "p" }));

const entries: readonly Entry[] = [
	{ method: "POST", url: "Patient", resource: somePatient() },
	{ method: "PUT", url: "Patient/q", resource: somePatient({ id: "q" }) },
	{ method: "DELETE", url: "Patient/never" },
	{ method: "GET", url: "Patient/p" },
	{ method: "POST", url: "Patient/$validate", resource: somePatient() },
];

for (const type of ["transaction", "batch"] as const) {
	t.test(`${type}: what is said of a write stands in the response, what is asked for in the resource`, async (t) => {
		const answers = await post(ask, type, entries, { prefer: "return=OperationOutcome" });
		t.strictSame(
			answers.map(({ resource, response }) => [resource?.resourceType, response.outcome?.resourceType]),
			[
				[undefined, "OperationOutcome"],
				[undefined, "OperationOutcome"],
				[undefined, "OperationOutcome"],
				["Patient", undefined],
				["OperationOutcome", undefined],
			],
		);
		t.match(answers[0]?.response.outcome.issue, [
			{ severity: "information", diagnostics: /created as version 1/ },
			{ severity: "warning", diagnostics: /dom-6/ },
		]);
	});

	t.test(`${type}: a preference of another kind asks for no resources`, async (t) => {
		const [answer] = await post(ask, type, entries.slice(0, 1), { prefer: "handling=lenient" });
		t.match(answer?.response.status, /^201/);
		t.equal(answer?.resource, undefined);
	});
}

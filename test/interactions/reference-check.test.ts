import t from "tap";
import { type Entry, post, urn } from "../support/bundle.ts";
import { BASE, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { otherClinic } from "../support/jobs.ts";
import { setRules } from "../support/own-profile.ts";
import { refused } from "../support/refused.ts";
import { statementsOf } from "../support/statements.ts";

const ask = await testClinic(t);
const other = await otherClinic(ask, "second");
await ask("PUT", "Patient/p", somePatient({ id: "p" }));
await ask("PUT", "Patient/gone", somePatient({ id: "gone" }));
await ask("DELETE", "Patient/gone");
await other("PUT", "Patient/theirs", somePatient({ id: "theirs" }));
setRules(ask, { references: true });

const observation = (reference: string, more: object = {}) => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	subject: { reference },
	...more,
});

t.test("a reference must name what this clinic has; the place and the mend are told", async (t) => {
	const before = await contentsOf(ask);
	for (const target of ["Patient/never", "Patient/gone", "Patient/theirs", `${BASE}/Patient/never`]) {
		const { issues } = await refused(t, ask("POST", "Observation", observation(target)), 422, target);
		t.match(issues, [{ expression: "Observation.subject.reference", rule: "PHC-V-053", text: /Store it first/ }]);
	}
	t.strictSame(await contentsOf(ask), before);
	for (const target of ["Patient/p", `${BASE}/Patient/p`, "Patient/p/_history/1"]) {
		t.equal((await ask("POST", "Observation", observation(target))).status, 201, target);
	}
	setRules(ask, {});
	t.equal((await ask("POST", "Observation", observation("Patient/never"))).status, 201, "where the clinic asks for it");
	setRules(ask, { references: true });
});

t.test("a relative reference must be a type and an id", async (t) => {
	for (const target of ["patient 1", "patient/p", "p", "Patent/p", "Patient", "Patient?identifier=x"]) {
		const { issues } = await refused(t, ask("POST", "Observation", observation(target)), 422, target);
		t.match(issues, [
			{
				expression: "Observation.subject.reference",
				rule: "PHC-V-053",
				text: /write the type and the id, as Patient\/1/,
			},
		]);
	}
});

t.test("all places are told at once: lists, extensions, contained resources, choices", async (t) => {
	const resource = {
		resourceType: "MedicationRequest",
		status: "active",
		intent: "order",
		medicationReference: { reference: "Medication/no" },
		subject: { reference: "Patient/p" },
		reasonReference: [{ reference: "#c" }, { reference: "Condition/no" }],
		contained: [{ resourceType: "Condition", id: "c", subject: { reference: "Patient/no" } }],
		extension: [{ url: "https://x.example/e", valueReference: { reference: "Group/no" } }],
	};
	const { issues } = await refused(t, ask("POST", "MedicationRequest", resource), 422);
	t.strictSame(issues.map(({ expression }) => expression).toSorted(), [
		"MedicationRequest.contained[0].subject.reference",
		"MedicationRequest.extension[0].value.ofType(Reference).reference",
		"MedicationRequest.medication.ofType(Reference).reference",
		"MedicationRequest.reasonReference[1].reference",
	]);
});

t.test("what is no reference into this clinic is left alone", async (t) => {
	const others = [
		"https://elsewhere.example/fhir/Patient/1",
		"urn:uuid:5f2a1c0e-2e55-4c2c-9d0a-000000000001",
		"urn:oid:1.2.3",
	];
	for (const reference of others) {
		t.equal((await ask("POST", "Observation", observation(reference))).status, 201, reference);
	}
	const logical = observation("x", { subject: { identifier: { system: "urn:x", value: "1" } } });
	t.equal((await ask("POST", "Observation", logical)).status, 201);
	const bundle = {
		resourceType: "Bundle",
		type: "collection",
		entry: [{ fullUrl: "https://x.example/Observation/1", resource: observation("Patient/inside") }],
	};
	t.equal((await ask("POST", "Bundle", bundle)).status, 201, "resources in a stored Bundle have links of their own");
});

t.test("update, patch and the conditional forms are checked too", async (t) => {
	await ask("PUT", "Observation/o", observation("Patient/p", { id: "o", identifier: [{ value: "o" }] }));
	const dangling = observation("Patient/never", { id: "o", identifier: [{ value: "o" }] });
	const patch = [{ op: "replace", path: "/subject/reference", value: "Patient/never" }];
	const body = { kind: "json", tree: patch, mediaType: "application/json-patch+json" } as const;
	await refused(t, ask("PUT", "Observation/o", dangling), 422);
	await refused(t, ask("PUT", "Observation?identifier=o", dangling), 422);
	await refused(t, ask("PATCH", "Observation/o", undefined, { body }), 422);
	await refused(t, ask("PATCH", "Observation?identifier=o", undefined, { body }), 422);
	await refused(t, ask("POST", "Observation", dangling, { conditions: { ifNoneExist: "identifier=new" } }), 422);
	t.match((await ask("GET", "Observation/o")).etag, 'W/"1"');
});

t.test("in a transaction its own entries count: what it makes is there, what it deletes is not", async (t) => {
	const mother: Entry = { method: "POST", url: "Patient", fullUrl: urn(1), resource: somePatient() };
	const refers = (reference: string): Entry => ({
		method: "POST",
		url: "Observation",
		resource: observation(reference),
	});
	const made = await post(ask, "transaction", [refers(urn(1)), mother]);
	t.equal(made.length, 2);
	const put: Entry = { method: "PUT", url: "Patient/fresh", resource: somePatient({ id: "fresh" }) };
	t.equal((await post(ask, "transaction", [refers("Patient/fresh"), put])).length, 2);
	const before = await contentsOf(ask);
	const dangling = post(ask, "transaction", [put, refers("Patient/p"), refers("Patient/never")]);
	const { issues } = await refused(t, dangling, 422);
	t.match(issues, [{ expression: "Bundle.entry[2].resource.subject.reference" }]);
	const removed = post(ask, "transaction", [{ method: "DELETE", url: "Patient/fresh" }, refers("Patient/fresh")]);
	await refused(t, removed, 422);
	const patch: Entry = {
		method: "PATCH",
		url: "Observation/o",
		resource: {
			resourceType: "Parameters",
			parameter: [
				{
					name: "operation",
					part: [
						{ name: "type", valueCode: "replace" },
						{ name: "path", valueString: "Observation.subject.reference" },
						{ name: "value", valueString: "Patient/never" },
					],
				},
			],
		},
	};
	t.match((await refused(t, post(ask, "transaction", [patch]), 422)).issues[0]?.expression, /^Bundle\.entry\[0\]/);
	t.strictSame(await contentsOf(ask), before);
	const conditional = refers("Patient?_id=p");
	t.equal((await post(ask, "transaction", [conditional])).length, 1, "conditional references resolve");
});

t.test("one statement asks for all references of a write, or of a transaction", async (t) => {
	const many = Array.from({ length: 20 }, () => observation("Patient/p", { encounter: { reference: "Encounter/no" } }));
	const bundle = many.map((resource): Entry => ({ method: "POST", url: "Observation", resource }));
	const asking = async (work: () => Promise<unknown>) =>
		(await statementsOf(ask.database.pool(), () => work().catch(() => undefined))).filter((text) =>
			text.includes("AS key FROM"),
		).length;
	t.equal(await asking(() => post(ask, "transaction", bundle)), 1);
	t.equal(await asking(() => ask("POST", "Observation", many[0])), 1);
});

t.test("nobody learns from it what he may not see", async (t) => {
	await ask("PUT", "Encounter/e", { resourceType: "Encounter", id: "e", status: "finished", class: { code: "AMB" } });
	const dispense = (context: string) => ({
		resourceType: "MedicationDispense",
		status: "completed",
		medicationCodeableConcept: { text: "x" },
		context: { reference: context },
		subject: { reference: "Patient/never" },
	});
	const told = async (context: string) =>
		(await refused(t, ask("POST", "MedicationDispense", dispense(context), { roles: ["PHARMACIST"] }), 422)).issues.map(
			({ expression }) => expression,
		);
	t.strictSame(await told("Encounter/e"), ["MedicationDispense.subject.reference"]);
	t.strictSame(
		await told("Encounter/never"),
		["MedicationDispense.subject.reference"],
		"there or not, the answer is the same",
	);
});

t.test("a resource may refer to itself, where it can know its id", async (t) => {
	const linked = (target: string, more: object = {}) =>
		somePatient({ link: [{ other: { reference: target }, type: "seealso" }], ...more });
	t.equal((await ask("PUT", "Patient/self", linked("Patient/self", { id: "self" }))).status, 201);
	const own = linked("Patient/own", { id: "own" });
	t.equal((await ask("PUT", "Patient?_id=own", own)).status, 201);
	for (const target of ["Patient/undefined", "Patient/mine"]) {
		await refused(t, ask("POST", "Patient", linked(target, { id: "mine" })), 422, target);
	}
});

t.test("of thousands that are missing the first are told", async (t) => {
	const member = Array.from({ length: 1000 }, (_, i) => ({ entity: { reference: `Patient/n${i}` } }));
	const group = { resourceType: "Group", type: "person", actual: true, member };
	const { issues } = await refused(t, ask("POST", "Group", group), 422);
	t.equal(issues.length, 201);
	t.match(issues.at(-1), { text: /^800 more findings/, severity: "error" });
});

import t from "tap";
import { type Json, PROBLEM_KINDS } from "../../src/kernel/index.ts";
import { post, urn } from "../support/bundle.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { RAMPUR, rampurPatient, setRules } from "../support/own-profile.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
await ask("PUT", "StructureDefinition/rampur-patient", rampurPatient());

const good = (more: object = {}) => somePatient({ gender: "female", birthDate: "1980-01-01", ...more });
const claiming = (more: object = {}) => somePatient({ meta: { profile: [RAMPUR] }, ...more });
const told = { conditions: { prefer: "return=OperationOutcome" } };

t.test("what a resource claims to be, it must be: each fault names its place", async (t) => {
	setRules(ask, {});
	const before = await contentsOf(ask);
	const problem = await refused(t, ask("POST", "Patient", claiming()), 422);
	t.match(
		problem.issues.map(({ expression, rule }) => [expression, rule]),
		[
			["Patient", "PHC-V-020"],
			["Patient.gender", "PHC-V-035"],
		],
	);
	t.strictSame(await contentsOf(ask), before);
	t.equal((await ask("POST", "Patient", good({ meta: { profile: [RAMPUR] } }))).status, 201);
	t.equal((await ask("POST", "Patient", somePatient())).status, 201, "one that claims nothing is free");
});

t.test("what is malformed is 400 whatever the clinic asks", async (t) => {
	for (const mode of ["off", "warn", "enforce"] as const) {
		setRules(ask, { mode });
		await refused(t, ask("POST", "Patient", claiming({ nonsense: 1 })), 400, mode);
	}
});

t.test("off looks at no profile, warn stores and tells whoever asks, enforce refuses", async (t) => {
	const severities = async (): Promise<string[]> =>
		jsonOf(await ask("POST", "Patient", claiming(), told))
			.issue.filter(({ diagnostics }: { diagnostics: string }) => /ram-1|RampurPatient/.test(diagnostics))
			.map(({ severity }: { severity: string }) => severity);
	setRules(ask, { mode: "off" });
	t.same(await severities(), []);
	setRules(ask, { mode: "warn" });
	t.equal((await ask("POST", "Patient", claiming())).status, 201);
	t.same(await severities(), ["warning", "warning"]);
	setRules(ask, { mode: "enforce" });
	await refused(t, ask("POST", "Patient", claiming(), told), 422);
});

t.test("an unknown profile that a resource claims is stored, and told to whoever asks", async (t) => {
	setRules(ask, {});
	const unknown = somePatient({ meta: { profile: ["https://x.example/StructureDefinition/never"] } });
	t.equal((await ask("POST", "Patient", unknown)).status, 201);
	const { issue } = jsonOf(await ask("POST", "Patient", unknown, told));
	t.match(issue[0], { severity: "information", diagnostics: /created as version 1/ });
	t.ok(
		issue.some(
			({ severity, details }: { severity: string; details: Json }) =>
				severity === "warning" && JSON.stringify(details).includes("PHC-V-032"),
		),
	);
});

t.test("a required profile binds every way to write a resource", async (t) => {
	setRules(ask, {});
	await ask("PUT", "Patient/p", good({ id: "p", identifier: [{ system: "urn:x", value: "1" }] }));
	setRules(ask, { requiredProfiles: { Patient: [RAMPUR] } });
	const before = await contentsOf(ask);
	const bad = (more: object = {}) => somePatient({ birthDate: "1980-01-01", ...more });
	const removal = [{ op: "remove", path: "/gender" }];
	const patch = { body: { kind: "json", tree: removal, mediaType: "application/json-patch+json" } } as const;
	const ways: [string, () => Promise<unknown>][] = [
		["create", () => ask("POST", "Patient", bad())],
		["conditional create", () => ask("POST", "Patient", bad(), { conditions: { ifNoneExist: "identifier=urn:x|2" } })],
		["update", () => ask("PUT", "Patient/p", bad({ id: "p" }))],
		["update as create", () => ask("PUT", "Patient/new", bad({ id: "new" }))],
		["conditional update", () => ask("PUT", "Patient?identifier=urn:x|1", bad())],
		["patch", () => ask("PATCH", "Patient/p", undefined, patch)],
		["conditional patch", () => ask("PATCH", "Patient?identifier=urn:x|1", undefined, patch)],
		["POST in a transaction", () => post(ask, "transaction", [{ method: "POST", url: "Patient", resource: bad() }])],
		[
			"PUT in a transaction",
			() => post(ask, "transaction", [{ method: "PUT", url: "Patient/p", resource: bad({ id: "p" }) }]),
		],
		[
			"PATCH in a transaction",
			() =>
				post(ask, "transaction", [
					{
						method: "PATCH",
						url: "Patient/p",
						resource: {
							resourceType: "Binary",
							contentType: "application/json-patch+json",
							data: Buffer.from(JSON.stringify(removal)).toString("base64"),
						},
					},
				]),
		],
		[
			"a replayed history",
			() =>
				ask("POST", "", {
					resourceType: "Bundle",
					type: "history",
					entry: [{ request: { method: "PUT", url: "Patient/p" }, resource: bad({ id: "p" }) }],
				}),
		],
	];
	const placeOf = (name: string): RegExp | string => {
		if (name === "PATCH in a transaction") return "Bundle.entry[0].resource";
		return /transaction|replayed/.test(name) ? "Bundle.entry[0].resource.gender" : "Patient.gender";
	};
	for (const [name, way] of ways) {
		const problem = await refused(t, way(), 422, name);
		t.match(problem.issues[0], { expression: placeOf(name), text: /Patient\.gender is missing/ }, name);
	}
	const [answer] = await post(ask, "batch", [{ method: "POST", url: "Patient", resource: bad() }]);
	t.match(answer?.response.status, /^422/);
	t.strictSame(await contentsOf(ask), before, "nothing was written");
	t.equal((await ask("PUT", "Patient/p", good({ id: "p" }))).status, 200);
	setRules(ask, {});
});

t.test(
	"in a transaction a link to another entry, or by criteria, must lead to a type that may stand there",
	async (t) => {
		setRules(ask, {});
		const observation = (reference: string) => ({
			resourceType: "Observation",
			status: "final",
			code: { text: "x" },
			subject: { reference },
		});
		const send = (resource: object, reference = urn(1)) =>
			post(ask, "transaction", [
				{ method: "POST", url: String((resource as { resourceType: string }).resourceType), fullUrl: urn(1), resource },
				{ method: "POST", url: "Observation", resource: observation(reference) },
			]);
		t.equal((await send(somePatient())).length, 2);
		const wrong = { resourceType: "Practitioner", active: true };
		for (const reference of [urn(1), "Practitioner?_id=x"]) {
			const { issues } = await refused(t, send(wrong, reference), 422, reference);
			t.match(issues, [{ expression: /^Bundle\.entry\[1\].*subject/, rule: "PHC-V-027" }]);
		}
	},
);

t.test("a transaction tells the faults of all its entries", async (t) => {
	const entries = [claiming(), good(), claiming({ nonsense: 1 })].map((resource) => ({
		method: "POST" as const,
		url: "Patient",
		resource,
	}));
	const problem = await refused(t, post(ask, "transaction", entries), PROBLEM_KINDS.unprocessable.status);
	const places = new Set(problem.issues.map(({ expression }) => /^Bundle\.entry\[\d\]/.exec(expression ?? "")?.[0]));
	t.strictSame([...places], ["Bundle.entry[0]", "Bundle.entry[2]"]);
});

t.test("an id that does not fit is told where it stands in the Bundle", async (t) => {
	setRules(ask, {});
	const entry = { method: "PUT", url: "Patient/z", resource: good({ id: "y" }) };
	const { issues } = await refused(t, post(ask, "transaction", [entry]), 400);
	t.match(issues, [{ expression: "Bundle.entry[0].resource.id" }]);
});

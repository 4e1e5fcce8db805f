import t from "tap";
import { ROLE_GRANTS } from "../../src/interactions/index.ts";
import { CLINIC_ROLES, type ClinicRole, serverApp } from "../support/server-app.ts";

const { call, tokenOf } = await serverApp(t, { clinics: ["first"], roles: CLINIC_ROLES });
const TOKENS = new Map<ClinicRole, string>();
for (const role of CLINIC_ROLES) TOKENS.set(role, await tokenOf("first", role));
const ADMIN = TOKENS.get("ADMIN") as string;

const patient = { reference: "Patient/p" };
const concept = { text: "x" };
const BODIES = {
	Patient: { name: [{ text: "Asha" }] },
	Observation: { status: "final", code: concept, subject: patient },
	Condition: { code: concept, subject: patient },
	Medication: { code: concept },
	MedicationRequest: { status: "active", intent: "order", medicationCodeableConcept: concept, subject: patient },
	MedicationDispense: { status: "completed", medicationCodeableConcept: concept, subject: patient },
};
type Type = keyof typeof BODIES;
const TYPES = Object.keys(BODIES) as Type[];

/** Allowed verbs: r read, s search, h history, c create, u update and patch, d delete. */
const LOOK = "rsh";
const every = (verbs: string) => Object.fromEntries(TYPES.map((type) => [type, verbs]));
const EXPECTED: Record<ClinicRole, Record<string, string>> = {
	ADMIN: every(`${LOOK}cud`),
	DOCTOR: every(`${LOOK}cud`),
	NURSE: { ...every(`${LOOK}cu`), MedicationRequest: LOOK },
	PHARMACIST: {
		...every(""),
		Patient: LOOK,
		MedicationRequest: LOOK,
		Medication: `${LOOK}cu`,
		MedicationDispense: `${LOOK}cu`,
	},
	AUDITOR: every(LOOK),
	INTEGRATION: every(`${LOOK}cu`),
};

const at = "/t/first/fhir";
const bodyOf = (type: Type, more: object = {}) => ({ resourceType: type, ...BODIES[type], ...more });
for (const type of TYPES) await call("PUT", `${at}/${type}/p`, ADMIN, { body: bodyOf(type, { id: "p" }) });

const patch = {
	body: [{ op: "add", path: "/language", value: "en" }],
	headers: { "content-type": "application/json-patch+json" },
};
const inBundle = (kind: string, request: object, resource?: object) => ({
	body: { resourceType: "Bundle", type: kind, entry: [{ request, ...(resource && { resource }) }] },
});

/** The requests that a verb of the table stands for. A transaction's entry must not do what the verb may not. */
function requestsOf(verb: string, type: Type): readonly [string, string, object?][] {
	const id = `${verb}-${Math.random().toString(36).slice(2)}`;
	switch (verb) {
		case "r":
			return [
				["GET", `/${type}/p`],
				["HEAD", `/${type}/p`],
				["GET", `/${type}/p/_history/1`],
			];
		case "s":
			return [["GET", `/${type}?_id=p`]];
		case "h":
			return [
				["GET", `/${type}/p/_history`],
				["GET", `/${type}/_history`],
			];
		case "c": {
			const request = { method: "POST", url: type };
			return [
				["POST", `/${type}`, { body: bodyOf(type) }],
				["POST", "", inBundle("transaction", request, bodyOf(type))],
			];
		}
		case "u": {
			const request = { method: "PUT", url: `${type}/p` };
			return [
				["PUT", `/${type}/p`, { body: bodyOf(type, { id: "p", language: "hi" }) }],
				["PATCH", `/${type}/p`, patch],
				["PUT", `/${type}/${id}`, { body: bodyOf(type, { id }) }],
				["POST", "", inBundle("transaction", request, bodyOf(type, { id: "p" }))],
			];
		}
		default:
			return [
				["DELETE", `/${type}/none`],
				["DELETE", `/${type}?_id=none`],
				["POST", "", inBundle("transaction", { method: "DELETE", url: `${type}/none` })],
			];
	}
}

t.test("the table of this test names every role of a clinic", async (t) => {
	t.strictSame(Object.keys(ROLE_GRANTS).toSorted(), [...CLINIC_ROLES, "PLATFORM_ADMIN"].toSorted());
});

for (const role of CLINIC_ROLES) {
	t.test(`${role} may do what the role is for, and nothing else`, async (t) => {
		for (const type of TYPES) {
			for (const verb of "rshcud") {
				const allowed = EXPECTED[role][type]?.includes(verb);
				for (const [method, path, sent] of requestsOf(verb, type)) {
					const { statusCode, body } = await call(method, `${at}${path}`, TOKENS.get(role), sent);
					const name = `${method} ${path || "transaction"} ${verb} ${type}: ${statusCode}`;
					if (allowed) t.ok(statusCode < 300, `${name} ${body.slice(0, 200)}`);
					else t.equal(statusCode, 403, name);
				}
			}
		}
	});
}

t.test("only who may see everything sees the history of the clinic", async (t) => {
	for (const role of CLINIC_ROLES) {
		const { statusCode } = await call("GET", `${at}/_history`, TOKENS.get(role));
		t.equal(statusCode, role === "PHARMACIST" ? 403 : 200, role);
	}
});

t.test("a batch refuses the entries that the role may not do, and does the others", async (t) => {
	const entry = [
		{ request: { method: "POST", url: "MedicationRequest" }, resource: bodyOf("MedicationRequest") },
		{ request: { method: "POST", url: "Observation" }, resource: bodyOf("Observation") },
		{ request: { method: "DELETE", url: "Observation/p" } },
		{ request: { method: "GET", url: "Patient/p" } },
	];
	const body = { resourceType: "Bundle", type: "batch", entry };
	const reply = (await call("POST", at, TOKENS.get("NURSE"), { body })).json();
	const statuses = reply.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3));
	t.strictSame(statuses, ["403", "201", "403", "200"]);
});

t.test("INTEGRATION sends bundles; replaying a history is for the ADMIN alone", async (t) => {
	const resource = bodyOf("Patient", { id: "replayed" });
	const replay = inBundle("history", { method: "PUT", url: "Patient/replayed" }, resource);
	for (const role of CLINIC_ROLES) {
		const { statusCode } = await call("POST", at, TOKENS.get(role), replay);
		t.equal(statusCode, role === "ADMIN" ? 200 : 403, role);
	}
});

t.test("a refusal names the role and the type, and is the same whether or not anything is there", async (t) => {
	const told = new Set<string>();
	for (const id of ["p", "none"]) {
		const reply = await call("GET", `${at}/Observation/${id}`, TOKENS.get("PHARMACIST"));
		t.equal(reply.statusCode, 403);
		t.match(reply.json().issue[0].diagnostics, /PHARMACIST.*read Observation/);
		told.add(reply.body);
	}
	t.equal(told.size, 1);
});

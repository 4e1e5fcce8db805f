import t from "tap";
import { mayDo, ROLE_GRANTS } from "../../src/interactions/index.ts";
import { type Caller, ROLES, type Role } from "../../src/kernel/index.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
await ask("PUT", "Patient/p", somePatient({ id: "p" }));
await ask("PUT", "Basic/b", { resourceType: "Basic", id: "b", code: { text: "x" } });

const CONFORMANCE = ["StructureDefinition", "SearchParameter", "CodeSystem", "ValueSet", "ConceptMap"];
const ACTIONS = ["read", "search", "history", "create", "update", "delete"] as const;
const caller = (...roles: Role[]): Caller => ({ userId: "u", roles, scope: "" });
const may = (role: Role, type: string): string =>
	ACTIONS.filter((action) => mayDo(caller(role), action, type)).join(" ");

t.test("each role may do what the table says, and no more", async (t) => {
	const look = "read search history";
	const table: [Role, string, string][] = [
		["ADMIN", "Patient", `${look} create update delete`],
		["DOCTOR", "MedicationRequest", `${look} create update delete`],
		...CONFORMANCE.flatMap((type): [Role, string, string][] => [
			["ADMIN", type, `${look} create update delete`],
			["DOCTOR", type, look],
			["NURSE", type, look],
			["PHARMACIST", type, ""],
			["INTEGRATION", type, look],
		]),
		["NURSE", "Observation", `${look} create update`],
		["NURSE", "MedicationRequest", look],
		["PHARMACIST", "Patient", look],
		["PHARMACIST", "MedicationRequest", look],
		["PHARMACIST", "Medication", `${look} create update`],
		["PHARMACIST", "MedicationDispense", `${look} create update`],
		["PHARMACIST", "Observation", ""],
		["PHARMACIST", "", ""],
		["AUDITOR", "Patient", look],
		["AUDITOR", "", look],
		["INTEGRATION", "Patient", `${look} create update`],
		["PLATFORM_ADMIN", "Patient", ""],
	];
	for (const [role, type, want] of table) t.equal(may(role, type), want, `${role} ${type}`);
	t.strictSame(Object.keys(ROLE_GRANTS).sort(), [...ROLES].sort());
	t.equal(mayDo(caller(), "read", "Patient"), false);
	t.equal(mayDo(caller("AUDITOR", "NURSE"), "create", "Patient"), true, "roles add up");
});

t.test("every way to a type asks the same permission, and existence is not told", async (t) => {
	const before = await contentsOf(ask);
	const nobody = { roles: ["PLATFORM_ADMIN"] as Role[] };
	const ways: [Parameters<typeof ask>[0], string, unknown?][] = [
		["GET", "Patient/p"],
		["GET", "Patient/never"],
		["HEAD", "Patient/p"],
		["GET", "Patient/p/_history"],
		["GET", "Patient/p/_history/1"],
		["GET", "Patient/_history"],
		["GET", "_history"],
		["GET", "Patient?identifier=x"],
		["POST", "Patient/_search"],
		["POST", "Patient", somePatient()],
		["PUT", "Patient/p", somePatient({ id: "p" })],
		["PUT", "Patient?identifier=x", somePatient()],
		["PATCH", "Patient/p", {}],
		["PATCH", "Patient?identifier=x", {}],
		["DELETE", "Patient/p"],
		["DELETE", "Patient?identifier=x"],
	];
	const texts = new Map<string, string>();
	for (const [method, url, body] of ways) {
		const problem = await refused(t, ask(method, url, body, nobody), 403, `${method} ${url}`);
		texts.set(`${method} ${url}`, problem.message);
	}
	t.equal(texts.get("GET Patient/p"), texts.get("GET Patient/never"), "there or not, the answer is the same");
	t.strictSame(await contentsOf(ask), before);
});

t.test("a batch asks entry by entry, a transaction as a whole", async (t) => {
	const entry = [
		{ request: { method: "GET", url: "Patient/p" } },
		{ request: { method: "GET", url: "Basic/b" } },
		{ request: { method: "POST", url: "Patient" }, resource: somePatient() },
	];
	const roles: Role[] = ["PHARMACIST"];
	const batch = jsonOf(await ask("POST", "", { resourceType: "Bundle", type: "batch", entry }, { roles }));
	t.strictSame(
		batch.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3)),
		["200", "403", "403"],
	);
	const before = await contentsOf(ask);
	const medication = { request: { method: "POST", url: "Medication" }, resource: { resourceType: "Medication" } };
	for (const bad of entry.slice(1)) {
		const bundle = { resourceType: "Bundle", type: "transaction", entry: [medication, bad] };
		t.match((await refused(t, ask("POST", "", bundle, { roles }), 403)).message, /^Bundle\.entry\[1\]: /);
	}
	t.strictSame(await contentsOf(ask), before);
	t.match(
		jsonOf(await ask("POST", "", { resourceType: "Bundle", type: "transaction", entry: [medication] }, { roles }))
			.entry[0],
		{ response: { status: "201 Created" } },
	);
});

t.test("deletes inside Bundles need the right to delete", async (t) => {
	for (const type of ["batch", "transaction"]) {
		for (const url of ["Patient/p", "Patient?identifier=x"]) {
			const bundle = { resourceType: "Bundle", type, entry: [{ request: { method: "DELETE", url } }] };
			for (const role of ["NURSE", "INTEGRATION", "AUDITOR"] as const) {
				const work = ask("POST", "", bundle, { roles: [role] });
				if (type === "transaction") await refused(t, work, 403);
				else t.match(jsonOf(await work).entry[0].response.status, /^403/);
			}
		}
	}
	t.equal((await ask("GET", "Patient/p")).status, 200);
});

import t from "tap";
import { serverApp } from "../support/server-app.ts";

const VITALS = "http://hl7.org/fhir/StructureDefinition/vitalsigns";
const DEFAULT = { mode: "enforce", requiredProfiles: {}, references: false };

const { app, call, tokenOf, platformToken } = await serverApp(t, { roles: ["ADMIN", "DOCTOR"] });
const ROOT = await platformToken();
const ADMIN = await tokenOf("first", "ADMIN");
const json = { "content-type": "application/json" };
const change = (validation: object, token = ADMIN, slug = "first") =>
	call("PATCH", `/admin/tenants/${slug}`, token, { body: { validation }, headers: json });
const rules = async (slug = "first") => (await call("GET", `/admin/tenants/${slug}`, ROOT)).json().validation;

t.test("a clinic's rules are told and changed member by member", async (t) => {
	t.same(await rules(), DEFAULT);
	t.same((await change({ mode: "warn" })).json().validation, { ...DEFAULT, mode: "warn" });
	await change({ requiredProfiles: { Observation: [VITALS] } }, ROOT);
	await change({ references: true });
	t.same(await rules(), { mode: "warn", requiredProfiles: { Observation: [VITALS] }, references: true });
	t.same(await rules("second"), DEFAULT, "another clinic's are its own");
	await change({ mode: "enforce", requiredProfiles: { Observation: [] }, references: false });
	t.same(await rules(), DEFAULT);
});

t.test("profiles that are not here, or are for another type, are refused by name", async (t) => {
	const requiredProfiles = {
		Observation: [VITALS, "https://x.example/StructureDefinition/vitalsign"],
		Patient: [VITALS],
		Patiant: [VITALS],
	};
	const reply = await change({ requiredProfiles });
	t.equal(reply.statusCode, 422);
	t.match(reply.json().errors, [
		{ field: "validation.requiredProfiles.Observation[1]", detail: /is not here\. Did you mean .*vitalsigns/ },
		{ field: "validation.requiredProfiles.Patient[0]", detail: /is for Observation, not for Patient/ },
		{ field: "validation.requiredProfiles.Patiant", detail: /did you mean Patient\?/ },
	]);
	t.same(await rules(), DEFAULT);
});

t.test("malformed rules are refused with the place", async (t) => {
	const wrong: [object, string][] = [
		[{ mode: "loud" }, "validation.mode"],
		[{ requiredProfiles: { Patient: "x" } }, "validation.requiredProfiles.Patient"],
		[{ references: "yes" }, "validation.references"],
		[{ colour: "red" }, "validation.colour"],
	];
	for (const [validation, field] of wrong) {
		const reply = await change(validation);
		t.equal(reply.statusCode, 400);
		t.equal(reply.json().errors[0].field, field);
	}
	t.same(await rules(), DEFAULT);
});

t.test("only the platform and the clinic's own ADMIN change them, and only the platform the status", async (t) => {
	t.equal((await change({ mode: "off" }, await tokenOf("first", "DOCTOR"))).statusCode, 403);
	t.equal((await change({ mode: "off" }, await tokenOf("second", "ADMIN"))).statusCode, 403);
	for (const body of [{ status: "suspended" }, { status: "suspended", validation: { mode: "off" } }]) {
		t.equal((await call("PATCH", "/admin/tenants/first", ADMIN, { body, headers: json })).statusCode, 403);
	}
	t.match((await call("GET", "/admin/tenants/first", ADMIN)).json(), { status: "active", validation: DEFAULT });
	t.equal((await change({ mode: "off" }, ROOT, "nowhere")).statusCode, 404);
});

t.test("a change holds for the next request", async (t) => {
	const dangling = {
		resourceType: "Observation",
		status: "final",
		code: { text: "x" },
		subject: { reference: "Patient/never" },
	};
	const post = () => call("POST", "/t/first/fhir/Observation", ADMIN, { body: dangling });
	t.equal((await post()).statusCode, 201);
	await change({ references: true });
	t.equal((await post()).statusCode, 422);
	await change({ references: false });
	t.equal((await post()).statusCode, 201);
});

t.test("a clinic that is not made yet, or is going, is configured by nobody", async (t) => {
	for (const status of ["provisioning", "dropped"]) {
		const row = ["00000000-0000-7000-8000-000000000001", "half", "Half", status, "{}"];
		const em = app.database.management.em.fork();
		await em.execute("delete from phc.tenant where slug = 'half'");
		await em.execute(
			"insert into phc.tenant (id, slug, name, status, settings, created_at) values (?, ?, ?, ?, ?, now())",
			row,
		);
		for (const validation of [{ mode: "off" }, { requiredProfiles: { Observation: [VITALS] } }]) {
			t.equal((await change(validation, ROOT, "half")).statusCode, 409, status);
		}
	}
	t.equal((await change({ requiredProfiles: {} }, ROOT, "nowhere")).statusCode, 404);
});

import t from "tap";
import { tenantMigrations } from "../../src/migrations/tenant/index.ts";
import { serverApp } from "../support/server-app.ts";

t.test("a clinic that lacks migrations is told so and named the command; the others are served", async (t) => {
	const { app, call, tokenOf } = await serverApp(t, { roles: ["DOCTOR"] });
	const set = (at: string | null) =>
		app.database.management.em.execute("update phc.tenant set migrated_to = ? where slug = 'first'", [at]);
	const ready = async () => (await call("GET", "/readyz")).json();
	const search = async (slug: string) =>
		call("GET", `/t/${slug}/fhir/Observation?code=8310-5`, await tokenOf(slug, "DOCTOR"));
	t.strictSame(await ready(), { status: "ready" });
	for (const at of [tenantMigrations[0]?.name ?? "", null]) {
		await set(at);
		t.strictSame(await ready(), { status: "ready", clinicsBehind: 1, mend: "run phc tenant migrate" });
		await app.tenancy.activate("second");
		const refused = await search("first");
		t.equal(refused.statusCode, 503);
		t.match(refused.json(), { issue: [{ code: "transient", diagnostics: /phc tenant migrate/ }] });
		t.equal((await search("second")).statusCode, 200);
		t.match(await app.tenancy.migrateAll(), [{ slug: "first" }]);
		t.strictSame(await ready(), { status: "ready" });
		t.equal((await search("first")).statusCode, 200, "seen at once");
	}
	await set("9999-of-a-newer-version");
	await app.tenancy.activate("second");
	t.strictSame(await ready(), { status: "ready" }, "while servers are replaced one by one, older ones go on");
	t.equal((await search("first")).statusCode, 200);
	t.strictSame(await app.tenancy.migrateAll(), [], "and do not set clinics back");
});

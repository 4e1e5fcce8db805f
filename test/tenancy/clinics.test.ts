import { Migration } from "@mikro-orm/migrations";
import t from "tap";
import { createTenancy, type Migrated, openDatabase } from "../../src/tenancy/index.ts";
import { NoteEntity, noteMigrations } from "../support/clinic-model.ts";
import { testDatabase } from "../support/database.ts";

const { url } = await testDatabase(t);
const open = (tenantMigrations = noteMigrations) =>
	openDatabase({ url, poolSize: 4, tenantEntities: [NoteEntity], tenantMigrations });
const database = await open();
t.teardown(() => database.close());
const tenancy = createTenancy(database);
const admin = { adminEmail: "Admin@Rampur.example", adminPassword: "correct horse battery" };

const schemas = async (): Promise<string[]> =>
	(await database.management.em.execute("select nspname from pg_namespace where nspname like 't\\_%' order by 1")).map(
		(row) => row.nspname,
	);
const failure = (work: Promise<unknown>): Promise<unknown> =>
	work.then(
		() => undefined,
		(error: unknown) => error,
	);

t.test("provisions a clinic that is ready to use, in its own schema", async (t) => {
	const clinic = await tenancy.provision({ slug: "rampur", name: "PHC Rampur", hfrId: "IN0910000123", ...admin });
	t.match(clinic, { slug: "rampur", status: "active", timeZone: "Asia/Kolkata", hfrId: "IN0910000123" });
	await database.tenants.em.fork({ schema: "t_rampur" }).insert(NoteEntity, { id: clinic.id, text: "kept" });
	t.match(await tenancy.listPeople("rampur"), [{ email: "admin@rampur.example", roles: ["ADMIN"] }]);
	const resolved = await tenancy.resolve("rampur");
	const limits = { searchTimeoutMs: 1800, maxPageSize: 1000 };
	const validation = { mode: "enforce", requiredProfiles: {}, references: false };
	const expected = { id: clinic.id, slug: "rampur", schema: "t_rampur", timeZone: "Asia/Kolkata", limits, validation };
	t.same(resolved?.tenant, expected);
	t.equal(await tenancy.resolve("nowhere"), undefined);
	t.match(await failure(tenancy.provision({ slug: "rampur", name: "Again" })), { kind: "duplicate" });
});

t.test("refuses unusable input before anything is made", async (t) => {
	const before = await schemas();
	for (const slug of ["admin", "fhir", "phc", "t", "A", "x", "1st", "a--b", "a-", "a_b", 'x"; drop', "a".repeat(42)]) {
		const refusal = await failure(tenancy.provision({ slug, name: "X" }));
		t.match(refusal, { kind: "value", issues: [{ expression: "slug" }] }, slug);
	}
	await t.rejects(tenancy.provision({ slug: "no-zone", name: "X", timeZone: "Mars/Base" }), /timeZone must be/);
	await t.rejects(tenancy.provision({ slug: "half", name: "X", adminEmail: "a@b.c" }), /adminPassword|go together/);
	const weak = { slug: "weak", name: "X", adminEmail: "a@b.c", adminPassword: "short" };
	await t.rejects(tenancy.provision(weak), /adminPassword must have 8 to 256 characters/);
	t.same(await schemas(), before);
});

t.test("goes on where a failed provisioning stopped", async (t) => {
	let fails = true;
	class Fragile extends Migration {
		override up(): void {
			this.addSql(fails ? "create table broken (" : "create table mended (id int)");
		}
	}
	const fragile = await open([...noteMigrations, { name: "z-fragile", class: Fragile }]);
	t.teardown(() => fragile.close());
	const failing = createTenancy(fragile);
	await t.rejects(failing.provision({ slug: "fragile", name: "Fragile", ...admin }));
	t.equal((await failing.get("fragile")).status, "provisioning");
	fails = false;
	const clinic = await failing.provision({ slug: "fragile", name: "Mended", ...admin });
	t.match(clinic, { status: "active", name: "Mended" });
	t.equal((await failing.listPeople("fragile")).length, 1);
	await failing.drop("fragile");
});

t.test("of two that make the same clinic at once one wins, also from another process", async (t) => {
	const other = await open();
	t.teardown(() => other.close());
	const attempts = [tenancy, tenancy, createTenancy(other)].map((one) => one.provision({ slug: "race", name: "Race" }));
	const outcomes = await Promise.allSettled(attempts);
	const refused = outcomes.filter((outcome) => outcome.status === "rejected");
	t.equal(refused.length, 2);
	for (const { reason } of refused) t.match(reason.kind, /^(duplicate|conflict)$/);
	t.equal((await tenancy.get("race")).status, "active");
});

t.test("suspends and reactivates, seen at once", async (t) => {
	t.equal((await tenancy.resolve("rampur"))?.status, "active");
	await tenancy.suspend("rampur");
	t.equal((await tenancy.resolve("rampur"))?.status, "suspended");
	await tenancy.activate("rampur");
	t.equal((await tenancy.resolve("rampur"))?.status, "active");
	t.match(await failure(tenancy.suspend("nowhere")), { kind: "not-found" });
});

t.test("drops a clinic with its data and frees the slug", async (t) => {
	const { id } = await tenancy.provision({ slug: "gone", name: "Gone" });
	await database.management.em.execute("insert into phc.patient_registry values (?, '1', 'number', '91-1')", [id]);
	await tenancy.drop("gone");
	t.notOk((await schemas()).includes("t_gone"));
	t.equal(await tenancy.resolve("gone"), undefined);
	t.same(await database.management.em.execute("select * from phc.patient_registry where tenant_id = ?", [id]), []);
	t.equal((await tenancy.provision({ slug: "gone", name: "New" })).status, "active");
});

t.test("migrates one clinic after the other, reports a failure and takes it up again", async (t) => {
	class Next extends Migration {
		override up(): void {
			this.addSql("create table next (id int)");
		}
	}
	const newer = await open([...noteMigrations, { name: "next", class: Next }]);
	t.teardown(() => newer.close());
	await database.tenants.em.execute('create table "t_race".next (other text)');
	const seen: string[] = [];
	const report = await createTenancy(newer).migrateAll(({ slug }: Migrated) => seen.push(slug));
	t.same(seen, ["rampur", "race", "gone"]);
	t.same(
		report.map(({ applied }) => applied),
		[1, 0, 1],
	);
	t.match(report[1]?.error?.message, /next/);
	await database.tenants.em.execute('drop table "t_race".next');
	t.match(await createTenancy(newer).migrateAll(), [{ slug: "race", applied: 1 }]);
	t.same(await createTenancy(newer).migrateAll(), []);
	await newer.management.em.execute("update phc.tenant set migrated_to = null");
	const other = await open([...noteMigrations, { name: "next", class: Next }]);
	t.teardown(() => other.close());
	const both = await Promise.all([newer, other].map((one) => createTenancy(one).migrateAll()));
	t.same(
		both.flat().filter(({ error }) => error !== undefined),
		[],
		"two processes do not hinder each other",
	);
});

import t from "tap";
import { openDatabase } from "../../src/tenancy/index.ts";
import { NoteEntity, noteMigrations } from "../support/clinic-model.ts";
import { testDatabase } from "../support/database.ts";

const { url } = await testDatabase(t);
const open = () => openDatabase({ url, poolSize: 2, tenantEntities: [NoteEntity], tenantMigrations: noteMigrations });

t.test("processes that start at once on a new database migrate it once", async (t) => {
	const all = await Promise.all([open(), open(), open()]);
	t.teardown(() => Promise.all(all.map((database) => database.close())));
	const rows = await all[0].management.em.execute("select name from phc.mikro_orm_migrations");
	t.same(rows, [
		{ name: "20261122000000-people" },
		{ name: "20261122010000-jobs" },
		{ name: "20261122020000-definitions" },
		{ name: "20261122030000-terminology" },
	]);
});

t.test("a query that names no clinic finds no table", async (t) => {
	const database = await open();
	t.teardown(() => database.close());
	await t.rejects(database.tenants.em.fork().find(NoteEntity, {}));
	await t.rejects(database.pool().query("select * from note"));
	await t.rejects(database.pool().query("select * from tenant"));
});

t.test("connections are replaced, and the sooner the more clinics there are", async (t) => {
	const few = await open();
	t.equal(few.pool().options.maxLifetimeSeconds, 900);
	t.equal(few.pool().options.maxUses, 200_000);
	await few.management.em.execute(
		`insert into phc.tenant (id, slug, name, status, settings)
		select gen_random_uuid(), 'c' || i, 'C', 'active', '{}' from generate_series(1, 500) i`,
	);
	await few.close();
	const many = await open();
	t.teardown(() => many.close());
	t.equal(many.pool().options.maxUses, 1_000);
	const pid = async () => (await many.pool().query("select pg_backend_pid() as pid")).rows[0].pid;
	const first = await pid();
	many.pool().options.maxUses = 3;
	for (let i = 0; i < 3; i++) await pid();
	t.not(await pid(), first);
});

t.test("what stands in the URL beside host and name is used", async (t) => {
	const { hostname, port, username, password, pathname } = new URL(url);
	const dense = `postgresql://${username}:${password}@${hostname}:${port}${pathname}?application_name=clinic-test`;
	const named = { poolSize: 1, tenantEntities: [NoteEntity], tenantMigrations: noteMigrations, url: dense };
	const database = await openDatabase(named);
	t.teardown(() => database.close());
	const { rows } = await database.pool().query("select current_setting('application_name') as name");
	t.same(rows, [{ name: "clinic-test" }]);
});

t.test("a server that does not answer is an error, not a wait", async (t) => {
	const nowhere = { poolSize: 1, tenantEntities: [NoteEntity], tenantMigrations: noteMigrations };
	await t.rejects(openDatabase({ ...nowhere, url: "postgresql://x:y@127.0.0.1:1/none" }));
});

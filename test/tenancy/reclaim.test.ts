import t from "tap";
import { createTenancy, openDatabase } from "../../src/tenancy/index.ts";
import { NoteEntity, noteMigrations } from "../support/clinic-model.ts";
import { testDatabase } from "../support/database.ts";

t.test("connections that break inside a transaction come back to their pool", { timeout: 20_000 }, async (t) => {
	const { url } = await testDatabase(t);
	const database = await openDatabase({
		url,
		poolSize: 1,
		tenantEntities: [NoteEntity],
		tenantMigrations: noteMigrations,
	});
	for (const orm of [database.tenants, database.management]) {
		const connection = orm.em.getConnection();
		for (let i = 0; i < 5; i++) {
			const broken = connection.transactional((transaction) =>
				connection.execute("select pg_terminate_backend(pg_backend_pid())", [], "all", transaction),
			);
			await t.rejects(broken);
		}
		t.strictSame(await connection.execute("select 1 as one"), [{ one: 1 }]);
	}
	t.strictSame(await createTenancy(database).list(), []);
	await database.close();
	t.pass("and the pools can be closed");
});

import t from "tap";
import { createTenancy, openDatabase } from "../../src/tenancy/index.ts";
import { NoteEntity, noteMigrations } from "../support/clinic-model.ts";
import { testDatabase } from "../support/database.ts";

const open = async () => {
	const { url } = await testDatabase(t);
	const database = await openDatabase({
		url,
		poolSize: 1,
		tenantEntities: [NoteEntity],
		tenantMigrations: noteMigrations,
	});
	t.teardown(() => database.close());
	return createTenancy(database);
};

t.test("the first administrator is made once, also by processes that start together", async (t) => {
	const tenancy = await open();
	const given = { adminEmail: undefined, adminPassword: undefined };
	const made = (await Promise.all([1, 2, 3].map(() => tenancy.ensurePlatformAdmin(given)))).filter(Boolean);
	t.equal(made.length, 1);
	const { email = "", password = "" } = made[0] ?? {};
	t.ok(password.length >= 20, "a generated password is told");
	t.match(await tenancy.checkCredentials({ email, password }), { roles: ["PLATFORM_ADMIN"] });
	t.equal(await tenancy.ensurePlatformAdmin(given), undefined);
});

t.test("a given password is used and not told again", async (t) => {
	const tenancy = await open();
	const given = { adminEmail: "Root@Platform.example", adminPassword: "correct horse battery" };
	t.same(await tenancy.ensurePlatformAdmin(given), { email: "root@platform.example" });
	const credentials = { email: "root@platform.example", password: "correct horse battery" };
	t.ok(await tenancy.checkCredentials(credentials));
});

import t from "tap";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { createInForce } from "../../src/tenancy/definitions-in-force.ts";
import { createTenancy, openDatabase } from "../../src/tenancy/index.ts";
import { NoteEntity, noteMigrations } from "../support/clinic-model.ts";
import { testDatabase } from "../support/database.ts";

const { url } = await testDatabase(t);
const database = await openDatabase({
	url,
	poolSize: 4,
	tenantEntities: [NoteEntity],
	tenantMigrations: noteMigrations,
});
t.teardown(() => database.close());
const tenancy = createTenancy(database);
const rampur = await tenancy.provision({ slug: "rampur", name: "PHC Rampur" });
const other = await tenancy.provision({ slug: "other", name: "PHC Other" });

const valueSet = (name: string, version: string): Resource => ({
	resourceType: "ValueSet",
	url: `http://clinic.example/ValueSet/${name}`,
	version,
});
const names = (resources: readonly Resource[]) => resources.map(({ url, version }) => `${url}|${version}`.slice(31));

t.test("a clinic without packages gets nothing, and always the same nothing", async (t) => {
	const { resources, shared, stamp } = await tenancy.definitionsFor(rampur.id);
	t.same([resources, shared.resources], [[], []]);
	t.match(await tenancy.definitionsFor(other.id), { stamp });
	t.equal(await tenancy.definitionsFor(other.id), await tenancy.definitionsFor(rampur.id));
});

t.test("packages for all and for one clinic apply side by side, in several versions", async (t) => {
	const guide = { name: "guide", version: "1.0.0", resources: [valueSet("a", "1.0.0"), valueSet("b", "1.0.0")] };
	t.same(await tenancy.addPackage(undefined, guide), { replaced: false });
	await tenancy.addPackage(undefined, { name: "guide", version: "2.0.0", resources: [valueSet("a", "2.0.0")] });
	await tenancy.addPackage("rampur", { name: "own", version: "1", resources: [valueSet("own", "1")] });
	const mine = await tenancy.definitionsFor(rampur.id);
	t.same(names(mine.resources), ["own|1"]);
	t.same(names(mine.shared.resources), ["a|1.0.0", "b|1.0.0", "a|2.0.0"]);
	const theirs = await tenancy.definitionsFor(other.id);
	t.same(theirs.resources, []);
	t.equal(theirs.shared, mine.shared, "what is for all is held once");
	t.equal(await tenancy.definitionsFor(rampur.id), mine, "the same object while nothing changes");
	t.match(await tenancy.listPackages(), [
		{ name: "guide", version: "1.0.0", definitions: 2, slug: undefined },
		{ name: "guide", version: "2.0.0", definitions: 1 },
		{ name: "own", version: "1", slug: "rampur", definitions: 1 },
	]);
});

t.test("the same name and version again replaces, and changes the stamp", async (t) => {
	const before = await tenancy.definitionsFor(rampur.id);
	const again = { name: "own", version: "1", resources: [valueSet("own", "1"), valueSet("more", "1")] };
	t.same(await tenancy.addPackage("rampur", again), { replaced: true });
	const after = await tenancy.definitionsFor(rampur.id);
	t.not(after.stamp, before.stamp);
	t.equal(after.shared, before.shared);
	t.same(names(after.resources), ["more|1", "own|1"]);
});

t.test("numbers come back as they were written", async (t) => {
	const exact = parseJson(
		'{"resourceType":"ConceptMap","url":"http://clinic.example/ValueSet/m","version":"1","score":0.10}',
	) as Resource;
	await tenancy.addPackage("other", { name: "exact", version: "1", resources: [exact] });
	const [back] = (await tenancy.definitionsFor(other.id)).resources;
	t.match(JSON.stringify(back), /"score":0\.10}/);
});

t.test("a package that cannot be kept whole is not kept at all", async (t) => {
	const twice = { name: "twice", version: "1", resources: [valueSet("x", "1"), valueSet("x", "1")] };
	await t.rejects(tenancy.addPackage(undefined, twice));
	t.notOk((await tenancy.listPackages()).some(({ name }) => name === "twice"));
});

t.test("removes one version or all, and says when there is none", async (t) => {
	t.equal(await tenancy.removePackage(undefined, "guide", "1.0.0"), 1);
	t.same(names((await tenancy.definitionsFor(other.id)).shared.resources), ["a|2.0.0"]);
	await t.rejects(tenancy.removePackage(undefined, "guide", "9"), { message: /no package guide 9 for all clinics/ });
	await t.rejects(tenancy.removePackage("rampur", "guide"), { message: /for the clinic "rampur"/ });
	await t.rejects(tenancy.removePackage("nowhere", "guide"), { message: /no clinic "nowhere"/ });
	t.equal(await tenancy.removePackage(undefined, "guide"), 1);
});

t.test("another process sees a change within seconds", async (t) => {
	const elsewhere = createTenancy(database);
	const before = await elsewhere.definitionsFor(other.id);
	await tenancy.addPackage(undefined, { name: "late", version: "1", resources: [valueSet("late", "1")] });
	t.equal(await elsewhere.definitionsFor(other.id), before, "it does not ask at every request");
	const now = performance.now;
	t.teardown(() => {
		performance.now = now;
	});
	performance.now = () => now.call(performance) + 6_000;
	t.same(names((await elsewhere.definitionsFor(other.id)).shared.resources), ["late|1"]);
});

t.test("a package that is replaced while it is read is read as it then is", async (t) => {
	const kept = { name: "moving", version: "1" };
	await tenancy.addPackage("other", { ...kept, resources: [valueSet("moving", "1")] });
	let isReplaced = false;
	const connection = database.management.em.getConnection();
	const execute = async (query: string, values: unknown[]) => {
		if (query.includes("join phc.definition d") && !isReplaced) {
			isReplaced = true;
			await tenancy.addPackage("other", { ...kept, resources: [valueSet("moving", "2")] });
		}
		return connection.execute(query, values);
	};
	const em = { getConnection: () => ({ execute }) };
	const elsewhere = createInForce({ ...database, management: { em } } as unknown as typeof database);
	t.ok(names((await elsewhere.definitionsFor(other.id)).resources).includes("moving|2"));
	t.ok(isReplaced);
	await tenancy.removePackage("other", "moving", undefined);
});

t.test("the packages of a clinic go with it", async (t) => {
	await tenancy.drop("rampur");
	t.notOk((await tenancy.listPackages()).some(({ slug }) => slug === "rampur"));
	const { rows } = await database.pool().query("select count(*)::int as n from phc.definition where url like '%/own'");
	t.equal(rows[0].n, 0);
});

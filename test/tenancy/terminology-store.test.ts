import t from "tap";
import { createTerminologyStore, openDatabase } from "../../src/tenancy/index.ts";
import type { ConceptSink } from "../../src/tenancy/terminology/staging.ts";
import type { ConceptFilter, LargeSystems } from "../../src/terminology/index.ts";
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
const store = createTerminologyStore(database);
const other = createTerminologyStore(database);

const SYSTEM = "https://zoo.example/animals";
const facts = { url: SYSTEM, version: "1", name: "Animals", caseSensitive: true };

/** creature › cat › (house cat, wild cat); creature › pet › house cat; house cat eats fish. */
function animals(sink: ConceptSink): void {
	sink.concept({ code: "creature", display: "Creature", abstract: true });
	sink.concept({ code: "cat", display: "Cat", definition: "It purrs" });
	sink.concept({ code: "pet", display: "Pet animal" });
	sink.concept({ code: "house-cat", display: "House cat\twith \\ and \n" });
	sink.concept({ code: "wild-cat", display: "Catlike animal of the forest", inactive: true });
	sink.concept({ code: "fish", display: "Fish" });
	const parents = ["cat creature", "pet creature", "house-cat cat", "house-cat pet", "wild-cat cat", "fish creature"];
	for (const pair of parents) sink.parent(...(pair.split(" ") as [string, string]));
	sink.designation({ code: "house-cat", value: "Felis catus", use: "latin" });
	sink.designation({ code: "house-cat", value: "बिल्ली", language: "hi" });
	sink.designation({ code: "fish", value: "Catfish Café", language: "en" });
	sink.property("house-cat", "eats", "fish", "code");
	sink.property("house-cat", "legs", "4", "integer");
	sink.property("cat", "legs", "4", "integer");
}

/** A load of `animals`, changed. */
const load = (change: (sink: ConceptSink) => void = () => undefined, more: Partial<typeof facts> = {}) =>
	store.load(async (sink) => {
		animals(sink);
		change(sink);
		await sink.ready();
		return { ...facts, ...more };
	});

const tables = async (): Promise<string[]> => {
	const { rows } = await database
		.pool()
		.query<{ name: string }>(
			"select relname as name from pg_class where relname ~ '^terminology_(concept|detail|term)_\\d+$' order by 1",
		);
	return rows.map(({ name }) => name);
};

t.test("an installation without large systems answers nothing", async (t) => {
	const systems: LargeSystems = store;
	t.same(await systems.systems(), []);
	t.equal(await systems.lookup(SYSTEM, undefined, "cat"), undefined);
	t.same([...(await systems.among(SYSTEM, undefined, ["cat"], []))], []);
	t.same(await systems.search(SYSTEM, "1", { filters: [], count: 5, offset: 0 }), { total: 0, concepts: [] });
	t.equal(await systems.subsumes(SYSTEM, undefined, "cat", "cat"), undefined);
	t.same(await systems.related(SYSTEM, undefined, "cat", "below", 5), []);
});

t.test("a load that fails, or whose connection is lost, leaves nothing behind", async (t) => {
	const before = await tables();
	const broken = store.load(async (sink) => {
		animals(sink);
		for (let i = 0; i < 50_000; i++) sink.concept({ code: `c${i}`, display: "Concept that fills the buffers" });
		await sink.ready();
		throw new Error("the file ends here");
	});
	await t.rejects(broken, { message: "the file ends here" });
	const killed = store.load(async (sink) => {
		animals(sink);
		await database.pool().query(
			`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock'
			and database = (select oid from pg_database where datname = current_database())`,
		);
		return facts;
	});
	await t.rejects(killed);
	t.same(await tables(), before);
	t.same(await store.systems(), []);
});

t.test("contradictions are refused with the codes", async (t) => {
	const refused = (change: (sink: ConceptSink) => void, message: RegExp) =>
		t.rejects(load(change), { kind: "unprocessable", message });
	await refused((sink) => sink.concept({ code: "cat", display: "Cat again" }), /The code cat stands twice/);
	await refused((sink) => sink.parent("cat", "plant"), /The code cat stands below plant, .*\(1 such place\)/);
	await refused((sink) => sink.parent("creature", "house-cat"), /The code \S+ stands above itself/);
	await t.rejects(
		store.load(async () => facts),
		{ message: /The files hold no concept/ },
	);
	t.same(await tables(), []);
});

t.test("one load at a time", async (t) => {
	let second: Promise<unknown> | undefined;
	await store.load(async (sink) => {
		animals(sink);
		second = t.rejects(load(), { kind: "conflict", message: /Another load of a code system is running/ });
		await second;
		return facts;
	});
	t.ok(second);
});

t.test("what is loaded is seen whole, by other processes too, and a concept tells all of itself", async (t) => {
	t.match(await other.systems(), [{ ...facts, concepts: 6, hierarchy: true }]);
	t.same(await other.lookup(SYSTEM, undefined, "house-cat"), {
		code: "house-cat",
		display: "House cat\twith \\ and \n",
		inactive: false,
		designations: [
			{ use: "latin", value: "Felis catus" },
			{ language: "hi", value: "बिल्ली" },
		],
		properties: [
			{ code: "eats", value: "fish", type: "code" },
			{ code: "legs", value: "4", type: "integer" },
			{ code: "parent", value: "cat", type: "code" },
			{ code: "parent", value: "pet", type: "code" },
		],
	});
	t.match(await store.lookup(SYSTEM, "1", "cat"), { definition: "It purrs" });
	t.match(await store.lookup(SYSTEM, "1", "creature"), { abstract: true });
	t.equal(await store.lookup(SYSTEM, "1", "Cat"), undefined);
	t.equal(await store.lookup(SYSTEM, "2", "cat"), undefined);
});

t.test("subsumption follows every parent", async (t) => {
	const subsumes = (a: string, b: string) => store.subsumes(SYSTEM, undefined, a, b);
	t.equal(await subsumes("cat", "cat"), "equivalent");
	t.equal(await subsumes("creature", "house-cat"), "subsumes");
	t.equal(await subsumes("house-cat", "pet"), "subsumed-by");
	t.equal(await subsumes("pet", "wild-cat"), "not-subsumed");
	t.equal(await subsumes("pet", "dog"), undefined);
	const related = (code: string, direction: "above" | "below", limit = 10) =>
		store.related(SYSTEM, undefined, code, direction, limit);
	t.same(new Set(await related("house-cat", "above")), new Set(["house-cat", "cat", "pet", "creature"]));
	t.same(new Set(await related("cat", "below")), new Set(["cat", "house-cat", "wild-cat"]));
	t.equal((await related("creature", "below", 2)).length, 3, "one more than the limit tells that there are more");
	t.same(await related("dog", "above"), []);
});

const ALL = ["creature", "cat", "pet", "house-cat", "wild-cat", "fish", "dog"];
const filters: readonly [string, ConceptFilter["op"], string, readonly string[]][] = [
	["concept", "=", "cat", ["cat"]],
	["concept", "is-a", "cat", ["cat", "house-cat", "wild-cat"]],
	["concept", "descendent-of", "cat", ["house-cat", "wild-cat"]],
	["concept", "is-not-a", "cat", ["creature", "pet", "fish"]],
	["concept", "generalizes", "house-cat", ["creature", "cat", "pet", "house-cat"]],
	["code", "in", "cat, dog ,fish", ["cat", "fish"]],
	["concept", "not-in", "cat,fish", ["creature", "pet", "house-cat", "wild-cat"]],
	["code", "regex", "(house|wild)-.*", ["house-cat", "wild-cat"]],
	["code", "regex", "at", []],
	["display", "=", "Fish", ["fish"]],
	["display", "regex", "[CF].*", ["creature", "cat", "wild-cat", "fish"]],
	["inactive", "=", "true", ["wild-cat"]],
	["notSelectable", "=", "true", ["creature"]],
	["legs", "=", "4", ["cat", "house-cat"]],
	["legs", "in", "3,4", ["cat", "house-cat"]],
	["legs", "not-in", "3,4", ["creature", "pet", "wild-cat", "fish"]],
	["legs", "exists", "true", ["cat", "house-cat"]],
	["legs", "exists", "false", ["creature", "pet", "wild-cat", "fish"]],
	["legs", "regex", "[0-9]", ["cat", "house-cat"]],
	["parent", "=", "cat", ["house-cat", "wild-cat"]],
	["parent", "exists", "false", ["creature"]],
	["eats", "is-a", "creature", ["house-cat"]],
	["eats", "is-a", "cat", []],
];

for (const [property, op, value, expected] of filters) {
	t.test(`the filter ${property} ${op} ${value} finds what it should`, async (t) => {
		const filter = { property, op, value };
		t.same(new Set(await store.among(SYSTEM, undefined, ALL, [filter])), new Set(expected));
		const { total, concepts } = await store.search(SYSTEM, undefined, { filters: [filter], count: 10, offset: 0 });
		t.same(new Set(concepts.map(({ code }) => code)), new Set(expected));
		t.equal(total, expected.length);
	});
}

t.test("filters hold together, and those that cannot be answered are refused", async (t) => {
	const isCat = { property: "concept", op: "is-a", value: "cat" } as const;
	const legs = { property: "legs", op: "exists", value: "false" } as const;
	t.same([...(await store.among(SYSTEM, undefined, ALL, [isCat, legs]))], ["wild-cat"]);
	const refused = (filter: ConceptFilter, message: RegExp) =>
		t.rejects(store.among(SYSTEM, undefined, ALL, [filter]), { status: 422, message });
	await refused({ ...isCat, value: "dog" }, /names the code "dog", which Animals 1 does not have/);
	await refused(
		{ ...isCat, property: "wings" },
		/the property "wings", which Animals does not have\. It has concept, display, inactive, eats, legs, parent\./,
	);
	await refused({ ...isCat, op: "like" as "=" }, /The filter operator "like" is not one of R4's/);
	await refused({ ...isCat, op: "regex", value: "(a" }, /not well-formed/);
	await refused({ ...isCat, op: "regex", value: "(a)\\1" }, /is not supported/);
});

t.test("names are found by the beginnings of their words, best first", async (t) => {
	const search = async (text: string, more = {}) => {
		const page = { filters: [], text, count: 10, offset: 0, ...more };
		return (await store.search(SYSTEM, undefined, page)).concepts.map(({ code }) => code);
	};
	t.same(
		await search("cat"),
		["cat", "fish", "wild-cat", "house-cat"],
		"the name itself, names that begin so, the rest",
	);
	t.same(await search("CAT Hou"), ["house-cat"], "every word, in any order and case");
	t.same(await search("at"), [], "not within a word");
	t.same(await search("cafe"), ["fish"], "accents do not count");
	t.same(await search("बिल्ली"), ["house-cat"], "in any script");
	t.same(await search("बिल्ला"), [], "vowel signs do count");
	t.same(await search("cat", { activeOnly: true }), ["cat", "fish", "house-cat"]);
	t.same(await search("felis", { language: "hi" }), ["house-cat"], "names without a language are in all");
	t.same(await search("catf", { language: "hi" }), []);
	t.same(await search("catf", { language: "en-IN" }), ["fish"]);
	t.same(await search("cat", { filters: [{ property: "legs", op: "=", value: "4" }] }), ["cat", "house-cat"]);
	t.same(await search("'; drop table x; -- \\ :* & |"), []);
	t.same(await search("cat", { offset: 1, count: 2 }), ["fish", "wild-cat"]);
	const beyond = await store.search(SYSTEM, undefined, { filters: [], text: "cat", count: 2, offset: 9 });
	t.same(beyond, { total: 4, concepts: [] }, "the total is known on every page");
	t.same((await store.search(SYSTEM, undefined, { filters: [], count: 0, offset: 0 })).total, 6);
});

t.test("the same version loaded again takes its place at once, a new one stands beside it", async (t) => {
	t.equal((await other.lookup(SYSTEM, undefined, "cat"))?.display, "Cat");
	const again = await load((sink) => sink.concept({ code: "dog", display: "Dog" }));
	t.match(again, { replaced: true, concepts: 7 });
	t.equal((await other.lookup(SYSTEM, undefined, "dog"))?.display, "Dog", "whoever has kept the old one asks anew");
	t.equal((await tables()).length, 3);
	await load(undefined, { version: "10" });
	await load(undefined, { version: "9" });
	t.same(
		(await store.systems()).map(({ version }) => version),
		["10", "9", "1"],
	);
	t.equal(await store.lookup(SYSTEM, undefined, "dog"), undefined, "without a version the newest is asked");
	t.equal((await store.lookup(SYSTEM, "1", "dog"))?.display, "Dog");
	t.equal(await store.remove(SYSTEM, "10"), 1);
	t.equal(await store.remove(SYSTEM, "10"), 0);
	t.equal(await store.remove(SYSTEM), 2);
	t.same(await tables(), []);
	t.same(await store.systems(), []);
});

t.test("case does not count where the system says so", async (t) => {
	await load(undefined, { caseSensitive: false });
	t.equal((await store.lookup(SYSTEM, undefined, "HOUSE-Cat"))?.code, "house-cat");
	t.same([...(await store.among(SYSTEM, undefined, ["CAT", "DOG"], []))], ["CAT"]);
	t.equal(await store.subsumes(SYSTEM, undefined, "CREATURE", "Cat"), "subsumes");
	t.same(
		[...(await store.among(SYSTEM, undefined, ["CAT"], [{ property: "concept", op: "is-a", value: "CREATURE" }]))],
		["CAT"],
	);
	await store.remove(SYSTEM);
});

t.test("the display is the best of the names, and an edition stands for its newest version", async (t) => {
	const SNOMED = "http://snomed.info/sct";
	for (const date of ["20230101", "20240101"]) {
		await store.load(async (sink) => {
			sink.concept({ code: "1", repeatable: true });
			sink.concept({ code: "1", repeatable: true });
			sink.concept({ code: "2", repeatable: true });
			sink.designation({ code: "1", value: "Cat (animal)", rank: 100, id: "a" });
			sink.designation({ code: "1", value: "Grey cat", rank: 20, id: "b" });
			sink.designation({ code: "1", value: `Gray cat ${date}`, rank: 20, id: "c" });
			sink.prefer("c", 9);
			sink.prefer("b", 5);
			return { url: SNOMED, version: `${SNOMED}/123/version/${date}`, name: "SNOMED CT", caseSensitive: true };
		});
	}
	t.equal((await store.lookup(SNOMED, `${SNOMED}/123`, "1"))?.display, "Gray cat 20240101");
	t.equal((await store.lookup(SNOMED, `${SNOMED}/123/version/20230101`, "1"))?.display, "Gray cat 20230101");
	t.equal((await store.lookup(SNOMED, undefined, "2"))?.display, "2", "without a name the code");
	t.match(await store.systems(), [{ hierarchy: false }, { hierarchy: false }]);
});

import { join } from "node:path";
import t, { type Test } from "tap";
import { folderOf } from "./support/files.ts";
import { readAll } from "./support/memory-sink.ts";

const system = {
	resourceType: "CodeSystem",
	url: "https://rampur.example/tea",
	version: "3",
	title: "Teas",
	status: "active",
	content: "complete",
	concept: [
		{
			concept: [{ code: "assam", display: "Assam", concept: [{ code: "mangalam", display: "Mangalam" }] }],
			code: "tea",
			display: "Tea",
			definition: "A drink",
			property: [{ code: "notSelectable", valueBoolean: true }],
		},
		{
			code: "coffee",
			display: "Coffee",
			designation: [
				{ language: "hi", use: { code: "name" }, value: "कॉफ़ी" },
				{ use: { system: "urn:uses", code: "short" }, value: "Cof" },
			],
			property: [
				{ code: "parent", valueCode: "tea" },
				{ code: "status", valueCode: "retired" },
				{ code: "strength", valueDecimal: 4.5 },
				{ code: "like", valueCoding: { system: "https://x.example", code: "c" } },
			],
		},
	],
	caseSensitive: true,
};

const written = (t: Pick<Test, "testdir">, resource: unknown, name = "tea.json"): string =>
	join(folderOf(t.testdir(), { [name]: JSON.stringify(resource) }), name);

t.test("reads concepts however deep, their properties and designations", async (t) => {
	const read = await readAll(written(t, system));
	t.equal(read.format, "fhir");
	t.same(read.facts, { url: system.url, version: "3", name: "Teas", caseSensitive: true });
	t.same([...read.concepts.keys()].toSorted(), ["assam", "coffee", "mangalam", "tea"]);
	t.match(read.concepts.get("tea"), { abstract: true, definition: "A drink" });
	t.match(read.concepts.get("coffee"), { inactive: true });
	t.same(read.parents.toSorted(), ["assam < tea", "coffee < tea", "mangalam < assam"]);
	t.same(read.properties, ["coffee status=retired", "coffee strength=4.5", "coffee like=https://x.example|c"]);
	t.same(read.designations, [
		{ code: "coffee", value: "कॉफ़ी", use: "name", language: "hi" },
		{ code: "coffee", value: "Cof", use: '["urn:uses","short",""]', language: undefined },
	]);
});

t.test("a file of many concepts comes in pieces", async (t) => {
	const concept = Array.from({ length: 20_000 }, (_, i) => ({ code: `c${i}`, display: `Concept "${i}" \u0915` }));
	const read = await readAll(written(t, { ...system, concept }));
	t.equal(read.concepts.size, 20_000);
	t.match(read.concepts.get("c19999"), { display: 'Concept "19999" क' });
});

const damaged: readonly { title: string; text: string; fault: RegExp }[] = [
	{
		title: "JSON cut short",
		text: JSON.stringify(system).slice(0, 400),
		fault: /x\.json: is not JSON \(it ends too early\)/,
	},
	{
		title: "JSON with a fault",
		text: '{"concept":[{"code":"a",}]}',
		fault: /x\.json: is not JSON \(Parser cannot parse/,
	},
	{ title: "another resource", text: '{"resourceType":"ValueSet"}', fault: /is not a CodeSystem resource/ },
	{
		title: "a fragment",
		text: JSON.stringify({ ...system, content: "fragment" }),
		fault: /has the content "fragment".* PUT CodeSystem/,
	},
	{
		title: "a concept without a code",
		text: JSON.stringify({ ...system, concept: [{ code: "a" }, {}] }),
		fault: /the concept after a has no code/,
	},
	{
		title: "a system without a version",
		text: JSON.stringify({ ...system, version: undefined }),
		fault: /has no version\. Give --version/,
	},
	{
		title: "nesting that is no subsumption",
		text: JSON.stringify({
			...system,
			hierarchyMeaning: "part-of",
			concept: [{ code: "a", concept: [{ code: "b" }] }],
		}),
		fault: /has the hierarchyMeaning "part-of"/,
	},
	{ title: "a list", text: "[]", fault: /holds no JSON object/ },
];

for (const { title, text, fault } of damaged) {
	t.test(`${title} is refused`, async (t) => {
		const folder = folderOf(t.testdir(), { "x.json": text });
		await t.rejects(readAll(join(folder, "x.json"), {}, "fhir"), { message: fault, kind: "unprocessable" });
	});
}

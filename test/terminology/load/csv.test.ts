import { join } from "node:path";
import t from "tap";
import { folderOf } from "./support/files.ts";
import { readAll } from "./support/memory-sink.ts";

const own = { system: "https://rampur.example/ward", version: "1" };
const TABLE = `\ufeffcode,display,parent,definition,inactive,abstract,display:hi,floor
w,Wards,,,,true,,
w1,"Ward, ""first""",w,Where beds are,,,वार्ड,2
w2,Old ward,w|w1,,yes,,,
`;

t.test("reads known columns, names in languages, and the rest as properties", async (t) => {
	const folder = folderOf(t.testdir(), { "wards.csv": TABLE });
	const read = await readAll(join(folder, "wards.csv"), own);
	t.equal(read.format, "csv");
	t.same(read.facts, { url: own.system, version: "1", name: "ward", caseSensitive: true });
	t.match(read.concepts.get("w"), { display: "Wards", abstract: true, inactive: false });
	t.match(read.concepts.get("w1"), { display: 'Ward, "first"', definition: "Where beds are" });
	t.match(read.concepts.get("w2"), { inactive: true });
	t.same(read.parents, ["w1 < w", "w2 < w", "w2 < w1"]);
	t.same(read.designations, [{ code: "w1", value: "वार्ड", language: "hi" }]);
	t.same(read.properties, ["w1 floor=2"]);
});

t.test("semicolons and tabs part cells too", async (t) => {
	for (const delimiter of [";", "\t"]) {
		const folder = folderOf(t.testdir(), { "wards.txt": `code${delimiter}display\r\na${delimiter}A, first\r\n` });
		t.match((await readAll(folder, own)).concepts.get("a"), { display: "A, first" });
	}
});

const damaged: readonly { title: string; text: string; fault: RegExp }[] = [
	{
		title: "a header without display",
		text: "code,name\na,b\n",
		fault: /line 1: the header lacks the column "display": it has code, name\. Add it\./,
	},
	{ title: "a row without a code", text: "code,display\na,A\n,B\n", fault: /x\.csv, line 3: "" is no code/ },
	{
		title: "a code without a display",
		text: "code,display\na,\n",
		fault: /x\.csv, line 2: the code a has no display\. Give it one\./,
	},
	{
		title: "a comma that is not quoted",
		text: "code,display\na,A, first\n",
		fault: /x\.csv, line 2: has 3 cells, the header 2\. Put quotes/,
	},
	{
		title: "a stray quote",
		text: 'code,display\na,A "first"\n',
		fault: /x\.csv, line 2: a quote \("\) stands where none may stand/,
	},
	{ title: "an empty file", text: "", fault: /x\.csv: is empty\. The first line must name the columns\./ },
];

for (const { title, text, fault } of damaged) {
	t.test(`${title} is refused by file and line`, async (t) => {
		const folder = folderOf(t.testdir(), { "x.csv": text });
		await t.rejects(readAll(join(folder, "x.csv"), own, "csv"), { message: fault, kind: "unprocessable" });
	});
}

t.test("system and version must be said", async (t) => {
	const folder = folderOf(t.testdir(), { "x.csv": "code,display\na,A\n" });
	await t.rejects(readAll(folder), { message: /x\.csv: does not say its system\. Give --system\./ });
	await t.rejects(readAll(folder, { system: "https://x.example" }), { message: /Give --version\./ });
});

t.test("what is no code system is refused with the formats there are", async (t) => {
	const folder = folderOf(t.testdir(), { "notes.csv": "a,b\n", "page.xml": "<html/>" });
	await t.rejects(readAll(folder), {
		message: /no code system is seen in it\. A table needs a column "code"; else name the form by --format: rf2, loinc/,
	});
});

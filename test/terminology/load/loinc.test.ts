import { join } from "node:path";
import t from "tap";
import { folderOf, loincRelease, zipOf } from "./support/files.ts";
import { readAll } from "./support/memory-sink.ts";

const TABLE = "LoincTable/Loinc.csv";

t.test("reads the table, the hierarchy and the answer lists of a release", async (t) => {
	const folder = t.testdir();
	const read = await readAll(await zipOf(join(folder, "Loinc_2.72.zip"), loincRelease()));
	t.equal(read.format, "loinc");
	t.equal(read.bytes, read.size);
	t.same(read.facts, { url: "http://loinc.org", version: "2.72", name: "LOINC", caseSensitive: false });
	t.match(read.concepts.get("1-8"), { display: "Sweetness [Mass/volume] in Tea", inactive: false });
	t.match(read.concepts.get("2-6"), { inactive: true, definition: "How warm,\nin degrees" });
	t.match(read.concepts.get("LP2-8"), { display: "Tea", abstract: true });
	t.match(read.concepts.get("LL1-0"), { display: "Sweet or not", abstract: true });
	t.match(read.concepts.get("LA2-2"), { display: "Not sweet" });
	t.same(read.parents, ["LP2-8 < LP1-0", "1-8 < LP2-8", "2-6 < LP2-8"]);
	t.match(
		read.designations.map(({ value }) => value),
		["Sweet Tea-mCnc", 'Chai; "Sugar"', "Tea warm"],
	);
	for (const property of [
		"1-8 COMPONENT=Sweetness",
		"LA1-4 LIST=LL1-0",
		"1-8 answer-list=LL1-0",
		"2-6 STATUS=DEPRECATED",
	]) {
		t.ok(read.properties.includes(property), property);
	}
});

t.test("the table alone will do, under any name and with a version said", async (t) => {
	const folder = folderOf(t.testdir(), { "codes.csv": loincRelease()[TABLE] as string });
	const read = await readAll(join(folder, "codes.csv"), { version: "2.72-ours" });
	t.match(read, { format: "loinc", facts: { version: "2.72-ours" } });
	t.equal(read.concepts.size, 2);
	t.equal(read.bytes, read.size);
});

const damaged: readonly { title: string; path: string; change(text: string): string; fault: RegExp }[] = [
	{
		title: "a header without a column",
		path: TABLE,
		change: (text) => text.replace('"STATUS",', ""),
		fault: /Loinc\.csv, line 1: the header lacks the column "STATUS": it has LOINC_NUM, COMPONENT/,
	},
	{
		title: "a code that is none of LOINC's",
		path: TABLE,
		change: (text) => text.replace('"2-6"', '"A00"'),
		fault: /Loinc\.csv, line 4: "A00" is no LOINC number/,
	},
	{
		title: "a quote that is not closed",
		path: TABLE,
		change: (text) => text.replace('in degrees"', "in degrees"),
		fault: /Loinc\.csv, line \d: a quote \("\) is opened and never closed/,
	},
	{
		title: "a row with too many cells",
		path: "AccessoryFiles/AnswerFile/LoincAnswerListLink.csv",
		change: (text) => `${text}"2-6","LL1-0","more"\n`,
		fault: /LoincAnswerListLink\.csv, line 3: has 3 cells, the header 2/,
	},
];

for (const { title, path, change, fault } of damaged) {
	t.test(`${title} is refused by file and line`, async (t) => {
		const files = loincRelease();
		const folder = folderOf(t.testdir(), { ...files, [path]: change(files[path] as string) });
		await t.rejects(readAll(folder), { message: fault, kind: "unprocessable" });
	});
}

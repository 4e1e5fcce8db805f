import { join } from "node:path";
import t from "tap";
import { folderOf, rf2Release, zipOf } from "./support/files.ts";
import { readAll } from "./support/memory-sink.ts";

const CONCEPTS = "Snapshot/Terminology/sct2_Concept_Snapshot_INT_20240101.txt";

t.test("a folder and a zip of a release give the same", async (t) => {
	const folder = folderOf(t.testdir(), rf2Release());
	const unpacked = await readAll(folder);
	t.equal(unpacked.format, "rf2");
	t.equal(unpacked.bytes, unpacked.size);
	t.same(unpacked.facts, {
		url: "http://snomed.info/sct",
		version: "http://snomed.info/sct/900000000000207008/version/20240101",
		name: "SNOMED CT",
		caseSensitive: true,
	});
	t.equal(unpacked.concepts.size, 5);
	t.match(unpacked.concepts.get("100004"), { inactive: true });
	t.same(unpacked.parents, ["100002 < 100001", "100003 < 100002"], "inactive and stated relationships do not count");
	t.match(unpacked.properties.join("\n"), /100002 sufficientlyDefined=true\n/);
	t.match(unpacked.properties.join("\n"), /100002 moduleId=900000000000207008\n/);
	t.match(unpacked.properties.join("\n"), /100002 100005=100001\n100002 100005=4$/);
	t.notOk(unpacked.designations.some(({ value }) => value === "Forgotten cat"));
	t.ok(
		unpacked.designations.some(({ value }) => value === 'Kitten "of" a\\cat (being)'),
		"quotes are letters here",
	);
	const packed = await readAll(await zipOf(join(folder, "..", `${t.testdirName.split("/").at(-1)}.zip`), rf2Release()));
	t.same({ ...packed, bytes: 0, size: 0 }, { ...unpacked, bytes: 0, size: 0 });
});

t.test("an extension read with what it extends gives its own version", async (t) => {
	const module = "1121000189102";
	const extension = Object.fromEntries(
		Object.entries(rf2Release("20240315", "IN1000189")).map(([path, text]) => [
			path,
			text.replaceAll("900000000000207008", module).replaceAll(/\b100003\b/g, "100009"),
		]),
	);
	const folder = t.testdir();
	const paths = [folderOf(join(folder, "int"), rf2Release()), folderOf(join(folder, "in"), extension)];
	const { facts, concepts } = await readAll(paths);
	t.equal(facts.version, `http://snomed.info/sct/${module}/version/20240315`);
	t.ok(concepts.has("100003") && concepts.has("100009"));
});

t.test("names preferred in the dialect asked for go first", async (t) => {
	const folder = folderOf(t.testdir(), rf2Release());
	const best = async (language?: string) => {
		const { designations, preferences } = await readAll(folder, { language });
		const rank = (id: string, own: number) =>
			own - Math.max(0, ...preferences.filter(([of]) => of === id).map(([, by]) => by));
		return designations
			.filter(({ code }) => code === "100002")
			.toSorted((a, b) => rank(a.id ?? "", a.rank ?? 0) - rank(b.id ?? "", b.rank ?? 0))[0]?.value;
	};
	t.equal(await best(), "Gray cat");
	t.equal(await best("en-GB"), "Grey cat");
	t.equal(await best("900000000000508004"), "Grey cat");
});

const damaged: readonly { title: string; change(text: string): string; fault: RegExp }[] = [
	{
		title: "a header without a column",
		change: (text) => text.replace("moduleId", "module"),
		fault: /sct2_Concept_Snapshot_INT_20240101\.txt, line 1: the header lacks the column "moduleId"/,
	},
	{
		title: "a row that is cut short",
		change: (text) => text.replace("100003\t20240101\t1\t", "100003\t"),
		fault: /20240101\.txt, line 4: has 3 columns, the header 5\. Take the file as it was released\./,
	},
	{
		title: "a row with a wrong identifier",
		change: (text) => text.replace("100003\t", "1e5\t"),
		fault: /20240101\.txt, line 4: "1e5" is no identifier of RF2/,
	},
	{ title: "an empty file", change: () => "", fault: /20240101\.txt: is empty/ },
];

for (const { title, change, fault } of damaged) {
	t.test(`${title} is refused by file and line`, async (t) => {
		const files = rf2Release();
		const folder = folderOf(t.testdir(), { ...files, [CONCEPTS]: change(files[CONCEPTS] as string) });
		await t.rejects(readAll(folder), { message: fault, kind: "unprocessable" });
	});
}

t.test("a release without a snapshot or in pieces is refused with what is missing", async (t) => {
	const files = rf2Release();
	const part = { [CONCEPTS]: files[CONCEPTS] as string };
	await t.rejects(readAll(folderOf(t.testdir(), part)), {
		message: /there is no sct2_Description_Snapshot, no sct2_Relationship_Snapshot… file\. Name the whole release\./,
	});
});

t.test("text that is not UTF-8, and a zip that is damaged, are refused by name", async (t) => {
	const folder = t.testdir();
	const { writeFileSync, readFileSync } = await import("node:fs");
	folderOf(folder, rf2Release());
	writeFileSync(join(folder, CONCEPTS), Buffer.from([0x69, 0xe9, 0x0a]));
	await t.rejects(readAll(folder), { message: /INT_20240101\.txt: is not UTF-8\. Save it as UTF-8/ });
	const zip = await zipOf(join(folder, "release.zip"), rf2Release());
	const bytes = readFileSync(zip);
	writeFileSync(zip, bytes.subarray(0, bytes.length - 30));
	await t.rejects(readAll(zip), { message: /release\.zip: is not a zip that can be read .*Download it again\./ });
	writeFileSync(zip, bytes.fill(7, 100, 160));
	await t.rejects(readAll(zip), { message: /release\.zip: .* cannot be read to its end .*download it again\./ });
	await t.rejects(readAll(join(folder, "nowhere")), { message: /nowhere: there is no such file or folder/ });
});

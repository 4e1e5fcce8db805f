import { join } from "node:path";
import t from "tap";
import { testDatabase } from "../support/database.ts";
import { claml, folderOf, loincRelease, rf2Release, zipOf } from "../terminology/load/support/files.ts";
import { phc } from "./support/run.ts";

const folder = t.testdir();
const { url } = await testDatabase(t);
const before = { ...process.env };
Object.assign(process.env, { DATABASE_URL: url, DATA_DIR: folder });
t.teardown(() => {
	process.env = before;
});

const terminology = (...args: string[]) => phc(["terminology", ...args]);
const SNOMED = "http://snomed.info/sct";

t.test("an empty installation lists nothing", async (t) => {
	t.same(await terminology("list"), { code: 0, out: "", err: "" });
});

t.test("each form is told from its files and loaded", async (t) => {
	const snomed = await terminology(
		"load",
		await zipOf(join(folder, "snomed.zip"), rf2Release()),
		"--language",
		"en-GB",
	);
	t.match(snomed, {
		code: 0,
		out: /5 concepts read in [\s\S]*SNOMED CT http:\S+\/version\/20240101 \(\S+sct\) is loaded: 5 concepts, 8 names/,
		err: /^working out the hierarchy …\nwriting the tables …\nmaking the indexes …$/,
	});
	t.match(await terminology("load", folderOf(join(folder, "loinc"), loincRelease())), {
		code: 0,
		out: /LOINC 2\.72 .*7 concepts/,
	});
	const files = { "icd10.xml": claml(), "ward.csv": "code,display\nw1,Female ward\n", "tea.json": tea };
	folderOf(folder, files);
	t.match(await terminology("load", join(folder, "icd10.xml")), { code: 0, out: /ICD-10 2019 .*7 concepts/ });
	const named = ["--system", "https://rampur.example/ward", "--version", "1", "--name", "Wards"];
	t.match(await terminology("load", join(folder, "ward.csv"), ...named), { code: 0, out: /Wards 1 .*1 concepts/ });
	t.match(await terminology("load", join(folder, "tea.json")), {
		code: 0,
		out: /https:\/\/tea\.example 2 .*2 concepts/,
	});
	const { out } = await terminology("list");
	t.same(
		out.split("\n").map((line) => line.split("\t").slice(0, 3)),
		[
			["http://hl7.org/fhir/sid/icd-10", "2019", "7 concepts"],
			["http://loinc.org", "2.72", "7 concepts"],
			[SNOMED, `${SNOMED}/900000000000207008/version/20240101`, "5 concepts"],
			["https://rampur.example/ward", "1", "1 concepts"],
			["https://tea.example", "2", "2 concepts"],
		],
	);
});

const tea = JSON.stringify({
	resourceType: "CodeSystem",
	url: "https://tea.example",
	version: "2",
	content: "complete",
	concept: [{ code: "tea", display: "Tea", concept: [{ code: "assam", display: "Assam tea" }] }],
});

t.test("what is loaded is found by words", async (t) => {
	t.match(await terminology("search", SNOMED, "cat", "gr"), { code: 0, out: "100002\tGrey cat", err: "" });
	t.match(await terminology("search", "https://tea.example", "tea", "--count", "1"), {
		out: "tea\tTea",
		err: "1 of 2: add words, or give --count",
	});
	t.match(await terminology("search", "http://hl7.org/fhir/sid/icd-10", "puncture"), {
		out: "A00.0\tFlat tyre by nail",
	});
	t.match(await terminology("search", "https://nowhere.example", "x"), {
		code: 2,
		err: /nowhere\.example is not loaded: see phc terminology list/,
	});
});

t.test("the same version takes the place of the old, and a broken file changes nothing", async (t) => {
	t.match(await terminology("load", join(folder, "icd10.xml")), { code: 0, out: /is loaded again: 7 concepts/ });
	folderOf(folder, { "icd10.xml": claml().slice(0, 1500) });
	t.match(await terminology("load", join(folder, "icd10.xml")), {
		code: 1,
		err: /icd10\.xml, line \d+: is not well-formed XML/,
	});
	t.match((await terminology("list")).out, /icd-10\t2019\t7 concepts/);
});

t.test("an extension without what it extends is refused", async (t) => {
	const files = Object.fromEntries(
		Object.entries(rf2Release("20240315", "IN1000189")).map(([path, text]) => [
			path,
			path.includes("Concept") ? text.replace(/^100001.*\r\n/m, "") : text,
		]),
	);
	t.match(await terminology("load", folderOf(join(folder, "extension"), files)), {
		code: 1,
		err: /The code 100002 stands below 100001, which is not in the files .* an extension is loaded together with what it extends/,
	});
});

t.test("versions and systems are removed", async (t) => {
	t.match(await terminology("remove", "http://loinc.org", "2.71"), {
		code: 2,
		err: /loinc\.org version 2\.71 is not loaded/,
	});
	t.match(await terminology("remove", "http://loinc.org", "2.72"), {
		code: 0,
		out: "1 version of http://loinc.org removed",
	});
	t.notMatch((await terminology("list")).out, /loinc/);
});

t.test("what is asked wrongly is said", async (t) => {
	t.match(await terminology(), { code: 2, err: /Say what to do: load, list, search, remove/ });
	t.match(await terminology("load"), { code: 2, err: /Nothing to load/ });
	t.match(await terminology("load", folder, "--format", "xls"), {
		code: 2,
		err: /--format is "xls": it must be one of rf2, loinc/,
	});
	t.match(await terminology("load", join(folder, "nowhere.zip")), {
		code: 1,
		err: /nowhere\.zip: there is no such file or folder/,
	});
	t.match(await terminology("search", SNOMED), { code: 2, err: /Name a code system, by its url, and words/ });
	t.match(await terminology("remove"), { code: 2, err: /Name one code system/ });
});

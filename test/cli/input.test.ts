import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import { inputFiles, parcelsOf, type Unreadable } from "../../src/cli/input.ts";
import type { Parcel } from "../../src/cli/parcel.ts";

const line = (id: string): string => `{"resourceType":"Patient","id":"${id}"}\n`;
const places = (parcel: Parcel | undefined) =>
	parcel && "pieces" in parcel ? parcel.pieces.map(({ place }) => place) : undefined;
const never = () => false;

async function cut(file: string, batch: number, skip: (place: number) => boolean = never) {
	const faults: Unreadable[] = [];
	const parcels: Parcel[] = [];
	const cutting = { batch, keepDocuments: false };
	for await (const parcel of parcelsOf(file, cutting, skip, (fault) => faults.push(fault))) parcels.push(parcel);
	return { parcels, faults };
}

t.test("NDJSON is read as it comes: the first batch is there before the end of the file is", async (t) => {
	const file = join(t.testdir({}), "endless.ndjson");
	execFileSync("mkfifo", [file]);
	const writer = createWriteStream(file);
	const parcels = parcelsOf(file, { batch: 2, keepDocuments: false }, never, () => undefined);
	writer.write(line("a") + line("b") + line("c"));
	t.same(places((await parcels.next()).value as Parcel), [1, 2]);
	writer.end(line("d"));
	t.same(places((await parcels.next()).value as Parcel), [3, 4]);
	t.ok((await parcels.next()).done);
});

t.test("a batch is cut at its number of lines and at 8 MB", async (t) => {
	const long = `{"resourceType":"Binary","data":"${"A".repeat(3 * 1024 * 1024)}"}\n`;
	const folder = t.testdir({ "few.ndjson": line("a").repeat(5), "long.ndjson": long.repeat(4) });
	const few = await cut(join(folder, "few.ndjson"), 2);
	t.same(few.parcels.map(places), [[1, 2], [3, 4], [5]]);
	const large = await cut(join(folder, "long.ndjson"), 200);
	t.same(large.parcels.map(places), [[1, 2, 3], [4]]);
});

t.test("empty lines and lines already stored are passed over, and keep their numbers", async (t) => {
	const folder = t.testdir({ "x.ndjson": `${line("a")}\n${line("b")}\r\n${line("c")}` });
	const { parcels, faults } = await cut(join(folder, "x.ndjson"), 10, (place) => place === 3);
	t.same(parcels.map(places), [[1, 5]]);
	t.same(faults, []);
	t.same((await cut(join(folder, "x.ndjson"), 10, (place) => place === 0)).parcels, [], "the whole file is stored");
});

t.test("what is no resource is told with its line", async (t) => {
	const folder = t.testdir({ "x.ndjson": `[]\n{"id":"1"}\n${line("a")}`, "y.json": "{", "z.json": '{"a":1}' });
	const file = join(folder, "x.ndjson");
	const message = "The line is not a FHIR resource";
	t.same((await cut(file, 10)).faults, [
		{ file, place: 1, message },
		{ file, place: 2, message },
	]);
	t.match((await cut(join(folder, "y.json"), 10)).faults, [{ place: 0, message: /not JSON/ }]);
	t.match((await cut(join(folder, "z.json"), 10)).faults, [{ place: 0, message: /not a FHIR resource/ }]);
});

t.test("a folder gives its JSON files by name, with those below, without journals", async (t) => {
	const folder = t.testdir({});
	mkdirSync(join(folder, "deep"));
	const names = ["b.json", "a.ndjson", "deep/c.jsonl", "notes.md", "b.json.phc-load.ndjson"];
	for (const name of names) writeFileSync(join(folder, name), line("a"));
	t.same(
		inputFiles(folder).map(({ path }) => basename(path)),
		["a.ndjson", "b.json", "c.jsonl"],
	);
	t.same(inputFiles(join(folder, "b.json")), [{ path: join(folder, "b.json"), bytes: line("a").length, first: false }]);
});

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { create } from "tar";
import { readPackage } from "../../src/definitions/package.ts";

type Files = Record<string, unknown>;

const valueSet = (name: string, more: object = {}) => ({
	resourceType: "ValueSet",
	url: `http://guide.example/ValueSet/${name}`,
	version: "1.0.0",
	text: { status: "generated", div: "<div>for people</div>" },
	...more,
});

/** A folder with these files, each JSON unless it is text. */
function folder(t: Test, files: Files): string {
	const root = t.testdir({});
	for (const [path, content] of Object.entries(files)) {
		mkdirSync(join(root, path, ".."), { recursive: true });
		writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
	}
	return root;
}

async function archive(t: Test, files: Files, entries = ["package"]): Promise<string> {
	const cwd = folder(t, files);
	const file = join(cwd, "guide.tgz");
	await create({ file, cwd, gzip: true, preservePaths: true }, entries);
	return file;
}

const manifest = { name: "guide.example", version: "1.0.0", fhirVersions: ["4.0.1"] };

t.test("reads the definitions of a published package", async (t) => {
	const file = await archive(t, {
		"package/package.json": manifest,
		"package/.index.json": { files: [] },
		"package/ValueSet-a.json": valueSet("a"),
		"package/CodeSystem-c.json": { resourceType: "CodeSystem", url: "http://guide.example/c", content: "complete" },
		"package/ImplementationGuide-g.json": { resourceType: "ImplementationGuide", url: "http://guide.example/g" },
		"package/Patient-p.json": { resourceType: "Patient" },
		"package/example/ValueSet-example.json": valueSet("example"),
	});
	const found = await readPackage(file);
	t.match(found, { name: "guide.example", version: "1.0.0" });
	t.same(
		found.resources.map(({ resourceType }) => resourceType),
		["CodeSystem", "ValueSet"],
	);
	t.notOk("text" in (found.resources[1] ?? {}), "what only people read is not kept");
	t.same(
		found.passed.map(({ file: name, isFault }) => [name, isFault]),
		[
			["ImplementationGuide-g.json", false],
			["Patient-p.json", false],
		],
	);
});

t.test("names what it passes over", async (t) => {
	const found = await readPackage(
		folder(t, {
			"a.json": valueSet("a"),
			"again.json": valueSet("a"),
			"broken.json": '{"resourceType":',
			"nameless.json": { resourceType: "ValueSet" },
			"r5.json": { ...valueSet("b"), resourceType: "StructureDefinition", fhirVersion: "5.0.0" },
			"readme.txt": "text",
		}),
	);
	t.equal(found.resources.length, 1);
	t.match(found.passed, [
		{ file: "again.json", reason: /defines ValueSet .*\/a\|1\.0\.0 once more/, isFault: true },
		{ file: "broken.json", reason: /cannot be read/ },
		{ file: "nameless.json", reason: /without a url/ },
		{ file: "r5.json", reason: /is for FHIR 5\.0\.0/ },
	]);
});

t.test("a folder gives its name where nothing else does", async (t) => {
	const guide = { resourceType: "ImplementationGuide", packageId: "from.guide", version: "3.1.0" };
	t.match(await readPackage(folder(t, { "g.json": guide, "a.json": valueSet("a") })), {
		name: "from.guide",
		version: "3.1.0",
	});
	const plain = folder(t, { "my-guide/a.json": valueSet("a") });
	t.match(await readPackage(join(plain, "my-guide")), { name: "my-guide", version: "0" });
	const nested = folder(t, { "package/package.json": manifest, "package/a.json": valueSet("a") });
	t.match(await readPackage(nested), { name: "guide.example", version: "1.0.0" });
});

t.test("a StructureDefinition is kept without its texts, and without a differential it does not need", async (t) => {
	const element = [
		{
			id: "Extension",
			path: "Extension",
			min: 0,
			max: "1",
			short: "s",
			constraint: [{ key: "ele-1", severity: "error" }],
		},
		{
			id: "Extension.url",
			path: "Extension.url",
			min: 1,
			max: "1",
			type: [{ code: "uri" }],
			fixedUri: "http://x.example",
		},
	];
	const definition = {
		resourceType: "StructureDefinition",
		url: "http://x.example",
		name: "X",
		kind: "complex-type",
		type: "Extension",
		description: "d",
		snapshot: { element },
		differential: { element: [{ path: "Extension.url", fixedUri: "http://x.example" }] },
	};
	const half = { ...definition, url: "http://y.example", snapshot: { element: [{ path: "Extension" }] } };
	const [whole, made] = (await readPackage(folder(t, { "x.json": definition, "y.json": half }))).resources;
	t.same(whole?.snapshot, {
		element: [{ id: "Extension", path: "Extension", min: 0, max: "1" }, element[1]],
	});
	t.notOk("description" in (whole ?? {}));
	t.notOk("differential" in (whole ?? {}));
	t.same(made?.differential, definition.differential);
	t.notOk("snapshot" in (made ?? {}));
});

t.test("refuses what is no package, is broken, or for another FHIR version", async (t) => {
	await t.rejects(readPackage("/nowhere/x.tgz"), { message: /does not exist/ });
	await t.rejects(readPackage(folder(t, { "readme.txt": "text" })), { message: /holds no definitions/ });
	await t.rejects(readPackage(join(folder(t, { "x.tgz": "no archive at all".repeat(100) }), "x.tgz")), {
		message: /not a whole \.tgz archive/,
	});
	const r5 = { ...manifest, fhirVersions: ["5.0.0"] };
	await t.rejects(readPackage(folder(t, { "package.json": r5, "a.json": valueSet("a") })), {
		message: /is for FHIR 5\.0\.0; this server speaks R4/,
	});
});

t.test("names the file whose definition is beyond all bounds", async (t) => {
	const element = Array.from({ length: 5001 }, (_, n) => ({ id: `Patient.x${n}`, path: `Patient.x${n}` }));
	const huge = { resourceType: "StructureDefinition", url: "http://guide.example/huge", snapshot: { element } };
	const root = folder(t, { "huge.json": { ...huge, differential: { element } } });
	await t.rejects(readPackage(root), { kind: "unprocessable", message: /^huge\.json cannot be used: .*at most 5000/ });
});

t.test("refuses what is too large, however small it is packed", async (t) => {
	const bomb = { "package/package.json": manifest, "package/a.json": " ".repeat(3_000_000) };
	const file = await archive(t, bomb);
	await t.rejects(readPackage(file, { bytes: 1_000_000, files: 10 }), { message: /more than 10 files or 1 MB/ });
	await t.rejects(readPackage(file), { message: /ratio/ });
	const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`package/${i}.json`, valueSet(`${i}`)]));
	await t.rejects(readPackage(await archive(t, many), { bytes: 1_000_000, files: 10 }), {
		message: /more than 10 files or 1 MB/,
	});
	await t.rejects(readPackage(folder(t, many), { bytes: 1_000_000, files: 10 }), {
		message: /more than 10 files or 1 MB/,
	});
});

t.test("nothing outside the package is read, whatever its entries are called", async (t) => {
	const secret = { ...valueSet("secret") };
	const files = { "package/package.json": manifest, "package/a.json": valueSet("a"), "secret.json": secret };
	const cwd = folder(t, files);
	symlinkSync(join(cwd, "secret.json"), join(cwd, "package", "link.json"));
	const file = join(cwd, "guide.tgz");
	await create({ file, cwd, gzip: true, preservePaths: true }, [
		"package",
		join(cwd, "secret.json"),
		"package/../secret.json",
	]);
	const urls = async (path: string) => (await readPackage(path)).resources.map(({ url }) => url);
	t.same(await urls(file), ["http://guide.example/ValueSet/a"]);
	t.same(await urls(join(cwd, "package")), ["http://guide.example/ValueSet/a"]);
});

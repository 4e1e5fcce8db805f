import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { create } from "tar";
import { COMMANDS } from "../../src/cli/commands.ts";
import { dispatch } from "../../src/cli/dispatch.ts";
import { testDatabase } from "../support/database.ts";

const dataDir = t.testdir({});
const { url } = await testDatabase(t);
const before = { ...process.env };
Object.assign(process.env, { DATABASE_URL: url, DATA_DIR: dataDir });
t.teardown(() => {
	process.env = before;
});

async function phc(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
	const out: string[] = [];
	const err: string[] = [];
	const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), interactive: false };
	return { code: await dispatch(argv, io, COMMANDS), out: out.join("\n"), err: err.join("\n") };
}

const profile = (name: string, base: string, element: object[]) => ({
	resourceType: "StructureDefinition",
	url: `http://guide.example/StructureDefinition/${name}`,
	version: "1.0.0",
	name,
	status: "active",
	kind: "resource",
	abstract: false,
	type: "Patient",
	baseDefinition: base,
	derivation: "constraint",
	differential: { element },
});
const patient = "http://hl7.org/fhir/StructureDefinition/Patient";
const named = profile("named", patient, [{ id: "Patient.name", path: "Patient.name", min: 1 }]);

/** A package as publishers make it. */
async function pack(name: string, version: string, files: Record<string, unknown>): Promise<string> {
	const folder = join(dataDir, `${name}-${version}`);
	mkdirSync(join(folder, "package", "example"), { recursive: true });
	const manifest = { name, version, fhirVersions: ["4.0.1"] };
	for (const [file, content] of Object.entries({ ...files, "package.json": manifest })) {
		const text = typeof content === "string" ? content : JSON.stringify(content);
		writeFileSync(join(folder, "package", file), text);
	}
	const file = join(dataDir, `${name}-${version}.tgz`);
	await create({ file, cwd: folder, gzip: true }, ["package"]);
	return file;
}

t.test("adds a package for all clinics, lists and removes it", async (t) => {
	const file = await pack("guide", "1.0.0", {
		"StructureDefinition-named.json": named,
		"Patient-one.json": { resourceType: "Patient" },
		"broken.json": "{",
	});
	const added = await phc("definitions", "add", file);
	t.match(added, {
		code: 0,
		out: /^guide 1\.0\.0 is added for all clinics: 1 StructureDefinition, 2 other files passed over$/,
	});
	t.match(added.err, /^passed over: broken\.json cannot be read: /);
	t.match(await phc("definitions", "add", file), { code: 0, out: /guide 1\.0\.0 is replaced/ });
	t.match((await phc("definitions", "list")).out, /^guide\t1\.0\.0\t\(all clinics\)\t1 definition\t\d{4}-\d\d-\d\d$/);
	t.match(await phc("definitions", "remove", "guide", "2.0.0"), { code: 1, err: /no package guide 2\.0\.0/ });
	t.match(await phc("definitions", "remove", "guide"), { code: 0, out: "guide (1 version) is removed" });
	t.equal((await phc("definitions", "list")).out, "");
});

t.test("adds a package for one clinic, on what is there for all", async (t) => {
	await phc("tenant", "create", "rampur", "--name", "PHC Rampur");
	const derived = profile("born", named.url, [{ id: "Patient.birthDate", path: "Patient.birthDate", min: 1 }]);
	const own = await pack("own", "1", { "StructureDefinition-born.json": derived });
	const alone = await phc("definitions", "add", own, "--tenant", "rampur");
	t.match(alone, { code: 1, err: /born\|1\.0\.0 is derived from .*named, which is not known here: add the package/ });
	await phc("definitions", "add", await pack("guide", "1.0.0", { "named.json": named }));
	t.match(await phc("definitions", "add", own, "--tenant", "rampur"), { code: 0, out: /for the clinic rampur/ });
	t.match((await phc("definitions", "list")).out, /own\t1\trampur\t1 definition/);
	t.match(await phc("definitions", "add", own, "--tenant", "nowhere"), { code: 1, err: /no clinic "nowhere"/ });
});

t.test("adds nothing when one profile is wrong, and names every fault", async (t) => {
	const wrong = profile("wrong", patient, [
		{ id: "Patient.nick", path: "Patient.nick", min: 1 },
		{ id: "Patient.active", path: "Patient.active", max: "2" },
	]);
	const refused = await phc("definitions", "add", await pack("bad", "1", { "a.json": named, "b.json": wrong }));
	t.equal(refused.code, 1);
	t.match(refused.err, /wrong\|1\.0\.0, element Patient\.nick: Patient has no element "nick"/);
	t.match(refused.err, /element Patient\.active: cardinality 0\.\.2 is wider than 0\.\.1 of the base/);
	t.match(refused.err, /bad 1 is not added: 2 faults/);
	t.notMatch((await phc("definitions", "list")).out, /bad/);
});

t.test("says what is no package, and how it is asked", async (t) => {
	t.match(await phc("definitions", "add", join(dataDir, "none.tgz")), { code: 1, err: /does not exist/ });
	t.match(await phc("definitions", "add"), { code: 2, err: /Name one package/ });
	t.match(await phc("definitions"), { code: 2, err: /add, list, remove/ });
	t.match(await phc("definitions", "remove"), { code: 2, err: /Name one package/ });
});

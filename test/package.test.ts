import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t, { type Test } from "tap";

const exec = promisify(execFile);
const root = join(import.meta.dirname, "..");
const OLD_NODE = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})`;

/** Runs a program as a user would: without the loaders that tap gives to every process a test starts. */
const run = (program: string, args: string[], cwd?: string): Promise<{ stdout: string; stderr: string }> =>
	exec("env", ["-u", "NODE_OPTIONS", program, ...args], { cwd });

/** Packs the project as npm publishes it and unpacks it; its dependencies are those of the project. */
async function unpack(t: Test): Promise<string> {
	const folder = t.testdir({});
	const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], root);
	const { filename } = JSON.parse(stdout.slice(stdout.search(/^\[/m)))[0] as { filename: string };
	await run("tar", ["-xzf", join(folder, filename), "-C", folder]);
	const unpacked = join(folder, "package");
	symlinkSync(join(root, "node_modules"), join(unpacked, "node_modules"));
	return unpacked;
}

t.test("the package", async (t) => {
	const unpacked = await unpack(t);
	const files = globSync("**/*", { cwd: unpacked, withFileTypes: true, exclude: ["node_modules"] })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));

	t.test("holds what it needs to run and nothing else", async (t) => {
		for (const file of ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "bin/phc.js", "dist/cli/main.js"]) {
			t.ok(files.includes(file), file);
		}
		const strangers = files.filter((file) => !/^(?:dist\/|profiles\/|bin\/phc\.js$|[^/]+$)/.test(file));
		t.strictSame(strangers, []);
		t.strictSame(
			files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts")),
			[],
		);
	});

	t.test("has beside its code each file that the code reads", async (t) => {
		const data = globSync("src/**/*.*", { cwd: root }).filter((path) => !path.endsWith(".ts"));
		for (const path of data) t.ok(files.includes(path.replace(/^src/, "dist")), path);
		for (const path of globSync("profiles/**/*.json", { cwd: root })) t.ok(files.includes(path), path);
		for (const file of files.filter((name) => name.endsWith(".js"))) {
			const code = readFileSync(join(unpacked, file), "utf8");
			for (const [, path] of code.matchAll(/["'](\.{1,2}\/[\w./-]+\.ts)["']/g)) t.fail(`${file} names ${path}`);
		}
	});

	t.test("exports what exists", async (t) => {
		const { bin, exports } = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"));
		for (const path of [bin.phc, exports["."].types, exports["."].default])
			t.ok(existsSync(join(unpacked, path)), path);
	});

	t.test("runs phc", async (t) => {
		const { stdout } = await run(process.execPath, [join(unpacked, "bin/phc.js"), "--help"], unpacked);
		t.match(stdout, /phc/);
	});

	t.test("tells an older Node what it needs", async (t) => {
		const args = ["--import", OLD_NODE, join(unpacked, "bin/phc.js"), "--help"];
		const failure = await run(process.execPath, args).then(
			() => t.fail("it ran"),
			(error) => error,
		);
		t.equal(failure.code, 1);
		t.match(failure.stderr, /needs Node\.js 22\.17 or newer/);
	});
});

t.test("the lock file holds the packages of every platform, or npm ci refuses it", async (t) => {
	const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
	const packages = Object.entries(lock.packages as Record<string, { optionalDependencies?: Record<string, string> }>);
	const held = new Set(
		packages.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)),
	);
	const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies)
			.filter((name) => !held.has(name))
			.map((name) => `${path} wants ${name}`),
	);
	t.strictSame(missing, []);
});

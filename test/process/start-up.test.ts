import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t from "tap";

/** Packages that only the commands which read files need. */
const READERS = ["tar", "yauzl", "sax", "csv-parse", "stream-json", "pg-copy-streams"];

/** Prints the packages that importing the server loads. */
const SCRIPT = `
	import { registerHooks } from "node:module";
	const loaded = new Set();
	registerHooks({
		resolve(name, context, next) {
			const found = next(name, context);
			const of = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(found.url);
			if (of) loaded.add(of[1]);
			return found;
		},
	});
	await import(process.argv[1]);
	console.log(JSON.stringify([...loaded]));
`;

t.test("a server loads nothing that only the command line needs", async (t) => {
	const app = fileURLToPath(new URL("../../src/app.ts", import.meta.url));
	const run = promisify(execFile);
	const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", SCRIPT, app]);
	const loaded: string[] = JSON.parse(stdout);
	t.ok(loaded.includes("fastify"), "it tells what is loaded");
	t.strictSame(
		READERS.filter((name) => loaded.includes(name)),
		[],
	);
});

import t from "tap";
import { type File, faultsOf, findCycles, RULES } from "./architecture.ts";

const faults = (...files: File[]): string[] => RULES.flatMap((rule) => faultsOf(rule, files));

const caught: readonly { title: string; file: File; fault: RegExp }[] = [
	{
		title: "an import upward",
		file: { path: "search/parse.ts", text: 'import { read } from "../store/index.ts";' },
		fault:
			/^src\/search\/parse\.ts: imports the room "store": "search" may import only kernel, definitions, terminology, clinical$/,
	},
	{
		title: "an import upward of types only",
		file: { path: "kernel/id.ts", text: 'import type { Row } from "../store/index.ts";' },
		fault: /may import only nothing/,
	},
	{
		title: "an import upward by import()",
		file: { path: "kernel/id.ts", text: 'const store = await import("../store/index.ts");' },
		fault: /imports the room "store"/,
	},
	{
		title: "an export from around a door",
		file: { path: "http/fhir.ts", text: 'export { Problem } from "../kernel/problem.ts";' },
		fault: /imports kernel\/problem\.ts around its door: import it from kernel\/index\.ts/,
	},
	{
		title: "the composition root going around a door",
		file: { path: "app.ts", text: 'import { read } from "./store/read.ts";' },
		fault: /around its door/,
	},
	{
		title: "a room that reads the configuration",
		file: { path: "store/session.ts", text: 'import type { Config } from "../config.ts";' },
		fault: /take what it needs as an argument/,
	},
	{
		title: "an import from outside src",
		file: { path: "store/session.ts", text: 'import orm from "../../mikro-orm.config.ts";' },
		fault: /outside src/,
	},
	{
		title: "the environment read outside config.ts",
		file: { path: "http/logging.ts", text: "const level = process.env.LOG_LEVEL;" },
		fault: /reads process\.env/,
	},
	{
		title: "a database driver in the wrong room",
		file: { path: "interactions/read.ts", text: 'import type { Pool } from "pg";' },
		fault: /uses pg: call the store or tenancy instead/,
	},
	{
		title: "SQL in the wrong room",
		file: { path: "http/admin.ts", text: "run(`select id\n  from tenant where slug = $1`);" },
		fault: /holds SQL/,
	},
	{
		title: "console output of the server",
		file: { path: "http/admin.ts", text: 'console.log("hello");' },
		fault: /use the logger/,
	},
	{
		title: "a file that is too long",
		file: { path: "kernel/id.ts", text: "x;\n".repeat(401) },
		fault: /has 401 lines: make it two files/,
	},
	{ title: "a name in camel case", file: { path: "kernel/newId.ts", text: "" }, fault: /kebab-case/ },
	{ title: "an unknown room", file: { path: "utils/strings.ts", text: "" }, fault: /"utils" is no room of the house/ },
];

for (const { title, file, fault } of caught) {
	t.test(`${title} is caught`, async (t) => {
		const found = faults(file);
		t.equal(found.length, 1, found.join("\n"));
		t.match(found[0], fault);
	});
}

t.test("what only looks like a fault is none", async (t) => {
	const text = [
		'// import { x } from "../store/index.ts"; process.env.X; console.log(1)',
		'/* select id from tenant */ const help = "Choose a clinic from the list; console.log() and process.env are words";',
		'const url = "https://example.org/"; const re = /"..\\/store"/; const half = 4 / 2;',
		'import { newId } from "../kernel/index.ts";',
		"const deep = `$" + "{`a}`}`;",
	].join("\n");
	t.strictSame(faults({ path: "auth/token.ts", text }), []);
});

t.test("a cycle is named once, also through types", async (t) => {
	const cycle: File[] = [
		{ path: "kernel/a.ts", text: 'import { b } from "./b.ts";' },
		{ path: "kernel/b.ts", text: 'import type { C } from "./deep/c.ts";' },
		{ path: "kernel/deep/c.ts", text: 'export { a } from "../a.ts";' },
		{ path: "kernel/d.ts", text: 'import "./a.ts";' },
	];
	t.strictSame(findCycles(cycle), ["kernel/a.ts → kernel/b.ts → kernel/deep/c.ts → kernel/a.ts"]);
});

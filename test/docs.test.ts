import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { COMMANDS } from "../src/cli/commands.ts";
import { readClientEnvironment, readConfig } from "../src/config.ts";
import { PROBLEM_KINDS } from "../src/kernel/index.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** The cells of every table row whose first cell is code. */
const rows = (text: string): string[][] =>
	[...text.matchAll(/^\| (`.*) \|$/gm)].map(([, row]) => (row as string).split(" | "));

const bare = (cell = ""): string => cell.replaceAll("`", "");

t.test("docs/configuration.md lists exactly the variables that src/config.ts reads", async (t) => {
	const asked = new Set<string>();
	const environment = new Proxy({}, { get: (_, name) => void asked.add(String(name)) });
	readConfig(environment);
	readClientEnvironment(environment);
	const listed = rows(read("docs/configuration.md")).map(([name]) => bare(name));
	t.same(listed.toSorted(), [...asked].toSorted());
});

t.test("docs/errors.md lists every kind of problem with its status and code", async (t) => {
	const listed = rows(read("docs/errors.md")).map(([kind, status, code]) => [bare(kind), status, bare(code)]);
	const kinds = Object.entries(PROBLEM_KINDS).map(([kind, { status, code }]) => [kind, String(status), code]);
	t.same(listed, kinds);
});

t.test("docs/commands.md lists every command with its summary", async (t) => {
	const listed = rows(read("docs/commands.md")).map(([command, summary]) => `${bare(command)}: ${summary}`);
	t.same(listed.toSorted(), COMMANDS.map(({ name, summary }) => `phc ${name}: ${summary}`).toSorted());
});

const pages = [
	"README.md",
	...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
		.filter((path) => path.endsWith(".md"))
		.map((path) => join("docs", path)),
];

const linksOf = (page: string): string[] =>
	[...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => join(dirname(page), link as string));

t.test("every link between pages leads somewhere, and the map leads to every page", async (t) => {
	for (const page of pages) {
		t.same(
			linksOf(page).filter((link) => !existsSync(join(root, link))),
			[],
			page,
		);
	}
	const linked = new Set(pages.flatMap(linksOf));
	t.same(
		pages.filter((page) => page !== "README.md" && !page.startsWith(join("docs", "adr")) && !linked.has(page)),
		[],
	);
});

t.test("the README has the quick start, the test command and five lines of curl", async (t) => {
	const readme = read("README.md");
	t.match(readme, "npm ci && npm start");
	t.match(readme, "npm ci && npm test");
	const lines = readme.split("\n").filter((line) => line.includes("curl -s"));
	t.equal(lines.length, 5);
	for (const [, body] of lines.join("\n").matchAll(/ -d '([^']+)'/g)) {
		t.doesNotThrow(() => JSON.parse(body as string));
	}
});

import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import t from "tap";
import { type File, faultsOf, findCycles, RULES } from "./support/architecture.ts";

const root = join(import.meta.dirname, "..", "src");
const files: File[] = readdirSync(root, { recursive: true, encoding: "utf8" })
	.filter((path) => path.endsWith(".ts"))
	.map((path) => ({ path: path.split(sep).join("/"), text: readFileSync(join(root, path), "utf8") }));

for (const rule of RULES) {
	t.test(rule.name, async (t) => {
		t.equal(faultsOf(rule, files).join("\n"), "");
	});
}

t.test("no import cycle", async (t) => {
	t.equal(findCycles(files).join("\n"), "", "break it: move what both need into a file below both");
});

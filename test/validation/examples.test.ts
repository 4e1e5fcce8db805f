import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { checkStructure } from "../../src/validation/index.ts";
import { INVALID, r4Examples } from "../support/r4-examples.ts";

const registry = loadRegistry();

t.test("every example of the specification passes, but those that break its rules", async (t) => {
	const wrong: string[] = [];
	const failing = new Set<string>();
	let examples = 0;
	for (const { name, text } of r4Examples()) {
		examples++;
		const issues = checkStructure(registry, parseJson(text) as Resource);
		if (issues.length > 0) failing.add(name);
		for (const issue of issues) if (!INVALID[name]?.test(issue.text)) wrong.push(`${name}: ${issue.text}`);
	}
	t.ok(examples > 5000, `${examples} examples`);
	t.strictSame(wrong, []);
	t.strictSame([...failing].sort(), Object.keys(INVALID).sort(), "the list names only examples that fail");
});

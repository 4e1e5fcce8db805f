import t from "tap";
import { loadDefinitions, loadRegistry } from "../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { createValidator } from "../../src/validation/index.ts";
import { INVALID, r4Examples } from "../support/r4-examples.ts";
import { standardCodes } from "../support/standard-codes.ts";

const definitions = loadDefinitions();
const validate = createValidator(loadRegistry(), definitions);
const options = { profiles: [], mode: "enforce", advice: false, definitions, codes: standardCodes() } as const;

t.test(
	"every example of the specification passes, with the profiles it claims, but those that break a rule",
	async (t) => {
		const wrong: string[] = [];
		const failing = new Set<string>();
		let examples = 0;
		for (const { name, text } of r4Examples()) {
			examples++;
			const issues = await validate(parseJson(text) as Resource, options);
			if (issues.length > 0) failing.add(name);
			for (const issue of issues) if (!INVALID[name]?.test(issue.text)) wrong.push(`${name}: ${issue.text}`);
		}
		t.ok(examples > 5000, `${examples} examples`);
		t.strictSame(wrong, []);
		t.strictSame([...failing].sort(), Object.keys(INVALID).sort(), "the list names only examples that fail");
	},
);

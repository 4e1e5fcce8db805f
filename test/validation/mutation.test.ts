import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { documentBundle } from "../../bench/document.ts";
import { loadDefinitions, loadRegistry } from "../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { createValidator } from "../../src/validation/index.ts";
import { mutate, random } from "../support/mutate.ts";
import { standardCodes } from "../support/standard-codes.ts";

const folder = join(import.meta.dirname, "../../node_modules/hl7.fhir.r4.examples");
const definitions = loadDefinitions();
const validate = createValidator(loadRegistry(), definitions);
const options = { profiles: [], mode: "enforce", advice: true, definitions, codes: standardCodes() } as const;
const EXAMPLES = ["Patient-example", "Observation-blood-pressure", "Bundle-bundle-transaction", "Questionnaire-f201"];
const SEEDS = [
	...EXAMPLES.map((name) => readFileSync(join(folder, `${name}.json`), "utf8")),
	JSON.stringify(documentBundle(1, 8)),
];
const ROUNDS = 10_000;

t.test("no mutation of a resource makes the validator throw, and every finding names its place", async (t) => {
	const next = random(4011);
	let refused = 0;
	for (let round = 0; round < ROUNDS; round++) {
		const resource = parseJson(SEEDS[round % SEEDS.length] as string) as Resource;
		for (let i = 0; i <= round % 4; i++) mutate(resource, next);
		const issues = await validate(resource, options);
		if (issues.some(({ severity }) => severity === "error")) refused++;
		const wrong = issues.find(({ text, expression, rule }) => {
			if (rule === "PHC-V-019") return false;
			return !expression?.match(/^[A-Z]\w+/) || !text.startsWith(expression);
		});
		if (wrong) t.fail(`round ${round}: ${wrong.text}`);
	}
	t.ok(refused > ROUNDS * 0.75, `${refused} of ${ROUNDS} refused`);
});

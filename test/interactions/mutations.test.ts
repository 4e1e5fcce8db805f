import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { documentBundle } from "../../bench/document.ts";
import { Problem, parseJson, type Resource } from "../../src/kernel/index.ts";
import { testClinic } from "../support/clinic.ts";
import { mutate, random } from "../support/mutate.ts";

/** `node test/interactions/mutations.test.ts 50000 7` sends fifty thousand from the seed 7. */
const [ROUNDS = 10_000, SEED = 4012] = process.argv.slice(2).map(Number);
const folder = join(import.meta.dirname, "../../node_modules/hl7.fhir.r4.examples");
const EXAMPLES = [
	"Patient-example",
	"Observation-blood-pressure",
	"Encounter-f001",
	"Condition-f001",
	"Questionnaire-f201",
];
const SEEDS = [
	...EXAMPLES.map((name) => readFileSync(join(folder, `${name}.json`), "utf8")),
	JSON.stringify(documentBundle(1, 6)),
];

t.setTimeout(ROUNDS * 20);

t.test(
	"a mutated resource is stored, or refused with the place of every fault",
	{ timeout: ROUNDS * 20 },
	async (t) => {
		const ask = await testClinic(t);
		const next = random(SEED);
		let refused = 0;
		for (let round = 0; round < ROUNDS; round++) {
			const resource = parseJson(SEEDS[round % SEEDS.length] as string) as Resource;
			const type = resource.resourceType;
			for (let i = 0; i <= round % 3; i++) mutate(resource, next);
			const fault = await ask("POST", type, JSON.stringify(resource)).then(
				({ status }) => (status === 201 ? undefined : `${status}`),
				(error: unknown) => {
					refused++;
					if (!(error instanceof Problem)) return String(error);
					if (error.status >= 500) return `${error.status} ${error.message}`;
					return error.issues.find(({ expression, rule }) => expression === undefined && rule !== "PHC-V-019")?.text;
				},
			);
			if (fault !== undefined) t.fail(`round ${round}: ${fault}`);
		}
		t.ok(refused > ROUNDS / 2, `${refused} of ${ROUNDS} refused`);
	},
);

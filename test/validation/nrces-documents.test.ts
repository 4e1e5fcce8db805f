import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type Definitions, definitionsOf, layer, loadDefinitions, loadRegistry } from "../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { createValidator } from "../../src/validation/index.ts";
import { DAMAGES } from "../support/nrces-damages.ts";
import { OFFICIAL, resourcesIn, withoutOfficial } from "../support/profiles.ts";
import { standardCodes } from "../support/standard-codes.ts";

const registry = loadRegistry();
const ours = loadDefinitions();
const validate = createValidator(registry, ours);
const folder = join(OFFICIAL, "../samples");
const skip = withoutOfficial;

const errorsOf = async (resource: Resource, definitions: Definitions) =>
	validate(resource, { profiles: [], mode: "enforce", advice: false, definitions, codes: standardCodes(definitions) });

const samples = (): readonly string[] => readdirSync(folder).filter((file) => file.endsWith(".json"));
const sample = (file: string): Resource => parseJson(readFileSync(join(folder, file), "utf8")) as Resource;

const sets: Record<string, () => Definitions> = {
	"our profiles": () => ours,
	"the official package": () => layer(definitionsOf([...resourcesIn(OFFICIAL).values()]), ours),
};

for (const [name, make] of Object.entries(sets)) {
	t.test(name, { skip }, async (t) => {
		const definitions = make();

		t.test("let every official sample pass", async (t) => {
			t.ok(samples().length >= 18);
			for (const file of samples()) t.strictSame(await errorsOf(sample(file), definitions), [], file);
		});

		t.test("refuse every damaged copy, and name the rule", async (t) => {
			t.ok(DAMAGES.length >= 60, `${DAMAGES.length} damages`);
			for (const { sample: part, what, damage, rule, place } of DAMAGES) {
				const file = samples().find((one) => one.startsWith(part)) ?? "";
				const document = sample(file);
				const entries = document.entry as { resource: unknown }[];
				damage(document, (n) => entries[n]?.resource);
				const issues = await errorsOf(document, definitions);
				const told = issues.map((issue) => `${issue.rule} ${issue.expression}`);
				t.ok(told.includes(`${rule} ${place}`), `${part}: ${what}`, { wanted: `${rule} ${place}`, told });
			}
		});
	});
}

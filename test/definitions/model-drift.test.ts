import { readFileSync } from "node:fs";
import t from "tap";
import { buildModel, formatModel, R4_MODEL, R4_PACKAGE } from "../../scripts/generate-r4-model.ts";

t.test("the committed model is what the specification package gives", async (t) => {
	const committed = readFileSync(R4_MODEL, "utf8");
	const fresh = formatModel(buildModel(R4_PACKAGE));
	t.ok(
		committed === fresh,
		"run `node scripts/generate-r4-model.ts` and review the diff of src/definitions/r4/model.json",
	);
	t.ok(committed.length < 700_000, "stays compact");
});

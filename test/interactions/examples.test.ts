import t from "tap";
import { testClinic } from "../support/clinic.ts";
import { EXAMPLES_TIMEOUT_MS, examplesBy, storesEqual } from "../support/stored-examples.ts";

t.setTimeout(EXAMPLES_TIMEOUT_MS);
const ask = await testClinic(t);

t.test(
	"every example of the specification is stored and read back equal",
	{ timeout: EXAMPLES_TIMEOUT_MS },
	async (t) => {
		const texts = examplesBy("others");
		t.ok(texts.size > 2000, `${texts.size} examples`);
		await storesEqual(t, ask, texts);
	},
);

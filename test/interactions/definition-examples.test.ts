import t from "tap";
import { testClinic } from "../support/clinic.ts";
import { EXAMPLES_TIMEOUT_MS, examplesBy, storesEqual } from "../support/stored-examples.ts";

t.setTimeout(EXAMPLES_TIMEOUT_MS);

/** Less than one clinic may define. */
const SHARE = 25_000_000;

/** In shares that a clinic may have each. */
function shared(texts: ReadonlyMap<string, string>): Map<string, string>[] {
	const shares = [new Map<string, string>()];
	let size = 0;
	for (const [url, text] of texts) {
		if (size + text.length > SHARE) {
			shares.push(new Map());
			size = 0;
		}
		shares.at(-1)?.set(url, text);
		size += text.length;
	}
	return shares;
}

t.test(
	"every definition of the specification is stored and read back equal",
	{ timeout: EXAMPLES_TIMEOUT_MS },
	async (t) => {
		const texts = examplesBy("definitions");
		t.ok(texts.size > 2000, `${texts.size} definitions`);
		for (const [n, share] of shared(texts).entries()) await storesEqual(t, await testClinic(t, `clinic-${n}`), share);
	},
);

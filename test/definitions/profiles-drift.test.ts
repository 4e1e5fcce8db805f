import { readFileSync } from "node:fs";
import t from "tap";
import { R4_PACKAGE } from "../../scripts/generate-r4-model.ts";
import { buildProfiles, formatProfiles, R4_PROFILES, readR4 } from "../../scripts/generate-r4-profiles.ts";
import { loadR4 } from "../../src/definitions/load.ts";
import type { ElementRule } from "../../src/definitions/profile.ts";
import { readStructure } from "../../src/definitions/structure.ts";

t.test("the committed profiles are what the specification package gives", async (t) => {
	const committed = readFileSync(R4_PROFILES, "utf8");
	const fresh = formatProfiles(buildProfiles(R4_PACKAGE));
	t.ok(committed === fresh, "run `node scripts/generate-r4-profiles.ts` and review the diff of r4/profiles.json");
	t.ok(committed.length < 1_000_000, "stays compact");
});

const byKey = (rule: ElementRule) => ({
	...rule,
	...(rule.constraints && { constraints: rule.constraints.toSorted((a, b) => (a.key < b.key ? -1 : 1)) }),
});

t.test("every profile unpacks to the published snapshot", async (t) => {
	const r4 = loadR4();
	const published = readR4(R4_PACKAGE).map(readStructure);
	t.equal(r4.profiles.length, published.length);
	const differing = published.filter(({ differential: _, snapshot, ...head }) => {
		const { elements, ...unpacked } = r4.profile(`${head.url}|4.0.1`) ?? { elements: [] };
		const wanted = { ...head, elements: snapshot?.map(byKey) };
		return !isSame({ ...unpacked, elements: elements.map(byKey) }, wanted);
	});
	t.strictSame(
		differing.map(({ url }) => url),
		[],
	);
});

/** Whatever the order of keys. */
const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
const canonicalJson = (value: unknown): string =>
	JSON.stringify(value, (_key, item) =>
		item === Number.POSITIVE_INFINITY
			? "*"
			: typeof item === "object" && item !== null && !Array.isArray(item)
				? Object.fromEntries(Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1)))
				: item,
	);

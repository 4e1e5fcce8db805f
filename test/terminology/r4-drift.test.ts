import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
	buildCaseRules,
	buildConceptMaps,
	buildDetails,
	buildTerminology,
	formatCaseRules,
	formatConceptMaps,
	formatDetails,
	formatTerminology,
	R4_CASE,
	R4_CONCEPT_MAPS,
	R4_DETAILS,
	R4_PACKAGE,
	R4_TERMINOLOGY,
} from "../../scripts/generate-r4-terminology.ts";
import { Problem } from "../../src/kernel/index.ts";
import { loadTerminology } from "../../src/terminology/index.ts";

t.test("the committed terminology is what the specification package gives", async (t) => {
	const fresh = buildTerminology(R4_PACKAGE);
	const mend = "run `node scripts/generate-r4-terminology.ts` and review the diff of src/terminology/r4";
	const committed = readFileSync(R4_TERMINOLOGY, "utf8");
	t.ok(committed === formatTerminology(fresh), mend);
	t.ok(readFileSync(R4_CASE, "utf8") === formatCaseRules(buildCaseRules(fresh)), mend);
	const details = readFileSync(R4_DETAILS, "utf8");
	t.ok(details === formatDetails(buildDetails(R4_PACKAGE, fresh)), mend);
	const maps = readFileSync(R4_CONCEPT_MAPS, "utf8");
	t.ok(maps === formatConceptMaps(buildConceptMaps(R4_PACKAGE)), mend);
	t.ok(committed.length < 1_000_000 && details.length + maps.length < 1_500_000, "stays compact");
	t.notMatch(details, /"http:\/\/snomed.info\/sct":\{"\d/, "has no words of SNOMED CT");
	t.ok(readFileSync(R4_CASE).length < 60_000, "what is read at start stays small");
});

type Contains = { system?: string; code?: string; contains?: Contains[] };
type Expanded = { url: string; expansion: { contains?: Contains[] } };

const keysOf = (contains: readonly Contains[] = []): string[] =>
	contains.flatMap(({ system, code, contains }) => [...(code ? [`${system}|${code}`] : []), ...keysOf(contains)]);

t.test("expansions hold what the specification's own expansions hold", async (t) => {
	const file = readFileSync(join(R4_PACKAGE, "Bundle-valueset-expansions.json"), "utf8");
	const { entry } = JSON.parse(file) as { entry: { resource: Expanded }[] };
	const terminology = loadTerminology();
	const counts = { same: 0, more: 0, refused: 0 };
	for (const { resource } of entry) {
		const answer = await terminology.expand(resource.url).catch((error: unknown) => error);
		if (!Array.isArray(answer)) {
			t.ok(answer instanceof Problem && answer.status < 500, resource.url);
			counts.refused++;
			continue;
		}
		const ours = new Set(answer.map(({ system, code }) => `${system}|${code}`));
		const theirs = new Set(keysOf(resource.expansion.contains));
		t.strictSame([...theirs.difference(ours)], [], resource.url);
		counts[ours.size === theirs.size ? "same" : "more"]++;
	}
	// They leave out abstract and deprecated codes, and subsumption that is told by `child` properties.
	t.ok(counts.same > 465 && counts.more < 25 && counts.refused < 65, JSON.stringify(counts));
});

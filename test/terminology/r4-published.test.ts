import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { R4_PACKAGE } from "../../scripts/generate-r4-terminology.ts";
import { Problem } from "../../src/kernel/index.ts";
import { loadTerminology } from "../../src/terminology/index.ts";

type Contains = { system?: string; code?: string; display?: string; abstract?: boolean; contains?: Contains[] };
type Published = { url: string; expansion: { contains?: Contains[] } };

const file = readFileSync(join(R4_PACKAGE, "Bundle-valueset-expansions.json"), "utf8");
const published = (JSON.parse(file) as { entry: { resource: Published }[] }).entry.map(({ resource }) => resource);
const terminology = loadTerminology();

const flat = (contains: readonly Contains[] = []): Contains[] =>
	contains.flatMap((one) => [one, ...flat(one.contains)]);

t.test("every code that R4 publishes in an expansion is in its value set, and another is not", async (t) => {
	let judged = 0;
	const unknown: string[] = [];
	for (const { url, expansion } of published) {
		const member = await terminology.membership(url).catch(() => undefined);
		if (!member) {
			unknown.push(url);
			continue;
		}
		const wrong: string[] = [];
		for (const { system, code } of flat(expansion.contains)) {
			if (system === undefined || code === undefined) continue;
			judged++;
			if ((await member({ system, code })) === "out") wrong.push(`${system}|${code}`);
			if ((await member({ code })) === "out") wrong.push(code);
			if ((await member({ system, code: `no ${code}?` })) === "in") wrong.push(`${system}|no ${code}?`);
		}
		t.strictSame(wrong, [], url);
	}
	t.ok(judged > 8000, `${judged} codes`);
	t.ok(unknown.length < 5, unknown.join());
});

t.test("expansions call codes what R4 calls them", async (t) => {
	const counts = { same: 0, other: 0, none: 0, refused: 0 };
	const options = { offset: 0, activeOnly: false, selectableOnly: false, withoutSystems: [] };
	for (const { url, expansion } of published) {
		const page = await terminology.expansion(url, options).catch((error: unknown) => error);
		if (page instanceof Problem) {
			counts.refused++;
			continue;
		}
		const { concepts } = page as Awaited<ReturnType<typeof terminology.expansion>>;
		const ours = new Map(concepts.map((one) => [`${one.system}|${one.code}`, one]));
		for (const { system, code, display, abstract } of flat(expansion.contains)) {
			const found = ours.get(`${system}|${code}`);
			if (!found) continue;
			if (abstract && !found.abstract) t.fail(`${url} ${code} is abstract`);
			if (display === undefined || display === found.display) counts.same++;
			else if (found.display === "") counts.none++;
			else counts.other++;
		}
	}
	// Some value sets call a code otherwise than its system does; the words of SNOMED CT are not ours to give.
	t.ok(counts.same > 7500 && counts.other < 280 && counts.none < 380 && counts.refused < 65, JSON.stringify(counts));
});

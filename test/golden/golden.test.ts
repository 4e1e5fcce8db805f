import t from "tap";
import { caseFiles, casesOf, goldenClinics, playCase } from "./golden.ts";

const LEAST_CASES = 150;

t.setTimeout(240_000);

const clinics = await goldenClinics(t);
const files = caseFiles();

t.test("there are enough cases, each query once in its file", async (t) => {
	const queries = files.flatMap(({ name, text }) => casesOf(text).map(({ query }) => `${name} ${query}`));
	t.ok(queries.length >= LEAST_CASES, `${queries.length} cases`);
	t.equal(new Set(queries).size, queries.length);
});

for (const { name, text } of files) {
	t.test(`${name}: tree, SQL and ids are as reviewed`, async (t) => {
		const ask = name === "demo.txt" ? clinics.demo : clinics.examples;
		const blocks = text.trim().split(/\n{2,}/);
		for (const [i, one] of casesOf(text).entries())
			t.equal(
				(await playCase(ask, one)).trim(),
				blocks[i],
				`${one.query}: after a change, node scripts/generate-golden.ts and review the diff`,
			);
	});
}

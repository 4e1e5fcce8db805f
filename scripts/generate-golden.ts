import { writeFileSync } from "node:fs";
import { caseFiles, casesOf, goldenClinics, playCase } from "../test/golden/golden.ts";

/** Plays every golden case and writes what came out into its file, to be reviewed as a diff. */
const ends: (() => unknown)[] = [];
const clinics = await goldenClinics({ teardown: (end) => void ends.unshift(end as () => unknown) });
for (const { name, path, text } of caseFiles()) {
	const ask = name === "demo.txt" ? clinics.demo : clinics.examples;
	const blocks: string[] = [];
	for (const one of casesOf(text)) blocks.push(await playCase(ask, one));
	writeFileSync(path, blocks.join("\n"));
}
for (const end of ends) await end();

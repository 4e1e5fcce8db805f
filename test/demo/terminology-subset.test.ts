import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { generateDemo } from "../../src/demo/index.ts";
import { MEDICINES } from "../../src/demo/medicines.ts";

type Concept = { code: string; display: string };
type Coding = Concept & { system?: string };

const profile = (name: string) =>
	JSON.parse(readFileSync(join(import.meta.dirname, `../../profiles/${name}.json`), "utf8"));
const displays = (concepts: readonly Concept[]) => new Map(concepts.map(({ code, display }) => [code, display]));
const subset = (name: string) => displays(profile(`CodeSystem-${name}`).concept);

/** Every coding anywhere in a resource. */
function* codingsOf(value: unknown): Generator<Coding> {
	if (typeof value !== "object" || value === null) return;
	if ("system" in value && "code" in value && "display" in value) yield value as Coding;
	for (const inner of Object.values(value)) yield* codingsOf(inner);
}

t.test("every LOINC and ICD-10 code of the demo is in the subset that ships, with its display", async (t) => {
	const subsets = new Map([
		["http://loinc.org", subset("phc-loinc")],
		["http://hl7.org/fhir/sid/icd-10", subset("phc-icd-10")],
	]);
	const met = new Set<string>();
	for (const resource of generateDemo({ patients: 150, seed: 3, today: "2026-01-15" })) {
		for (const { system = "", code, display } of codingsOf(resource)) {
			const known = subsets.get(system);
			if (known === undefined || met.has(`${system} ${code}`)) continue;
			met.add(`${system} ${code}`);
			t.equal(known.get(code), display, `${system} ${code}`);
		}
	}
	t.ok(met.size > 20);
});

t.test("every generic medicine of the demo is in the code system that ships", async (t) => {
	const texts = Object.values(MEDICINES).map(({ text }) => text);
	t.same([...subset("phc-generic-medicine").values()].toSorted(), texts.toSorted());
});

t.test("the value sets are the subsets, and what belongs to others says so", async (t) => {
	for (const [set, system, owner] of [
		["phc-measurement", "phc-loinc", /LOINC is copyright © Regenstrief Institute.*license/],
		["phc-common-diagnosis", "phc-icd-10", /World Health Organization/],
	] as const) {
		const { compose, copyright } = profile(`ValueSet-${set}`);
		const whole = profile(`CodeSystem-${system}`);
		t.same(compose.include[0].concept, whole.concept);
		t.equal(compose.include[0].system, whole.url);
		t.equal(whole.content, "fragment");
		t.match(copyright, owner);
		t.equal(whole.copyright, copyright);
	}
});

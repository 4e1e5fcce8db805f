import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { type Json, type JsonObject, parseJson, type Resource } from "../../src/kernel/index.ts";
import { checkStructure } from "../../src/validation/index.ts";

const folder = join(import.meta.dirname, "../../node_modules/hl7.fhir.r4.examples");
const registry = loadRegistry();
const SEEDS = ["Patient-example", "Observation-blood-pressure", "Bundle-bundle-transaction", "Questionnaire-f201"];
const JUNK = [
	'""',
	"null",
	"[]",
	"{}",
	"0.10",
	"1e400",
	"true",
	'"\\ud800"',
	"[null]",
	'[{"id":1}]',
	'{"rawJSON":"1"}',
	'"#x"',
];

/** The same numbers in every run. */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

function places(value: Json | undefined, found: [JsonObject, string][] = []): [JsonObject, string][] {
	if (typeof value !== "object" || value === null) return found;
	for (const key of Object.keys(value)) {
		if (!Object.isFrozen(value)) found.push([value as JsonObject, key]);
		places((value as JsonObject)[key], found);
	}
	return found;
}

function mutate(resource: Resource, next: () => number): void {
	const all = places(resource);
	const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
	const [owner, key] = pick(all);
	const [otherOwner, otherKey] = pick(all);
	const action = Math.floor(next() * 5);
	if (action === 0) delete owner[key];
	else if (action === 1) owner[key] = parseJson(pick(JUNK));
	else if (action === 2) owner[pick(["_", "", "x", "value", "contained"]) + key] = parseJson(pick(JUNK));
	else if (action === 3) owner[key] = structuredClone(JSON.parse(JSON.stringify(otherOwner[otherKey] ?? null)));
	else Object.assign(owner, { [otherKey]: parseJson(pick(JUNK)) });
}

t.test("no mutation of a resource makes the check throw, and every issue names its place", async (t) => {
	const next = random(4011);
	let refused = 0;
	for (let round = 0; round < 4000; round++) {
		const seed = readFileSync(join(folder, `${SEEDS[round % SEEDS.length]}.json`), "utf8");
		const resource = parseJson(seed) as Resource;
		for (let i = 0; i <= round % 4; i++) mutate(resource, next);
		const issues = checkStructure(registry, resource);
		if (issues.length > 0) refused++;
		const wrong = issues.find(
			({ text, expression }) => !expression?.match(/^[A-Z]\w+/) || !text.startsWith(expression),
		);
		if (wrong) t.fail(`round ${round}: ${wrong.text}`);
	}
	t.ok(refused > 3000, `${refused} of 4000 refused`);
});

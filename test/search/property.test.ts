import fc from "fast-check";
import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { Problem, parseJson, type Resource } from "../../src/kernel/index.ts";
import { formatQuery } from "../../src/search/index.ts";
import { type Ask, BASE, jsonOf, testClinic } from "../support/clinic.ts";
import { OWN_BASE } from "../support/oracle/alphabets.ts";
import { cases } from "../support/oracle/cases.ts";
import { search, type World } from "../support/oracle/oracle.ts";
import type { Query } from "../support/oracle/queries.ts";
import { r4Terminology } from "../support/oracle/terminology.ts";
import type { Template } from "../support/oracle/worlds.ts";
import { structureOnly } from "../support/structure-only.ts";

/** `node test/search/property.test.ts 5000 42` runs 5000 worlds from the seed 42. */
const [RUNS = 120, SEED = 4] = process.argv.slice(2).map(Number);
/** So many worlds are asked for among all others, which fits a page; later ones by their tag too, to stay fast. */
const UNSCOPED = 100;

const registry = loadRegistry();
const terminology = r4Terminology();
const TAG = "urn:world";

t.setTimeout(RUNS * 1000);

t.test("a search finds what a plain reading of the standard finds", { timeout: RUNS * 1000 }, async (t) => {
	const ask = structureOnly(await testClinic(t));
	let made = 0;
	const property = fc.asyncProperty(cases, async ({ templates, queries }) => {
		const name = `w${++made}.`;
		const world = await store(ask, name, templates);
		for (const query of queries) {
			const owned = ownedBy(world, name, query);
			const isOrdered = owned.pairs.some(([code]) => code === "_sort");
			const expected = search(
				world,
				owned.type,
				owned.pairs.filter(([code]) => code !== "_sort"),
			);
			const asked = isOrdered || made > UNSCOPED ? scoped(owned, name) : owned;
			const found = await searched(ask, name, asked, isOrdered ? 3 : 1000);
			if (String(found) !== String(expected)) throw new Disagreement(world, owned, found, expected);
		}
	});
	const details = await fc.check(property, { seed: SEED, numRuns: RUNS });
	t.notOk(details.failed, `${details.numRuns} worlds of seed ${details.seed}`, {
		why: details.errorInstance instanceof Error ? details.errorInstance.message : details.errorInstance,
		again: `seed ${details.seed}, path ${details.counterexamplePath}`,
	});
});

/** Stores a world in one transaction; ids and tag are its own, so that worlds do not meet. */
async function store(ask: Ask, name: string, templates: readonly Template[]): Promise<World> {
	const entry = templates.map((template) => {
		const tagged = { ...template, meta: withTag(template.meta, name) };
		const resource = JSON.parse(owned(name, JSON.stringify(tagged)), keepNumber) as Template;
		return { resource, request: { method: "PUT", url: `${resource.resourceType}/${resource.id}` } };
	});
	const bundle = { resourceType: "Bundle", type: "transaction", entry };
	const response = await ask("POST", "", bundle, { conditions: { prefer: "return=representation" } });
	const stored = (parseJson(response.body as string) as unknown as { entry: { resource: Resource }[] }).entry;
	return {
		registry,
		resources: stored.map(({ resource }) => resource),
		base: BASE,
		timeZone: ask.tenant.timeZone,
		now: Date.now(),
		...terminology,
	};
}

const owned = (name: string, text: string): string => text.replaceAll("~", name).replaceAll(OWN_BASE, BASE);

const keepNumber = (_key: string, value: unknown, context?: { source: string }): unknown =>
	typeof value === "number" && context ? JSON.rawJSON(context.source) : value;

function withTag(meta: unknown, name: string): object {
	const { tag = [], ...rest } = (meta ?? {}) as { tag?: object[] };
	return { ...rest, tag: [...tag, { system: TAG, code: name }] };
}

function ownedBy(world: World, name: string, { type, pairs }: Query): Query {
	const [{ meta }] = world.resources as [Resource];
	const { lastUpdated: updated } = meta as { lastUpdated: string };
	const settle = (value: string) =>
		owned(name, value).replaceAll("@now", updated).replaceAll("@day", updated.slice(0, 10));
	return { type, pairs: pairs.map(([code, value]) => [code, settle(value)]) };
}

const scoped = ({ type, pairs }: Query, name: string): Query => ({
	type,
	pairs: [...pairs, ["_tag", `${TAG}|${name}`]],
});

/** The sorted ids of this world that the server finds, page by page. */
async function searched(ask: Ask, name: string, { type, pairs }: Query, count: number): Promise<string[]> {
	const found: string[] = [];
	try {
		let next: string | undefined = `${type}?${formatQuery([...pairs, ["_count", String(count)]])}`;
		while (next !== undefined) {
			const { entry = [], link = [] }: Page = jsonOf(await ask("GET", next));
			found.push(...entry.map(({ resource }) => resource.id));
			next = link.find(({ relation }) => relation === "next")?.url.slice(BASE.length + 1);
		}
	} catch (error) {
		return [`refused: ${error instanceof Problem ? error.message : (error as Error).stack}`];
	}
	return found.filter((id) => id.startsWith(name)).sort();
}

type Page = {
	readonly entry?: readonly { readonly resource: { readonly id: string } }[];
	readonly link?: readonly { readonly relation: string; readonly url: string }[];
};

class Disagreement extends Error {
	constructor({ resources }: World, { type, pairs }: Query, found: readonly string[], expected: readonly string[]) {
		const query = pairs.map((pair) => pair.join("=")).join("&");
		const stored = resources.map((resource) => JSON.stringify(resource)).join("\n");
		super(`${type}?${query}\nserver: ${found.join(" ")}\noracle: ${expected.join(" ")}\n${stored}`);
	}
}

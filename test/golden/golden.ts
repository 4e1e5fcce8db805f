import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { generateDemo } from "../../src/demo/index.ts";
import { resolveConcepts } from "../../src/interactions/search/concepts.ts";
import { isId, parseJson, type Resource } from "../../src/kernel/index.ts";
import { and, compartmentNode, type Pair, parseQuery, parseSearch, print } from "../../src/search/index.ts";
import { searchStatement } from "../../src/store/query.ts";
import { type Ask, BASE, jsonOf, testClinic } from "../support/clinic.ts";
import { r4Examples } from "../support/r4-examples.ts";

const FOLDER = join(import.meta.dirname, "cases");

/** A search, and why the ids that it is expected to give are right. */
export type Case = { readonly why: string; readonly query: string };

/** The files of cases: their path, their text, and the clinic that they ask. */
export const caseFiles = (): { name: string; path: string; text: string }[] =>
	readdirSync(FOLDER)
		.filter((name) => name.endsWith(".txt"))
		.map((name) => ({ name, path: join(FOLDER, name), text: readFileSync(join(FOLDER, name), "utf8") }));

/** Reads the cases of a file: blocks of `# why` and `GET query`; what follows in a block is generated. */
export const casesOf = (text: string): Case[] =>
	text
		.split(/\n{2,}/)
		.filter((block) => block.trim() !== "")
		.map((block) => {
			const [, why, query] = /^# (.+)\nGET (.+)/.exec(block.trim()) ?? [];
			if (why === undefined || query === undefined) throw new Error(`no case: ${block}`);
			return { why, query };
		});

/** What is searched in: `demo` for the file of that name, the examples of R4 for every other. */
export type Clinics = { readonly examples: Ask; readonly demo: Ask };

/** The types that describe FHIR itself have hundreds of examples; the first are enough. */
const MOST_EXAMPLES = 100;
const MOST_OF_DEFINITIONS = 20;
const DEFINITIONS = new Set([
	"CodeSystem",
	"ConceptMap",
	"OperationDefinition",
	"SearchParameter",
	"StructureDefinition",
	"ValueSet",
]);

/** A clinic with the examples of R4, and a demo clinic. */
export async function goldenClinics(t: Pick<Test, "teardown">): Promise<Clinics> {
	const [examples, demo] = [await testClinic(t), await testClinic(t)];
	await load(examples, exampleResources());
	await load(demo, [...generateDemo({ patients: 12, seed: 5, today: "2026-01-15" })]);
	return { examples, demo };
}

/** The examples that a server can store, each id once. */
export function exampleResources(): Resource[] {
	const counts = new Map<string, number>();
	const found = new Map<string, Resource>();
	for (const { text } of r4Examples()) {
		const resource = parseJson(text) as Resource;
		const { resourceType, id } = resource;
		const count = counts.get(resourceType) ?? 0;
		if (id === undefined || !isId(id) || count >= (DEFINITIONS.has(resourceType) ? MOST_OF_DEFINITIONS : MOST_EXAMPLES))
			continue;
		counts.set(resourceType, count + 1);
		found.set(`${resourceType}/${id}`, resource);
	}
	return [...found.values()];
}

const load = ({ engine, tenant }: Ask, resources: readonly Resource[]): Promise<void> =>
	engine.store.session(tenant, BASE).transact(async (session) => {
		for (const resource of resources) await session.create(resource, resource.id as string, "PUT");
	});

/** A case in full: the query, its tree, its SQL with values, and the ids of its first page. */
export async function playCase(ask: Ask, { why, query }: Case): Promise<string> {
	const { trees, sql, values } = await planOf(ask, query);
	const lines = [
		`# ${why}`,
		`GET ${query}`,
		...trees.map((tree) => `tree ${tree.replace(/\s+/g, " ")}`),
		`sql ${sql.replace(/\s+/g, " ")}`,
		...values.map((value, i) => `$${i + 1} ${JSON.stringify(value)}`),
		`ids ${(await idsOf(ask, query)).join(" ")}`.trim(),
	];
	return `${lines.join("\n")}\n`;
}

async function planOf(ask: Ask, address: string) {
	const [path = "", query = ""] = address.split(/\?(.*)/s);
	const { engine, tenant } = ask;
	const { registry } = engine;
	const pairs = parseQuery(query);
	const [outer = "", id = "", inner] = path.split("/");
	const types =
		inner !== undefined && inner !== "*" ? [inner] : outer !== "" && inner === undefined ? [outer] : namedTypes(pairs);
	const scope = { registry, base: BASE, timeZone: tenant.timeZone, strict: true, now: Date.now() };
	const searches = types.map((type) => parseSearch(scope, type, pairs));
	const filters = searches.map(({ resourceType, filter }) =>
		inner === undefined ? filter : and([compartmentNode(registry, resourceType, outer, id), filter]),
	);
	const criteria = await Promise.all(
		filters.map(async (filter, i) => ({
			resourceType: types[i] as string,
			filter: await resolveConcepts({ engine, ...NOTHING_STORED }, filter),
		})),
	);
	const place = { registry, schema: tenant.schema };
	const { text, values } = searchStatement(place, criteria, { sort: searches[0]?.sort ?? [], limit: 21 });
	return { trees: filters.map(print), sql: text, values };
}

/** No golden case names a value set by where it is stored. */
const NOTHING_STORED = { context: { base: BASE }, session: { read: async () => undefined } };

const namedTypes = (pairs: readonly Pair[]): string[] =>
	pairs.flatMap(([name, value]) => (name === "_type" ? value.split(",") : [])).sort();

/** The ids of the first page in their order, each with its type where there are several; `+` stands before what is included. */
export async function idsOf(ask: Ask, query: string): Promise<string[]> {
	const { entry = [] } = jsonOf(await ask("GET", query)) as { entry?: Entry[] };
	const isOneType = /^\w+\?/.test(query);
	return entry.map(({ resource: { resourceType, id }, search }) =>
		search.mode === "include" ? `+${resourceType}/${id}` : isOneType ? id : `${resourceType}/${id}`,
	);
}

type Entry = {
	readonly resource: { readonly resourceType: string; readonly id: string };
	readonly search: { readonly mode: string };
};

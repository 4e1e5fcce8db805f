import t from "tap";
import { demoBundles, sampleTransactions } from "../../src/demo/index.ts";
import type { JsonObject, Resource } from "../../src/kernel/index.ts";
import { jsonOf, testClinic } from "../support/clinic.ts";

const OPTIONS = { patients: 6, seed: 3, today: "2026-01-15" };
const entriesOf = (bundle: Resource) => bundle.entry as { resource: Resource; request: JsonObject }[];
const totalOf = async (ask: Awaited<ReturnType<typeof testClinic>>, search: string) =>
	jsonOf(await ask("GET", `${search}${search.includes("?") ? "&" : "?"}_summary=count`)).total;

t.test("the demo clinic can be stored, and each resource comes back as it was made", async (t) => {
	const ask = await testClinic(t);
	const bundles = [...demoBundles({ ...OPTIONS, patientsPerBundle: 3 })];
	for (const bundle of bundles) t.equal((await ask("POST", "", bundle)).status, 200);
	const different: string[] = [];
	for (const { resource } of bundles.flatMap(entriesOf)) {
		const { body } = await ask("GET", `${resource.resourceType}/${resource.id}`);
		const stored = (body as string).replace(/"versionId":"1","lastUpdated":"[^"]+",?/, "").replace('"meta":{},', "");
		if (JSON.stringify(JSON.parse(stored)) !== JSON.stringify(JSON.parse(JSON.stringify(inOrder(resource))))) {
			different.push(`${resource.resourceType}/${resource.id}`);
		}
		const numbers = (text: string) => text.match(/"value":-?[\d.]+/g)?.join();
		if (numbers(stored) !== numbers(JSON.stringify(resource))) different.push(`${resource.id}: a number`);
	}
	t.same(different, []);
	t.equal(await totalOf(ask, "Patient"), OPTIONS.patients);
	for (const bundle of bundles) await ask("POST", "", bundle);
	t.equal(jsonOf(await ask("GET", "Patient/pat-000001")).meta.versionId, "1", "storing it again changes nothing");
});

/** The store writes meta behind the id, whether the resource had one or not. */
const inOrder = ({ resourceType, id, meta, ...rest }: Resource): JsonObject => ({
	resourceType,
	id,
	...(meta === undefined ? {} : { meta }),
	...rest,
});

t.test("bundles with POST join to the clinic by identifier", async (t) => {
	const ask = await testClinic(t);
	for (const bundle of demoBundles({ ...OPTIONS, style: "post" })) {
		t.equal((await ask("POST", "", bundle)).status, 200);
	}
	t.equal(await totalOf(ask, "Organization"), 1);
	const { entry } = jsonOf(await ask("GET", "Encounter"));
	const [encounter] = entry;
	const provider = encounter.resource.serviceProvider.reference;
	t.match(provider, /^Organization\/[0-9a-f-]{36}$/);
	t.equal((await ask("GET", provider)).status, 200);
	t.equal((await ask("GET", encounter.resource.subject.reference)).status, 200);
});

t.test("the sample transactions find the clinic that the first of them made", async (t) => {
	const ask = await testClinic(t);
	for (const bundle of sampleTransactions()) t.equal((await ask("POST", "", bundle)).status, 200);
	t.equal(await totalOf(ask, "Organization"), 1);
	t.equal(await totalOf(ask, "Patient"), 3);
});

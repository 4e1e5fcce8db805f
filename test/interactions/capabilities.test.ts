import t from "tap";
import { createDispatch, interactions } from "../../src/interactions/index.ts";
import { BASE, jsonOf, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

type Resource = {
	type: string;
	interaction: { code: string }[];
	searchParam: { name: string; type: string; definition?: string }[];
};

const ask = await testClinic(t);
const statement = jsonOf(await ask("GET", "metadata"));
const resources: Resource[] = statement.rest[0].resource;

t.test("it is a valid CapabilityStatement of this clinic", async (t) => {
	const { definitions, codes } = ask.engine;
	const looking = { profiles: [], mode: "enforce", advice: false, definitions, codes } as const;
	t.strictSame(await ask.engine.validate(statement, looking), []);
	t.equal(statement.implementation.url, BASE);
	t.equal(statement.fhirVersion, "4.0.1");
	t.equal(resources.length, 146);
});

/** A value that each type of parameter can read. */
const VALUES: Record<string, string> = {
	number: "gt1.5",
	date: "ge2024-05",
	string: "text",
	token: "http://example.org|code",
	reference: "some-id",
	quantity: "5.4||mg",
	uri: "http://example.org/x",
};

/** Parameters whose value has a form of its own. */
const OWN_VALUES: Record<string, string> = {
	_id: "some-id",
	_filter: "_id eq x",
	near: "26.85|80.95|5|km",
};

function valueFor(type: string, name: string, kind: string): string {
	if (name === "_in-compartment") return `${compartmentOf(type)}/x`;
	if (kind !== "composite") return OWN_VALUES[name] ?? VALUES[kind] ?? "";
	const parameters = ask.engine.registry.searchParameters(type);
	const byUrl = new Map([...parameters.values()].map((one) => [one.url, one.type]));
	const parts = parameters.get(name)?.components?.map(({ definition }) => VALUES[byUrl.get(definition) ?? ""] ?? "");
	return parts?.join("$") ?? "";
}

const COMPARTMENTS = ["Patient", "Encounter", "RelatedPerson", "Practitioner", "Device"] as const;
const compartmentOf = (type: string) =>
	COMPARTMENTS.find((name) => name === type || ask.engine.registry.compartment(name).has(type));

t.test("every search parameter it lists can be searched, by every type", { timeout: 240_000 }, async (t) => {
	const failing: string[] = [];
	let n = 0;
	for (const { type, searchParam } of resources) {
		for (const { name, type: kind } of searchParam) {
			n++;
			const query = `${name}=${encodeURIComponent(valueFor(type, name, kind))}`;
			const answer = await ask("GET", `${type}?${query}`).catch((fault: Error) => fault.message);
			if (typeof answer === "string") failing.push(`${type}?${query}: ${answer}`);
			else if (!jsonOf(answer).link[0].url.includes(`${name}=`)) failing.push(`${type}?${query} was not used`);
		}
	}
	t.ok(n > 3000, `${n} parameters`);
	t.strictSame(failing, []);
});

t.test("it lists each parameter once, with its type and definition", async (t) => {
	for (const { type, searchParam } of resources) {
		const names = searchParam.map(({ name }) => name);
		t.equal(new Set(names).size, names.length, type);
		for (const { name, type: kind, definition } of searchParam) {
			const known = ask.engine.registry.searchParameters(type).get(name);
			if (known) t.strictSame([kind, definition], [known.type, known.url], `${type}.${name}`);
		}
	}
});

t.test("parameters it does not list are refused", async (t) => {
	const registry = ask.engine.registry;
	const codes = new Set(registry.resourceTypes.flatMap((type) => [...registry.searchParameters(type).keys()]));
	const accepted: string[] = [];
	for (const { type, searchParam } of resources) {
		const listed = new Set(searchParam.map(({ name }) => name));
		for (const name of ["identifier", "_id", "_lastUpdated", "_tag"])
			if (registry.searchParameters(type).has(name)) t.ok(listed.has(name), `${type}.${name}`);
		const others = [...codes].filter((name) => !listed.has(name));
		for (const name of [
			others[0],
			others[Math.floor(others.length / 2)],
			others.at(-1),
			...registry.searchParameters(type).keys(),
			"nonsense",
		]) {
			if (name === undefined || listed.has(name)) continue;
			const status = await ask("GET", `${type}?${name}=x`).catch((fault: { status: number }) => fault.status);
			if (status !== 400) accepted.push(`${type}?${name}: ${typeof status === "number" ? status : "answered"}`);
		}
	}
	t.strictSame(accepted, []);
});

t.test("it says what is done: updateCreate, conditional interactions, patch formats", async (t) => {
	for (const resource of resources) {
		t.match(resource, {
			versioning: "versioned-update",
			updateCreate: true,
			conditionalCreate: true,
			conditionalUpdate: true,
			conditionalDelete: "multiple",
		});
		const codes = resource.interaction.map(({ code }) => code).sort();
		t.strictSame(codes, [
			"create",
			"delete",
			"history-instance",
			"history-type",
			"patch",
			"read",
			"search-type",
			"update",
			"vread",
		]);
	}
	t.ok(statement.patchFormat.includes("application/json-patch+json"));
	const system = statement.rest[0].interaction.map(({ code }: { code: string }) => code).sort();
	t.strictSame(system, ["batch", "history-system", "search-system", "transaction"]);
});

t.test("ETag, subsets and mode", async (t) => {
	const first = await ask("GET", "metadata");
	const again = await ask("GET", "metadata", undefined, { conditions: { ifNoneMatch: first.etag } });
	t.strictSame([again.status, again.body, again.etag], [304, undefined, first.etag]);
	t.equal((await ask("GET", "metadata", undefined, { conditions: { ifNoneMatch: 'W/"x"' } })).status, 200);
	t.equal(jsonOf(await ask("GET", "metadata?_elements=software")).rest, undefined);
	t.ok(jsonOf(await ask("GET", "metadata?_summary=true")).meta.tag);
	t.equal((await ask("GET", "metadata?mode=normative")).status, 200);
	await refused(t, ask("GET", "metadata?mode=terminology"), 400);
});

t.test("another clinic's base is another statement", async (t) => {
	await ask.tenancy.provision({ slug: "second", name: "Second" });
	const tenant = (await ask.tenancy.resolve("second"))?.tenant;
	t.ok(tenant);
	const caller = { userId: "u", roles: [], scope: "" };
	const context = { tenant: tenant ?? ask.tenant, caller, base: "http://clinic.test/t/second/fhir", requestId: "r" };
	const other = await createDispatch(ask.engine, interactions)(context, {
		method: "GET",
		path: "metadata",
		query: "",
		conditions: {},
	});
	t.equal(jsonOf(other).implementation.url, context.base);
	t.not(other.etag, (await ask("GET", "metadata")).etag);
});

import t from "tap";
import { createDispatch, interactions } from "../../src/interactions/index.ts";
import type { Problem } from "../../src/kernel/index.ts";
import { parseSearch } from "../../src/search/index.ts";
import { BASE, jsonOf, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

type Resource = { type: string; interaction: { code: string }[]; searchParam: { name: string; type: string }[] };

const ask = await testClinic(t);
const statement = jsonOf(await ask("GET", "metadata"));
const resources: Resource[] = statement.rest[0].resource;

t.test("it is a valid CapabilityStatement of this clinic", async (t) => {
	t.strictSame(ask.engine.validate(statement), []);
	t.equal(statement.implementation.url, BASE);
	t.equal(statement.fhirVersion, "4.0.1");
	t.equal(resources.length, 146);
});

t.test("every search parameter it lists can be searched, by every type", async (t) => {
	const failing: string[] = [];
	const scope = { registry: ask.engine.registry, base: BASE, timeZone: "Asia/Kolkata", strict: true, now: 0 };
	let n = 0;
	for (const { type, searchParam } of resources) {
		for (const { name } of searchParam) {
			n++;
			try {
				parseSearch(scope, type, [[name, "x"]]);
			} catch (fault) {
				// A value it cannot read is refused by a parameter that is known.
				if ((fault as Problem).issues[0]?.code === "not-supported") failing.push(`${type}.${name}`);
			}
		}
	}
	t.ok(n > 1500, `${n} parameters`);
	t.strictSame(failing, []);
});

t.test("parameters it does not list are refused", async (t) => {
	const patient = resources.find(({ type }) => type === "Patient");
	const listed = new Set(patient?.searchParam.map(({ name }) => name));
	for (const name of ["identifier", "_id", "_lastUpdated", "general-practitioner", "gender", "_tag"])
		t.ok(listed.has(name), name);
	for (const name of ask.engine.registry.searchParameters("Patient").keys()) {
		if (!listed.has(name)) await refused(t, ask("GET", `Patient?${name}=x`), 400, name);
	}
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

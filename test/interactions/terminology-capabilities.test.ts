import t from "tap";
import { type LargeSystems, loadTerminology } from "../../src/terminology/index.ts";
import { jsonOf, testClinic } from "../support/clinic.ts";

const ask = await testClinic(t);
const capabilities = async () => jsonOf(await ask("GET", "metadata?mode=terminology"));

t.test("tells what terminology can be asked, as a valid resource", async (t) => {
	const told = await capabilities();
	const { definitions, codes } = ask.engine;
	const options = { profiles: [], mode: "enforce", advice: false, definitions, codes } as const;
	t.strictSame(await ask.engine.validate(told, options), []);
	t.equal(told.implementation.url, "http://clinic.test/t/first/fhir");
	const systems = told.codeSystem.map(({ uri }: { uri: string }) => uri);
	t.ok(systems.includes("http://hl7.org/fhir/administrative-gender"));
	t.notOk(systems.includes("http://snomed.info/sct"), "R4 has it without its codes");
	const taken = told.expansion.parameter.map(({ name }: { name: string }) => name);
	for (const name of ["filter", "count", "offset", "activeOnly", "displayLanguage"]) t.ok(taken.includes(name), name);
	t.equal(told.expansion.paging, true);
});

t.test("tells the large systems of the installation, the newest version as the default", async (t) => {
	const one = { url: "http://loinc.org", name: "LOINC", caseSensitive: false, concepts: 1, hierarchy: false };
	const large = {
		systems: async () => [
			{ ...one, version: "2.80" },
			{ ...one, version: "2.79" },
		],
	} as unknown as LargeSystems;
	const { terminology } = ask.engine;
	Object.assign(ask.engine, { terminology: loadTerminology({ large }) });
	const { codeSystem } = await capabilities();
	Object.assign(ask.engine, { terminology });
	t.strictSame(
		codeSystem.find(({ uri }: { uri: string }) => uri === "http://loinc.org"),
		{
			uri: "http://loinc.org",
			version: [
				{ code: "2.80", isDefault: true },
				{ code: "2.79", isDefault: false },
			],
			subsumption: false,
		},
	);
});

t.test("is the same until something changes, and leaves the CapabilityStatement as it is", async (t) => {
	const first = await ask("GET", "metadata?mode=terminology");
	const again = await ask("GET", "metadata?mode=terminology", undefined, { conditions: { ifNoneMatch: first.etag } });
	t.equal(again.status, 304);
	t.equal(jsonOf(await ask("GET", "metadata")).resourceType, "CapabilityStatement");
	t.match(jsonOf(await ask("GET", "metadata?mode=terminology&_elements=status")), {
		resourceType: "TerminologyCapabilities",
		status: "active",
	});
});

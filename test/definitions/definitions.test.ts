import t from "tap";
import { definitionsOf, faultsOf, layer, loadDefinitions, packagedDefinitions } from "../../src/definitions/index.ts";
import { loadR4 } from "../../src/definitions/load.ts";
import type { Resource } from "../../src/kernel/index.ts";

const PATIENT = "http://hl7.org/fhir/StructureDefinition/Patient";
const URL = "http://clinic.example/StructureDefinition/P";

const profile = (version: string | undefined, name: string, url = URL): Resource => ({
	resourceType: "StructureDefinition",
	url,
	...(version !== undefined && { version }),
	name,
	kind: "resource",
	abstract: false,
	type: "Patient",
	baseDefinition: PATIENT,
	derivation: "constraint",
	differential: { element: [{ path: "Patient.name", min: 1 }] },
});
const valueSet = (version: string, name: string): Resource => ({
	resourceType: "ValueSet",
	url: "http://clinic.example/ValueSet/V",
	version,
	name,
});

t.test("a canonical names a version, its first parts, or none", async (t) => {
	const versions = ["1.2.0", "1.10.0", "2.0.0-ballot", "1.9.3"];
	const some = layer(definitionsOf(versions.map((version) => profile(version, `v${version}`))), loadR4());
	const nameOf = (canonical: string) => some.profile(canonical)?.name;
	t.equal(nameOf(`${URL}|1.2.0`), "v1.2.0");
	t.equal(nameOf(`${URL}|1`), "v1.10.0", "the newest by number, not by letter");
	t.equal(nameOf(`${URL}|1.9`), "v1.9.3");
	t.equal(nameOf(`${URL}|1.1`), undefined);
	t.equal(nameOf(URL), "v2.0.0-ballot");
	t.equal(nameOf(`${URL}|1.9#part`), "v1.9.3");
	const final = definitionsOf([
		profile("2.0.0", "final"),
		profile("2.0.0-ballot", "ballot"),
		profile(undefined, "none"),
	]);
	t.equal(layer(final, loadR4()).profile(URL)?.name, "final");
	t.equal(some.profile(`${PATIENT}|4.0`)?.version, "4.0.1");
	t.equal(some.profile(`${PATIENT}|5.0.0`), undefined);
});

t.test("the upper layer hides the same version, and answers where none is named", async (t) => {
	const lower = layer(definitionsOf([profile("1.0.0", "lower 1"), profile("2.0.0", "lower 2")]), loadR4());
	const both = layer(definitionsOf([profile("1.0.0", "upper 1")]), lower);
	t.equal(both.profile(`${URL}|1.0.0`)?.name, "upper 1");
	t.equal(both.profile(`${URL}|2.0.0`)?.name, "lower 2");
	t.equal(both.profile(URL)?.name, "upper 1");
	t.equal(both.profile(`${URL}|2.0.0`), lower.profile(`${URL}|2.0.0`), "what is below is the same object");
	t.same(
		both.profiles.filter((canonical) => canonical.startsWith(URL)),
		[`${URL}|1.0.0`, `${URL}|2.0.0`],
		"listed once",
	);
});

t.test("other conformance resources are found by type, url and version", async (t) => {
	const lower = definitionsOf([valueSet("1.0.0", "old"), valueSet("1.1.0", "new")]);
	const both = layer(definitionsOf([valueSet("1.0.0", "mine")]), lower);
	const { url } = valueSet("", "");
	t.equal(both.resource("ValueSet", `${url}|1.0.0`)?.name, "mine");
	t.equal(both.resource("ValueSet", `${url}|1.1.0`)?.name, "new");
	t.equal(both.resource("ValueSet", String(url))?.name, "mine");
	t.equal(both.resource("CodeSystem", String(url)), undefined);
});

t.test("FHIR R4 and our own profiles are there, and every snapshot can be made", async (t) => {
	const all = loadDefinitions();
	t.equal(all.profile(PATIENT)?.elements[0]?.id, "Patient");
	t.equal(all.profile("http://nowhere.example/x"), undefined);
	const nrces = all.profiles.filter((canonical) => canonical.startsWith("https://nrces.in/"));
	t.ok(nrces.some((canonical) => canonical.includes("/DocumentBundle|")));
	for (const canonical of nrces) t.ok((all.profile(canonical)?.elements.length ?? 0) > 4, canonical);
	t.equal(loadDefinitions(), all, "read once");
});

t.test("a clinic's packages lie over those for all, which are unfolded once", async (t) => {
	const shared = { resources: [profile("1.0.0", "for all")] };
	const own = { resources: [profile("1.0.0", "own")], shared };
	const none = { resources: [], shared };
	const bare = { resources: [], shared: { resources: [] } };
	const of: Record<string, typeof own> = { own, none, other: { resources: [], shared } };
	const base = loadDefinitions();
	const lookup = packagedDefinitions(base, async (tenantId) => of[tenantId] ?? bare);
	t.equal((await lookup("own"))?.profile(URL)?.name, "own");
	t.equal((await lookup("none"))?.profile(URL)?.name, "for all");
	t.equal(await lookup("none"), await lookup("other"), "shared between clinics");
	t.equal(await lookup("own"), await lookup("own"), "the same while nothing changes");
	t.equal(await lookup("bare"), undefined);
});

t.test("names what is wrong with profiles before they are used", async (t) => {
	const lost = { ...profile("1.0.0", "lost", `${URL}/lost`), baseDefinition: "http://nowhere.example/base" };
	t.same(faultsOf([profile("1.0.0", "good"), valueSet("1", "v")], loadR4()), []);
	const derived = { ...profile("1.0.0", "derived", `${URL}/derived`), baseDefinition: `${URL}/lost` };
	t.match(faultsOf([lost, derived], loadR4()), [
		{ text: /lost\|1\.0\.0 is derived from http:\/\/nowhere\.example\/base/ },
	]);
});

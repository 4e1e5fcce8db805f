import t from "tap";
import { BASE } from "../../support/clinic.ts";
import { refused } from "../../support/refused.ts";
import { asking, observation, patient, table } from "./asking.ts";

const { ask, put, ids } = await asking(t);

t.test("71: identifier asks the reference itself, never its target", async (t) => {
	await put(patient("a", { identifier: [{ system: "urn:i", value: "1" }] }));
	await put(observation("r1", { subject: { identifier: { system: "urn:i", value: "1" } } }));
	await put(
		observation("r2", { subject: { reference: "Patient/a" } }),
		observation("r3", { subject: { identifier: { value: "1" } } }),
	);
	await table(t, ids, [
		["Observation?subject:identifier=urn:i|1", "r1"],
		["Observation?subject:identifier=1", "r1 r3"],
		["Observation?subject:identifier=|1", "r3"],
		["Observation?subject:identifier=urn:i|2", ""],
		["Observation?subject:identifier=urn:i|", "r1", "any of the system"],
		["Observation?subject:Patient.identifier=urn:i|1", "r2", "a chain asks the target"],
		["Observation?subject.identifier=urn:i|1", "r2"],
	]);
	for (const wrong of ["", "|", "a|b|c"]) await refused(t, ids(`Observation?subject:identifier=${wrong}`), 400, wrong);
});

t.test("72: a reference in each of its forms is one reference; versions play no part", async (t) => {
	await put({ resourceType: "Group", id: "b", type: "person", actual: true } as never, patient("b"), patient("c"));
	const to = (id: string, reference: string) => observation(id, { subject: { reference } });
	await put(
		to("s1", "Patient/b"),
		to("s2", `${BASE}/Patient/b`),
		to("s3", "Patient/b/_history/1"),
		to("s4", "Group/b"),
	);
	await put(
		to("s5", "Patient/c"),
		to("s6", "http://clinic.test/t/other/fhir/Patient/b"),
		to("s7", "urn:uuid:6f1f2a58-6f0a-4b0e-9d3a-0c4f6c1d2e3f"),
	);
	await table(t, ids, [
		["Observation?subject=Patient/b", "s1 s2 s3"],
		["Observation?subject=b", "s1 s2 s3 s4", "any type the parameter may refer to"],
		["Observation?subject:Patient=b", "s1 s2 s3"],
		["Observation?subject:Group=b", "s4"],
		["Observation?patient=b", "s1 s2 s3"],
		[`Observation?subject=${BASE}/Patient/b`, "s1 s2 s3"],
		["Observation?subject=Patient/b/_history/1", "s1 s2 s3", "the version is not searched"],
		["Observation?subject=http://clinic.test/t/other/fhir/Patient/b", "s6", "another clinic's"],
		["Observation?subject=urn:uuid:6f1f2a58-6f0a-4b0e-9d3a-0c4f6c1d2e3f", "s7"],
		["Observation?subject=Patient/c,Group/b", "s4 s5"],
		["Observation?subject=patient/b", "", "names of types have a case"],
	]);
	await refused(t, ids("Observation?subject:Encounter=b"), 400, "no such target");
	await refused(t, ids("Observation?subject:Nonsense=b"), 400);
	await refused(t, ids("Observation?subject="), 400);
});

t.test("75: the components of a composite hold in one element, and it has no modifier", async (t) => {
	const part = (code: string, value: number) => ({
		code: { coding: [{ system: "urn:c", code }] },
		valueQuantity: { value, unit: "x" },
	});
	await put(
		observation("c1", { component: [part("sys", 120), part("dia", 80)] }),
		observation("c2", { component: [part("sys", 80), part("dia", 120)] }),
	);
	await table(t, ids, [
		["Observation?component-code-value-quantity=urn:c|sys$120", "c1"],
		["Observation?component-code-value-quantity=urn:c|dia$120", "c2"],
		["Observation?component-code-value-quantity=sys$lt100", "c2", "a prefix in a component"],
		["Observation?component-code-value-quantity=urn:c|sys$120,urn:c|sys$80", "c1 c2"],
		["Observation?component-code-value-quantity=urn:c|sys$120&component-code-value-quantity=urn:c|dia$80", "c1"],
		["Observation?component-code=urn:c|sys&component-value-quantity=80", "c1 c2", "apart they need not be in one"],
	]);
	for (const wrong of [
		"component-code-value-quantity=sys",
		"component-code-value-quantity=a$1$2",
		"component-code-value-quantity:not=sys$1",
		"component-code-value-quantity=sys$x",
	])
		await refused(t, ids(`Observation?${wrong}`), 400, wrong);
});

t.test("78: what is unknown is refused, in lenient mode ignored and told; modifiers are refused in both", async (t) => {
	await put(patient("known", { gender: "other" }));
	const fault = await refused(t, ids("Patient?nonsense=1"), 400);
	t.match(fault.issues[0], { expression: "nonsense", code: "not-supported", text: /identifier.*handling=lenient/s });
	await refused(t, ids("Patient?nonsense=1", "handling=strict"), 400);
	t.strictSame(await ids("Patient?gender=other&nonsense=1&none.x=2", "handling=lenient").catch((f) => f.message), [
		"known",
	]);
	for (const wrong of [
		"gender:exact=other",
		"gender:nonsense=x",
		"name:below=x",
		"birthdate:contains=1",
		"organization:Patient=x",
		"_id:exact=x",
		"_lastUpdated:not=2020",
		"_list:missing=true",
	]) {
		await refused(t, ids(`Patient?${wrong}`), 400, wrong);
		await refused(t, ids(`Patient?${wrong}`, "handling=lenient"), 400, `${wrong} leniently`);
	}
	await refused(t, ids("Patient?birthdate=x", "handling=lenient"), 400, "a value that cannot be read");
	await refused(t, ids("Patient?organization.nonsense=x"), 400, "an unknown parameter at the end of a chain");
	await refused(t, ids("Patient?gender.name=x"), 400, "a chain through what is no reference");
});

t.test("79: what nobody has is no error", async (t) => {
	for (const query of [
		"Observation?subject=Patient/nobody",
		"Observation?code=urn:none|x",
		"Patient?_id=nobody",
		"Patient?_has:Observation:patient:code=none",
		"Observation?subject:Patient.name=nobody",
	])
		t.strictSame(await ids(query), [], query);
});

t.test("98: _id, _lastUpdated, _profile, _source, _tag and _security on any type", async (t) => {
	const meta = {
		profile: ["http://example.org/p|1.0"],
		source: "http://example.org/source",
		tag: [{ system: "urn:t", code: "T" }],
		security: [{ system: "urn:s", code: "R" }],
	};
	await put({ resourceType: "Basic", id: "basic", code: { text: "x" }, meta } as never, patient("meta", { meta }));
	for (const [type, id] of [
		["Basic", "basic"],
		["Patient", "meta"],
	] as const) {
		const now = new Date().getUTCFullYear();
		await table(t, ids, [
			[`${type}?_id=${id},other&_tag=urn:t|T`, id],
			[`${type}?_lastUpdated=ge${now}&_tag=urn:t|T`, id],
			[`${type}?_lastUpdated=lt${now}&_tag=urn:t|T`, ""],
			[`${type}?_tag=urn:t|T`, id],
			[`${type}?_tag=urn:x|T`, ""],
			[`${type}?_security=R`, id],
			[`${type}?_security:not=R&_id=${id}`, ""],
			[`${type}?_source=http://example.org/source`, id],
			[`${type}?_profile=http://example.org/p\\|1.0`, id],
			[`${type}?_profile:below=http://example.org/p`, id, "any version"],
			[`${type}?_profile=http://example.org/other`, ""],
		]);
	}
	await refused(t, ids("Patient?_id="), 400);
	await refused(t, ask("GET", "Patient?_lastUpdated=x"), 400);
});

t.test("82: a chain leads into the first entry of a document or message", async (t) => {
	const composition = {
		resourceType: "Composition",
		id: "inside",
		status: "final",
		type: { coding: [{ system: "http://loinc.org", code: "11503-0" }] },
		date: "2026-01-01",
		title: "Visit",
		author: [{ display: "Rao" }],
	};
	const entry = [{ fullUrl: "urn:uuid:6d1ff0b8-5f1c-4f9f-8b8e-1e9a3c1b2a11", resource: composition }];
	await put({
		resourceType: "Bundle",
		id: "document",
		type: "document",
		identifier: { system: "urn:x", value: "1" },
		timestamp: "2026-01-01T00:00:00Z",
		entry,
	} as never);
	await table(t, ids, [
		["Bundle?composition.type=http://loinc.org|11503-0", "document"],
		["Bundle?composition.type=11503-0&composition.title=vis", "document"],
		["Bundle?composition.status=preliminary", ""],
		["Bundle?composition:missing=false", "document"],
		["Bundle?_filter=composition[status eq final].date ge 2026", "document"],
		["Composition?type=11503-0", "", "it is not stored by itself"],
		["Composition?type=11503-0&_contained=true", "", "nor contained"],
	]);
});

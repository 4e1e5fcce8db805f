import t from "tap";
import { demoBundles, generateDemo, indianDate, sampleTransactions } from "../../src/demo/index.ts";
import { isObject, type Json, type JsonObject, parseJson, type Resource } from "../../src/kernel/index.ts";

const OPTIONS = { patients: 200, seed: 7, today: "2026-01-15" };

function* objectsIn(value: Json | undefined): Generator<JsonObject> {
	if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
	else if (isObject(value)) {
		yield value;
		for (const key in value) yield* objectsIn(value[key]);
	}
}

const identifiers = (resources: Iterable<Resource>, system: string): string[] =>
	[...resources]
		.filter(({ resourceType }) => resourceType === "Patient")
		.flatMap((patient) => patient.identifier as JsonObject[])
		.filter((identifier) => identifier.system === system)
		.map((identifier) => identifier.value as string);

const luhn = (digits: string): boolean =>
	[...digits].reverse().reduce((sum, digit, index) => {
		const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
		return sum + (doubled > 9 ? doubled - 9 : doubled);
	}, 0) %
		10 ===
	0;

t.test("the same options give the same text, another seed another one", async (t) => {
	const text = (seed: number): string => JSON.stringify([...generateDemo({ ...OPTIONS, seed })]);
	t.equal(text(7), text(7));
	t.not(text(7), text(8));
});

t.test("a patient does not change when more patients are made", async (t) => {
	const small = [...generateDemo({ ...OPTIONS, patients: 20 })].map((r) => JSON.stringify(r));
	const large = new Set([...generateDemo(OPTIONS)].map((r) => JSON.stringify(r)));
	t.same(
		small.filter((text) => !large.has(text)),
		[],
	);
});

t.test("ids are FHIR ids and stand once", async (t) => {
	const names = [...generateDemo(OPTIONS)].map(({ resourceType, id }) => `${resourceType}/${id}`);
	t.equal(new Set(names).size, names.length);
	t.same(
		names.filter((name) => !/^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(name)),
		[],
	);
});

t.test("ABHA numbers have 14 digits, pass the Luhn test and are unique, ABHA addresses too", async (t) => {
	const values = identifiers(generateDemo({ ...OPTIONS, patients: 3000 }), "https://healthid.ndhm.gov.in");
	const numbers = values.filter((value) => /^91-\d{4}-\d{4}-\d{4}$/.test(value));
	const addresses = values.filter((value) => value.endsWith("@sbx"));
	t.ok(numbers.length > 2000, "most patients have one");
	t.equal(numbers.length + addresses.length, values.length);
	t.equal(new Set(values).size, values.length);
	t.same(
		numbers.filter((value) => !luhn(value.replaceAll("-", ""))),
		[],
	);
	t.same(
		addresses.filter((value) => !/^[a-zA-Z0-9][a-zA-Z0-9_.]+[a-zA-Z0-9]@sbx$/.test(value)),
		[],
	);
});

t.test("every reference points to a resource of the set", async (t) => {
	const resources = [...generateDemo(OPTIONS)];
	const names = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
	const dangling = [...objectsIn(resources)]
		.map((object) => object.reference)
		.filter((reference) => typeof reference === "string" && !names.has(reference));
	t.same(dangling, []);
});

t.test("decimals keep the text they were measured with, also through parse and stringify", async (t) => {
	const text = JSON.stringify([...generateDemo(OPTIONS)]);
	t.match(text, /"value":3\d\.\d0,"unit":"Cel"/, "a thermometer's second digit, even when it is 0");
	t.match(text, /"value":\d+\.0,"unit":"kg"/);
	t.match(text, /"value":\d+\.\d,"unit":"cm"/);
	t.equal(JSON.stringify(parseJson(text)), text);
});

t.test(
	"vital signs are what R4 asks: category, UCUM, Indian time, who took them, a panel for blood pressure",
	async (t) => {
		const vitals = [...generateDemo(OPTIONS)].filter(({ resourceType }) => resourceType === "Observation");
		const faulty = vitals.filter((vital) => {
			const quantities = [...objectsIn(vital)].filter((object) => object.unit !== undefined);
			return !(
				/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\+05:30$/.test(vital.effectiveDateTime as string) &&
				JSON.stringify(vital.performer).startsWith('[{"reference":"Practitioner/prac-nurse-') &&
				quantities.length > 0 &&
				quantities.every((quantity) => quantity.system === "http://unitsofmeasure.org")
			);
		});
		t.ok(vitals.length > 500);
		t.same(faulty, []);
		const panel = vitals.find((vital) => JSON.stringify(vital.code).includes("85354-9"));
		t.match(panel, {
			category: [{ coding: [{ code: "vital-signs" }] }],
			component: [{ code: { coding: [{ code: "8480-6" }] } }, { code: { coding: [{ code: "8462-4" }] } }],
		});
		t.notOk(panel && "valueQuantity" in panel);
	},
);

t.test("nothing happens before birth or after today, and people have names in their own script", async (t) => {
	const resources = [...generateDemo({ ...OPTIONS, patients: 400 })];
	const births = new Map(
		resources.filter((r) => r.resourceType === "Patient").map((r) => [`Patient/${r.id}`, r.birthDate as string]),
	);
	const early = resources.filter((visit) => {
		if (visit.resourceType !== "Encounter") return false;
		const start = (visit.period as JsonObject).start as string;
		const birth = births.get((visit.subject as JsonObject).reference as string) as string;
		return start.slice(0, birth.length) < birth || start.slice(0, 10) > OPTIONS.today;
	});
	t.same(early, []);
	const names = JSON.stringify(resources.filter((r) => r.resourceType === "Patient"));
	for (const script of ["Devanagari", "Bengali", "Tamil", "Telugu", "Kannada", "Gujarati"]) {
		t.match(names, new RegExp(`\\p{Script=${script}}`, "u"));
	}
	t.ok(
		[...births.values()].some((date) => date.length === 4),
		"some know the year alone",
	);
	t.ok(
		[...births.values()].some((date) => date > "2025-01-15"),
		"some are infants",
	);
});

t.test("observationsPerPatient is exact", async (t) => {
	const counts = new Map<string, number>();
	for (const r of generateDemo({ ...OPTIONS, patients: 50, observationsPerPatient: 30 })) {
		if (r.resourceType !== "Observation") continue;
		const subject = (r.subject as JsonObject).reference as string;
		counts.set(subject, (counts.get(subject) ?? 0) + 1);
	}
	t.equal(counts.size, 50);
	t.same([...new Set(counts.values())], [30]);
});

t.test("resources come one patient at a time", async (t) => {
	const endless = generateDemo({ ...OPTIONS, patients: 1_000_000_000 });
	t.equal(endless.take(1000).toArray().length, 1000);
});

t.test("today begins in India before it begins in Greenwich", async (t) => {
	t.equal(indianDate(new Date("2026-01-14T18:29:59Z")), "2026-01-14");
	t.equal(indianDate(new Date("2026-01-14T18:30:00Z")), "2026-01-15");
});

t.test("a bad day is refused", async (t) => {
	t.throws(() => [...generateDemo({ ...OPTIONS, today: "15.1.2026" })], /YYYY-MM-DD/);
});

t.test("bundles with PUT hold every resource once, under its own id", async (t) => {
	const bundles = [...demoBundles({ ...OPTIONS, patients: 30, patientsPerBundle: 7 })];
	t.equal(bundles.length, 6);
	const entries = bundles.flatMap((bundle) => bundle.entry as JsonObject[]);
	const resources = [...generateDemo({ ...OPTIONS, patients: 30 })];
	t.equal(JSON.stringify(entries.map((entry) => entry.resource)), JSON.stringify(resources));
	t.match(entries[0], { request: { method: "PUT", url: /^Organization\/org-phc$/ } });
});

t.test("bundles with POST refer inside by urn:uuid, outside by identifier", async (t) => {
	const [clinic, first] = [...demoBundles({ ...OPTIONS, patients: 1, style: "post" })];
	const urls = (bundle?: Resource) => ((bundle?.entry ?? []) as JsonObject[]).map((entry) => entry.fullUrl);
	const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
	t.ok([...urls(clinic), ...urls(first)].every((url) => uuid.test(url as string)));
	const inside = new Set(urls(first));
	const references = [...objectsIn(first)].map((object) => object.reference).filter((r) => typeof r === "string");
	t.ok(references.length > 5);
	t.ok(references.every((r) => inside.has(r) || /^[A-Z][a-z]+\?identifier=.+\|.+$/.test(r)));
});

t.test("the three sample transactions stand alone", async (t) => {
	const samples = sampleTransactions();
	t.equal(samples.length, 3);
	for (const sample of samples) {
		const entries = sample.entry as JsonObject[];
		const known = new Set(entries.map((entry) => entry.fullUrl));
		t.equal(known.size, entries.length);
		t.ok([...objectsIn(sample)].every((object) => typeof object.reference !== "string" || known.has(object.reference)));
		t.ok(entries.every((entry) => (entry.resource as Resource).id === undefined));
	}
});

t.test("vaccines of one visit are given on one day, and a child's later doses later", async (t) => {
	const days = new Map<string, string[]>();
	for (const r of generateDemo({ ...OPTIONS, patients: 300 })) {
		if (r.resourceType !== "Immunization") continue;
		const child = (r.patient as JsonObject).reference as string;
		days.set(child, [...(days.get(child) ?? []), r.occurrenceDateTime as string]);
	}
	t.ok(days.size > 10);
	for (const list of days.values()) {
		t.same(list, list.toSorted());
		t.ok(new Set(list).size <= 6, "six visits are planned");
	}
});

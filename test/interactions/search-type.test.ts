import t from "tap";
import { BASE, jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
await ask("PUT", "Organization/o", { resourceType: "Organization", id: "o", name: "PHC" });
const organizations = { managingOrganization: { reference: "Organization/o" } };
for (let i = 0; i < 5; i++) {
	const identifier = [{ system: i < 3 ? "urn:a" : "urn:b", value: `v${i}` }];
	await ask(
		"PUT",
		`Patient/p${i}`,
		somePatient({ id: `p${i}`, identifier, gender: i % 2 ? "male" : "female", ...(i < 2 && organizations) }),
	);
}
await ask("PUT", "Patient/bare", somePatient({ id: "bare", identifier: [{ value: "v0" }] }));
const ids = async (query: string, prefer?: string): Promise<string[]> =>
	(jsonOf(await ask("GET", `Patient?${query}`, undefined, { conditions: { prefer } })).entry ?? []).flatMap(
		(entry: { search: { mode: string }; resource: { id: string } }) =>
			entry.search.mode === "match" ? [entry.resource.id] : [],
	);

t.test("tokens by code, system and code, no system, and system alone", async (t) => {
	t.strictSame(await ids("identifier=v0"), ["bare", "p0"]);
	t.strictSame(await ids("identifier=urn:a|v0"), ["p0"]);
	t.strictSame(await ids("identifier=|v0"), ["bare"]);
	t.strictSame(await ids("identifier=urn:b|"), ["p3", "p4"]);
	t.strictSame(await ids("identifier=urn:a|v3"), []);
	t.strictSame(await ids("identifier=V0"), ["bare", "p0"], "case plays no part");
});

t.test("a comma means or, a repeated parameter and", async (t) => {
	t.strictSame(await ids("identifier=v1,v2"), ["p1", "p2"]);
	t.strictSame(await ids("identifier=urn:a|&gender=female"), ["p0", "p2"]);
	t.strictSame(await ids("_id=p1,p4,none"), ["p1", "p4"]);
	t.strictSame(await ids("_id=p1&_id=p4"), []);
});

t.test("references by id, type and id, own absolute URL; foreign ones are foreign", async (t) => {
	const all = ["p0", "p1"];
	for (const value of ["o", "Organization/o", `${BASE}/Organization/o`])
		t.strictSame(await ids(`organization=${value}`), all, value);
	t.strictSame(await ids("organization:Organization=o"), all);
	t.strictSame(await ids("organization=http://clinic.test/t/other/fhir/Organization/o"), []);
	await ask(
		"PUT",
		"Patient/foreign",
		somePatient({
			id: "foreign",
			managingOrganization: { reference: "http://clinic.test/t/other/fhir/Organization/o" },
		}),
	);
	await ask(
		"PUT",
		"Patient/own",
		somePatient({ id: "own", managingOrganization: { reference: `${BASE}/Organization/o` } }),
	);
	await ask(
		"PUT",
		"Patient/versioned",
		somePatient({ id: "versioned", managingOrganization: { reference: "Organization/o/_history/1" } }),
	);
	t.strictSame(
		await ids("organization=Organization/o"),
		["own", ...all, "versioned"],
		"own absolute and versioned ones are local",
	);
	t.strictSame(await ids("organization=http://clinic.test/t/other/fhir/Organization/o"), ["foreign"]);
	for (const id of ["foreign", "own", "versioned"]) await ask("DELETE", `Patient/${id}`);
});

t.test("_lastUpdated with prefixes", async (t) => {
	const at = (await ask("GET", "Patient/p0")).lastModified as Date;
	const is = async (value: string) => (await ids(`_id=p0&_lastUpdated=${encodeURIComponent(value)}`)).length === 1;
	const moment = (ms: number) => new Date(at.getTime() + ms).toISOString();
	const year = at.getUTCFullYear();
	t.ok(await is(moment(0)));
	t.ok(await is(`ge${moment(0)}`));
	t.ok(await is(`le${moment(0)}`));
	t.notOk(await is(`gt${moment(0)}`));
	t.notOk(await is(`lt${moment(0)}`));
	t.ok(await is(`gt${moment(-1)}`));
	t.ok(await is(`ne${moment(1)}`));
	t.ok(await is(`le${year + 1}`));
	t.notOk(await is(`sa${year + 1}`));
	for (const wrong of ["yesterday", "2024-13", "xx2024", ""])
		await refused(t, ids(`_lastUpdated=${wrong}`), 400, wrong);
});

t.test("unknown parameters and modifiers are refused by name, or ignored and told in lenient mode", async (t) => {
	const problem = await refused(t, ids("nonsense=1"), 400);
	t.match(problem.issues[0], { expression: "nonsense", text: /identifier/ });
	await refused(t, ids("identifier:contains=x"), 400);
	await refused(t, ids("identifier:contains=x", "handling=lenient"), 400, "a modifier even then");
	await refused(t, ids("identifier=a|b|c"), 400);
	await refused(t, ids("identifier=a%ZZ"), 400);
	const lenient = jsonOf(
		await ask("GET", "Patient?nonsense=1&_id=p0", undefined, { conditions: { prefer: "handling=lenient" } }),
	);
	t.equal(lenient.link[0].url, `${BASE}/Patient?_id=p0`, "the self link holds what was used");
	t.match(lenient.entry[1], {
		search: { mode: "outcome" },
		resource: { issue: [{ severity: "warning", diagnostics: /nonsense/ }] },
	});
});

t.test("pages hold every match once while others are written", async (t) => {
	const found: string[] = [];
	for (let next: string | undefined = "Patient?_count=2&gender=male,female"; next; ) {
		const bundle = jsonOf(await ask("GET", next));
		found.push(...bundle.entry.map((entry: { resource: { id: string } }) => entry.resource.id));
		next = bundle.link.find(({ relation }: { relation: string }) => relation === "next")?.url.slice(BASE.length + 1);
		await ask("PUT", `Patient/a${found.length}`, somePatient({ id: `a${found.length}`, gender: "male" }));
		await ask("PUT", "Patient/p4", somePatient({ id: "p4", gender: "female", birthDate: String(1950 + found.length) }));
	}
	t.strictSame(found, ["p0", "p1", "p2", "p3", "p4"]);
	await refused(t, ids("_page=x"), 410);
	for (const id of ["a2", "a4", "a5"]) await ask("DELETE", `Patient/${id}`);
});

t.test("_count, _total, _summary=count", async (t) => {
	const bundle = async (query: string) => jsonOf(await ask("GET", `Patient?gender=male&${query}`));
	t.strictSame([(await bundle("_count=0")).total, (await bundle("_count=0")).entry], [2, undefined]);
	t.strictSame([(await bundle("_summary=count")).total, (await bundle("_summary=count")).entry], [2, undefined]);
	t.equal((await bundle("_count=1")).total, undefined);
	t.equal((await bundle("_count=1&_total=accurate")).total, 2);
	t.equal((await bundle("_total=none")).total, undefined);
	for (const wrong of ["_count=-1", "_count=x", "_count=", "_total=some", "_summary=some"])
		await refused(t, ask("GET", `Patient?${wrong}`), 400, wrong);
});

t.test("_summary and _elements give marked parts that cannot be stored", async (t) => {
	const div = '<div xmlns="http://www.w3.org/1999/xhtml">x</div>';
	await ask("PUT", "Observation/o", {
		resourceType: "Observation",
		id: "o",
		text: { status: "generated", div },
		status: "final",
		code: { text: "x" },
		method: { text: "m" },
		valueString: "v",
		note: [{ text: "n" }],
		meta: { tag: [{ code: "own" }] },
		modifierExtension: [{ url: "http://example.org/m", valueBoolean: true }],
	});
	const part = async (query: string) =>
		Object.keys(jsonOf(await ask("GET", `Observation/o?${query}`)))
			.sort()
			.join(" ");
	const always = "id meta modifierExtension";
	t.equal(await part("_elements=note"), `code id meta modifierExtension note resourceType status`);
	t.equal(await part("_elements=Observation.value"), `code ${always} resourceType status valueString`);
	t.equal(await part("_summary=text"), "code id meta resourceType status text");
	t.equal(
		await part("_summary=data"),
		`code ${always.replace("meta", "meta method")} note resourceType status valueString`,
	);
	t.equal(await part("_summary=true"), `code ${always} resourceType status valueString`);
	t.equal(
		await part("_summary=false"),
		`code ${always.replace("meta", "meta method")} note resourceType status text valueString`,
	);
	const subset = jsonOf(await ask("GET", "Observation/o?_elements=note"));
	t.strictSame(
		subset.meta.tag.map(({ code }: { code: string }) => code),
		["own", "SUBSETTED"],
	);
	await refused(t, ask("PUT", "Observation/o", subset), 400);
	t.equal(jsonOf(await ask("GET", "Observation?_id=o&_elements=note")).entry[0].resource.meta.tag[1].code, "SUBSETTED");
	t.equal(jsonOf(await ask("GET", "Observation/o/_history/1?_summary=text")).valueString, undefined);
	await refused(t, ask("GET", "Observation/o?_summary=some"), 400);
});

t.test("_search by POST joins the parameters of body and URL", async (t) => {
	const form = (text: string) => ({
		body: { kind: "bytes", bytes: Buffer.from(text), mediaType: "application/x-www-form-urlencoded" } as const,
	});
	const bundle = jsonOf(await ask("POST", "Patient/_search?gender=female", undefined, form("identifier=urn%3Aa%7C")));
	t.strictSame(
		bundle.entry.map((entry: { resource: { id: string } }) => entry.resource.id),
		["p0", "p2"],
	);
	await refused(t, ask("POST", "Patient/_search", {}), 415);
});

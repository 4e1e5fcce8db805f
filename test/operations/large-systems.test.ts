import t from "tap";
import { createTerminologyStore } from "../../src/tenancy/index.ts";
import type { ConceptSink } from "../../src/tenancy/terminology/staging.ts";
import { loadTerminology } from "../../src/terminology/index.ts";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);
const store = createTerminologyStore(ask.database);
Object.assign(ask.engine, { terminology: loadTerminology({ large: store }) });

const SCT = "http://snomed.info/sct";
const EDITION = "http://snomed.info/sct/900000000000207008";
const VERSION = `${EDITION}/version/20260101`;
const MANY = 5200;

/** finding › disease › (diabetes › type 2, fever, old disease), and 5,200 kinds of rash. */
function concepts(sink: ConceptSink): void {
	const all: [code: string, display: string, parent?: string, inactive?: boolean][] = [
		["404684003", "Clinical finding"],
		["64572001", "Disease", "404684003"],
		["73211009", "Diabetes mellitus", "64572001"],
		["44054006", "Type 2 diabetes mellitus", "73211009"],
		["386661006", "Fever", "404684003"],
		["9999", "Old disease", "64572001", true],
		["271807003", "Rash", "404684003"],
	];
	for (const [code, display, , inactive] of all) sink.concept({ code, display, ...(inactive && { inactive }) });
	for (let n = 0; n < MANY; n++) sink.concept({ code: `r${n}`, display: `Rash number ${n}` });
	for (const [code, , parent] of all) if (parent) sink.parent(code, parent);
	for (let n = 0; n < MANY; n++) sink.parent(`r${n}`, "271807003");
	sink.designation({ code: "73211009", value: "मधुमेह", language: "hi" });
	sink.property("44054006", "site", "113331007", "code");
}
await store.load(async (sink) => {
	concepts(sink);
	await sink.ready();
	return { url: SCT, version: VERSION, name: "SNOMED CT", caseSensitive: true };
});

const isA = (value: string) => ({ system: SCT, filter: [{ property: "concept", op: "is-a", value }] });
const valueSets: Record<string, object> = {
	diseases: { include: [isA("64572001")] },
	findings: { include: [isA("404684003")] },
	rashless: { include: [isA("404684003")], exclude: [isA("271807003")] },
	some: { include: [isA("404684003")], exclude: [{ system: SCT, concept: [{ code: "44054006" }] }, isA("271807003")] },
	joined: {
		include: [isA("73211009"), isA("64572001"), { system: SCT, concept: [{ code: "386661006" }, { code: "9999" }] }],
	},
	active: { inactive: false, include: [isA("64572001")] },
	nested: { include: [{ valueSet: ["urn:diseases"] }] },
	edition: { include: [{ ...isA("73211009"), version: EDITION }] },
	past: { include: [{ ...isA("73211009"), version: `${EDITION}/version/20200101` }] },
	gone: { include: [isA("1234")] },
	branches: { include: [isA("73211009"), isA("64572001"), isA("386661006"), isA("404684003")] },
	used: { inactive: false, include: [{ system: SCT, concept: [{ code: "9999" }, { code: "386661006" }] }] },
};
for (const [id, compose] of Object.entries(valueSets)) {
	await ask("PUT", `ValueSet/${id}`, { resourceType: "ValueSet", id, url: `urn:${id}`, status: "active", compose });
}

const query = (params: Record<string, string>): string => new URLSearchParams(params).toString();
const parameters = async (path: string): Promise<{ name: string; [key: string]: unknown }[]> =>
	jsonOf(await ask("GET", path)).parameter;
const expansion = async (path: string) => jsonOf(await ask("GET", `ValueSet/${path}`)).expansion;
const codes = ({ contains = [] }: { contains?: { code: string }[] }): string =>
	contains.map(({ code }) => code).join(" ");

t.test("codings are judged by the system, and expressions are let be", async (t) => {
	const found = async (coding: object): Promise<string[]> =>
		jsonOf(
			await ask("POST", "Observation/$validate", {
				resourceType: "Observation",
				status: "final",
				code: { coding: [{ system: SCT, ...coding }] },
			}),
		).issue.flatMap(({ details, diagnostics }: { details: { coding: { code: string }[] }; diagnostics: string }) =>
			/PHC-V-05[56]/.test(details.coding?.[0]?.code ?? "") ? [diagnostics] : [],
		);
	t.strictSame(await found({ code: "386661006", display: " fever" }), []);
	t.strictSame(await found({ code: "73211009", display: "मधुमेह" }), [], "a name in another language");
	t.match(await found({ code: "386661006", display: "Rash" }), [/code\.coding\[0\]\.display .* which is "Fever"/]);
	t.match(await found({ code: "386661007" }), [/386661007", a code that this system does not have/]);
	t.strictSame(await found({ code: "73211009:363698007=113331007" }), []);
	t.strictSame(await found({ code: "386661007", version: `${EDITION}/version/20200101` }), [], "not loaded");
});

t.test("$expand pages in the database", async (t) => {
	const diseases = await expansion("diseases/$expand");
	t.equal(codes(diseases), "64572001 73211009 44054006 9999");
	t.strictSame(diseases.contains[1], { system: SCT, code: "73211009", display: "Diabetes mellitus" });
	t.equal(diseases.contains[3].inactive, true);
	t.strictSame(diseases.parameter, [{ name: "version", valueUri: `${SCT}|${VERSION}` }]);
	t.equal((await refused(t, ask("GET", "ValueSet/findings/$expand"), 422)).kind, "too-costly");
	t.equal((await expansion("findings/$expand?count=0")).total, MANY + 7);
	const page = await expansion("findings/$expand?count=2&offset=5205");
	t.equal(page.contains.length, 2);
	t.equal(codes(await expansion("findings/$expand?filter=diab%20typ&count=5")), "44054006");
	t.equal(codes(await expansion("diseases/$expand?activeOnly=true")), "64572001 73211009 44054006");
	t.equal(codes(await expansion("active/$expand")), "64572001 73211009 44054006");
	t.equal(codes(await expansion("rashless/$expand")), "404684003 64572001 73211009 44054006 386661006 9999");
	t.equal(codes(await expansion("some/$expand")), "404684003 64572001 73211009 386661006 9999");
	const joined = await expansion("joined/$expand");
	t.equal(codes(joined), "73211009 44054006 64572001 9999 386661006", "no code twice");
	t.equal(joined.contains[4].display, "Fever");
	t.equal(codes(await expansion("joined/$expand?count=2&offset=1")), "44054006 64572001", "a page over two includes");
	t.equal(codes(await expansion("nested/$expand?count=2")), "64572001 73211009");
	t.equal(codes(await expansion("edition/$expand")), "73211009 44054006");
	const branches = await expansion("branches/$expand?count=7");
	t.equal(branches.total, MANY + 7, "many branches that overlap");
	t.equal(codes(branches), "73211009 44054006 64572001 9999 386661006 404684003 271807003");
	t.equal(codes(await expansion("used/$expand")), "386661006", "a listed code may be out of use");
	await refused(t, ask("GET", "ValueSet/past/$expand"), 422);
	await refused(t, ask("GET", "ValueSet/gone/$expand"), 422);
	const site = await expansion(`$expand?${query({ url: "http://hl7.org/fhir/ValueSet/condition-code", count: "1" })}`);
	t.equal(site.total, MANY + 8, "R4's value sets draw on it too, beside a code that they list");
});

t.test("a url of SNOMED CT is a value set", async (t) => {
	const of = async (url: string) => codes(await expansion(`$expand?${query({ url })}`));
	t.equal(await of(`${SCT}?fhir_vs=isa/73211009`), "73211009 44054006");
	t.equal(await of(`${EDITION}?fhir_vs=isa/73211009`), "73211009 44054006");
	t.equal((await expansion(`$expand?${query({ url: `${SCT}?fhir_vs`, count: "0" })}`)).total, MANY + 7);
	await refused(t, of(`${EDITION}/version/20200101?fhir_vs=isa/73211009`), 422);
	await refused(t, of(`${SCT}?fhir_vs=ecl/<73211009`), 404);
});

t.test("codes are looked up, compared and judged in the database", async (t) => {
	const found = await parameters(
		`CodeSystem/$lookup?${query({ system: SCT, code: "73211009", displayLanguage: "hi" })}`,
	);
	t.equal(found.find(({ name }) => name === "display")?.valueString, "मधुमेह");
	t.equal(found.find(({ name }) => name === "name")?.valueString, "SNOMED CT");
	const outcome = async (codeA: string, codeB: string) =>
		(await parameters(`CodeSystem/$subsumes?${query({ system: SCT, codeA, codeB })}`))[0]?.valueCode;
	t.equal(await outcome("64572001", "44054006"), "subsumes");
	t.equal(await outcome("44054006", "64572001"), "subsumed-by");
	t.equal(await outcome("44054006", "386661006"), "not-subsumed");
	await refused(t, ask("GET", `CodeSystem/$subsumes?${query({ system: SCT, codeA: "44054006", codeB: "1" })}`), 404);
	const judged = async (url: string, code: string) =>
		(await parameters(`ValueSet/$validate-code?${query({ url, system: SCT, code })}`))[0]?.valueBoolean;
	t.equal(await judged("urn:diseases", "44054006"), true);
	t.equal(await judged("urn:diseases", "386661006"), false);
	t.equal(await judged("urn:some", "44054006"), false);
	t.equal(await judged("urn:some", "73211009"), true);
	t.equal(await judged("urn:edition", "44054006"), true);
	t.equal(await judged("urn:past", "44054006"), false);
	const inSystem = await parameters(
		`CodeSystem/$validate-code?${query({ url: SCT, code: "44054006", version: EDITION })}`,
	);
	t.equal(inSystem[0]?.valueBoolean, true);
});

t.test("$closure asks the database what subsumes what", async (t) => {
	const closed = async (...some: string[]) => {
		const concept = some.map((code) => ({ name: "concept", valueCoding: { system: SCT, code } }));
		const parameter = [{ name: "name", valueString: "problems" }, ...concept];
		return jsonOf(await ask("POST", "$closure", { resourceType: "Parameters", parameter }));
	};
	await closed();
	await closed("44054006", "386661006");
	const { group } = await closed("64572001");
	t.strictSame(group[0].element, [{ code: "44054006", target: [{ code: "64572001", equivalence: "subsumes" }] }]);
});

t.test("searches by meaning find what the database knows", async (t) => {
	const condition = (id: string, code: string) => ({
		resourceType: "Condition",
		id,
		subject: { reference: "Patient/p" },
		code: { coding: [{ system: SCT, code }] },
	});
	await ask("PUT", "Patient/p", somePatient({ id: "p" }));
	await ask("PUT", "Condition/sugar", condition("sugar", "44054006"));
	await ask("PUT", "Condition/hot", condition("hot", "386661006"));
	const found = async (search: string): Promise<string[]> =>
		(jsonOf(await ask("GET", `Condition?${search}`)).entry ?? []).map(
			(one: { resource: { id: string } }) => one.resource.id,
		);
	t.strictSame(await found(`code:below=${SCT}|64572001`), ["sugar"]);
	t.strictSame(await found(`code:above=${SCT}|44054006`), ["sugar"]);
	t.strictSame(await found("code:in=urn:diseases"), ["sugar"]);
	t.strictSame(await found("code:not-in=urn:diseases"), ["hot"]);
	t.equal((await refused(t, ask("GET", `Condition?code:below=${SCT}|404684003`), 422)).kind, "too-costly");
	await refused(t, ask("GET", "Condition?code:in=urn:findings"), 422);
	await refused(t, ask("GET", `Condition?code:below=${SCT}|1`), 404);
});

t.test("an expansion tells the version that it draws on", async (t) => {
	const older = `${EDITION}/version/20250101`;
	await store.load(async (sink) => {
		sink.concept({ code: "73211009", display: "Diabetes, as it was called" });
		await sink.ready();
		return { url: SCT, version: older, name: "SNOMED CT", caseSensitive: true };
	});
	const of = async (include: object) => {
		const resource = { resourceType: "ValueSet", status: "active", url: "urn:given", compose: { include: [include] } };
		const body = { resourceType: "Parameters", parameter: [{ name: "valueSet", resource }] };
		return jsonOf(await ask("POST", "ValueSet/$expand", body)).expansion;
	};
	for (const include of [
		{ system: SCT, version: older },
		{ system: SCT, version: older, concept: [{ code: "73211009" }] },
	]) {
		const { contains, parameter } = await of(include);
		t.equal(contains[0].display, "Diabetes, as it was called");
		t.strictSame(parameter, [{ name: "version", valueUri: `${SCT}|${older}` }]);
	}
});

t.test("what is loaded again is judged anew", async (t) => {
	const judged = async () =>
		(await parameters(`ValueSet/$validate-code?${query({ url: "urn:diseases", system: SCT, code: "44054006" })}`))[0]
			?.valueBoolean;
	t.equal(await judged(), true);
	await store.load(async (sink) => {
		sink.concept({ code: "64572001", display: "Disease" });
		await sink.ready();
		return { url: SCT, version: VERSION, name: "SNOMED CT", caseSensitive: true };
	});
	t.equal(await judged(), false);
});

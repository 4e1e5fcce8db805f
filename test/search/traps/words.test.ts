import t from "tap";
import type { JsonObject } from "../../../src/kernel/index.ts";
import { jsonOf } from "../../support/clinic.ts";
import { refused } from "../../support/refused.ts";
import { asking, observation, patient, table } from "./asking.ts";

const { ask, ids, put } = await asking(t);
const URI = "http://example.org";

t.test("63: strings begin with the text, without case and accent; contains and exact", async (t) => {
	const named = (id: string, name: JsonObject) => patient(id, { name: [name] });
	await put(
		named("jose", { family: "Jos\u00e9", given: ["Mar\u00eda del Carmen"] }),
		named("jose2", { family: "Jose\u0301" }),
	);
	await put(named("asha", { text: "आशा देवी", prefix: ["Dr"], suffix: ["MD"] }), named("asi", { family: "आशी" }));
	await put(patient("city", { address: [{ line: ["12 Temple Road"], city: "Rampur", text: "near the well" }] }));
	await table(t, ids, [
		["Patient?family=jose", "jose jose2", "NFC and NFD are one"],
		["Patient?family=JOS%C3%89", "jose jose2"],
		["Patient?family:exact=Jos%C3%A9", "jose jose2"],
		["Patient?family:exact=jose", "", "exact keeps case and accent"],
		["Patient?family:exact=Jos", "", "exact is the whole"],
		["Patient?given=maria", "jose"],
		["Patient?given=carmen", "", "not the beginning"],
		["Patient?given:contains=CARMEN", "jose"],
		["Patient?name=%E0%A4%86%E0%A4%B6%E0%A4%BE", "asha", "vowel signs are letters"],
		["Patient?name=%E0%A4%86%E0%A4%B6", "asha asi"],
		["Patient?name=dr", "asha"],
		["Patient?name=md", "asha"],
		["Patient?address=ramp", "city"],
		["Patient?address=near", "city"],
		["Patient?address-city=temple", "", "the city alone"],
		["Patient?address:contains=TEMPLE", "city"],
		["Patient?name=a%25", "", "no wildcards"],
		["Patient?name=_sha", ""],
		["Patient?name:contains=.*", ""],
	]);
	for (const wrong of ["Patient?name=", "Patient?name=%20", "Patient?name:above=x", "Patient?name:contains="])
		await refused(t, ids(wrong), 400, wrong);
});

t.test("64, 65: the forms of a token, and the systems that elements imply", async (t) => {
	const identified = (id: string, ...identifier: JsonObject[]) =>
		patient(id, { identifier, telecom: [{ system: "phone", value: id }] });
	await put(
		identified("i1", { system: "urn:a", value: "7" }),
		identified("i2", { system: "urn:b", value: "7" }),
		identified("i3", { value: "7" }),
	);
	await put(patient("g", { gender: "male", active: true, identifier: [{ system: "urn:only" }] }));
	await table(t, ids, [
		["Patient?identifier=7", "i1 i2 i3", "any system"],
		["Patient?identifier=urn:a|7", "i1"],
		["Patient?identifier=|7", "i3", "no system at all"],
		["Patient?identifier=urn:a|", "i1", "any code of it"],
		["Patient?identifier=urn:only|", "g"],
		["Patient?identifier=urn:a|8", ""],
		["Patient?gender=http://hl7.org/fhir/administrative-gender|male", "g"],
		["Patient?gender=male", "g"],
		["Patient?gender=|male", "", "the code has a system"],
		["Patient?gender=urn:x|male", ""],
		["Patient?active=true", "g"],
		[
			"Patient?active=http://terminology.hl7.org/CodeSystem/special-values|true",
			"g",
			"booleans are of the special values",
		],
		["Patient?phone=i1", "i1"],
		["Patient?email=i1", ""],
		["Patient?telecom=phone|i1", "i1"],
	]);
	for (const wrong of ["", "|", "a|b|c"]) await refused(t, ids(`Patient?identifier=${wrong}`), 400, wrong);
});

t.test("66: the case of codes counts where their system says so", async (t) => {
	const coded = (id: string, system: string | undefined, code: string) =>
		observation(id, { code: { coding: [{ system, code }] } });
	await put(
		coded("c1", "http://hl7.org/fhir/observation-status", "FINAL"),
		coded("c2", "urn:unknown", "FINAL"),
		coded("c3", undefined, "FINAL"),
	);
	await table(t, ids, [
		["Observation?code=http://hl7.org/fhir/observation-status|final", "", "that system is case-sensitive"],
		["Observation?code=http://hl7.org/fhir/observation-status|FINAL", "c1"],
		["Observation?code=urn:unknown|final", "c2", "in doubt it is not"],
		["Observation?code=|Final", "c3"],
		["Observation?code=final", "c2 c3"],
		["Observation?code=FINAL", "c1 c2 c3"],
	]);
});

t.test("67: not means that no item matches, and holds without any item", async (t) => {
	const coding = (...codes: string[]) => ({ coding: codes.map((code) => ({ system: "urn:m", code })) });
	const at = (id: string, ...codes: string[]) =>
		observation(id, { subject: { reference: "Patient/n" }, ...(codes.length && { category: [coding(...codes)] }) });
	await put(at("n0"), at("na", "a"), at("nb", "b"), at("nab", "a", "b"), at("nc", "c"));
	const of = (rest: string) => `Observation?subject=Patient/n&${rest}`;
	await table(t, ids, [
		[of("category:not=urn:m|a"), "n0 nb nc"],
		[of("category:not=a,b"), "n0 nc", "neither"],
		[of("category:not=a&category=b"), "nb"],
		[of("category:not=urn:other|a"), "n0 na nab nb nc"],
	]);
});

t.test("68: missing is true without a value, extensions or not, and false is the complement", async (t) => {
	const absent = {
		extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }],
	};
	const of = { managingOrganization: { reference: "Organization/m" } };
	await put(
		patient("m0", of),
		patient("m1", { ...of, _birthDate: absent, _gender: absent, name: [absent], maritalStatus: absent } as never),
	);
	await put(
		patient("m2", { ...of, birthDate: "2000", gender: "male", name: [{ family: "M" }], maritalStatus: { text: "x" } }),
	);
	for (const code of ["birthdate", "gender", "name"]) {
		await table(t, ids, [
			[`Patient?organization=Organization/m&${code}:missing=true`, "m0 m1"],
			[`Patient?organization=Organization/m&${code}:missing=false`, "m2"],
		]);
	}
	await put(observation("ms", { subject: { reference: "Patient/m0" }, valueCodeableConcept: { text: "only words" } }));
	await put(observation("mt", { subject: { reference: "Patient/m2" }, performer: [{ display: "Somebody" }] }));
	await table(t, ids, [
		["Observation?value-concept:missing=false", "ms", "a text is a value"],
		["Observation?performer:missing=false", "mt", "a display is a value"],
		["Observation?subject:Patient.birthdate:missing=true", "ms", "at the end of a chain"],
		["Observation?subject:Patient.birthdate:missing=false", "mt"],
		["Observation?patient:missing=false", "ms mt n0 na nab nb nc"],
	]);
	for (const wrong of ["", "TRUE", "yes", "true,false"])
		await refused(t, ids(`Patient?gender:missing=${wrong}`), 400, wrong);
});

t.test("68: missing is legal on every type of parameter but composites", async (t) => {
	for (const code of [
		"value-quantity",
		"value-string",
		"value-date",
		"value-concept",
		"subject",
		"date",
		"code",
		"identifier",
	])
		await ids(`Observation?${code}:missing=true`);
	await ids("RiskAssessment?probability:missing=true");
	await ids("ValueSet?url:missing=true");
	await ids("Location?near:missing=true");
	await refused(t, ids("Observation?code-value-quantity:missing=true"), 400);
});

t.test("69: of-type needs all three, in one identifier", async (t) => {
	const MR = { coding: [{ system: "urn:t", code: "MR" }] };
	await put(
		patient("o1", { identifier: [{ type: MR, value: "1" }, { value: "2" }] }),
		patient("o2", { identifier: [{ type: MR, value: "2" }] }),
	);
	await table(t, ids, [
		["Patient?identifier:of-type=urn:t|MR|1", "o1"],
		["Patient?identifier:of-type=urn:t|MR|2", "o2", "not the value of another identifier"],
		["Patient?identifier:of-type=urn:x|MR|1", ""],
	]);
	for (const wrong of ["MR|1", "urn:t|MR|", "|MR|1", "urn:t||1", "urn:t|MR|1|2", ""])
		await refused(t, ids(`Patient?identifier:of-type=${wrong}`), 400, wrong);
	await refused(t, ids("Patient?gender:of-type=a|b|c"), 400, "only identifiers have a type");
});

t.test("76: escapes are read after percent signs, and split nowhere", async (t) => {
	await put(
		patient("e1", { identifier: [{ system: "urn:e", value: "a,b" }] }),
		patient("e2", { identifier: [{ system: "urn:e", value: "a|b" }] }),
	);
	await put(
		patient("e3", { identifier: [{ system: "urn:e", value: "a\\" }] }),
		patient("e4", { identifier: [{ system: "urn:e", value: "a$b" }] }),
	);
	await put(
		patient("e5", { name: [{ family: "Singh, Ram" }] }),
		observation("e6", { subject: { reference: "Patient/e1" }, code: { coding: [{ code: "x,y" }] } }),
	);
	await table(t, ids, [
		["Patient?identifier=a\\,b", "e1"],
		["Patient?identifier=a%5C%2Cb", "e1"],
		["Patient?identifier=a,b", ""],
		["Patient?identifier=urn:e|a\\|b", "e2"],
		["Patient?identifier=a\\\\", "e3"],
		["Patient?identifier=a\\$b", "e4"],
		["Patient?identifier=a$b", "e4", "a $ means something in composites only"],
		["Patient?identifier=a\\,b,a\\|b", "e1 e2"],
		["Patient?family=singh\\, ram", "e5"],
		["Patient?_has:Observation:patient:code=x\\,y", "e1"],
		["Observation?subject:Patient.identifier=a\\,b", "e6"],
	]);
	await refused(t, ids("Patient?identifier=a\\"), 400, "a backslash at the end");
});

t.test("77: a comma is or, a repeat is and, prefixes and modifiers apply as they stand", async (t) => {
	const born = (id: string, birthDate: string, family: string) =>
		patient(id, { birthDate, name: [{ family }], active: false });
	await put(born("k1", "1990-01-01", "Ka"), born("k2", "1995-01-01", "Ki"), born("k3", "2000-01-01", "Ku"));
	await table(t, ids, [
		["Patient?active=false&birthdate=lt1991,gt1999", "k1 k3", "a prefix for each part"],
		["Patient?active=false&birthdate=gt1991&birthdate=lt1999", "k2"],
		["Patient?active=false&family:exact=Ka,ki", "k1", "the modifier is for both"],
		["Patient?active=false&family=ka,ki&family=ki,ku", "k2"],
	]);
	for (const wrong of ["family=a,", "identifier=a,,b", "birthdate=2000,"])
		await refused(t, ids(`Patient?${wrong}`), 400, wrong);
});

t.test("73: URIs as a whole, with case; below and above by segment of the path, urns only as they are", async (t) => {
	const set = (id: string, url: string) => ({ resourceType: "ValueSet", id, status: "draft", url });
	await put(
		set("u0", `${URI}/a`),
		set("u1", `${URI}/a/b`),
		set("u2", `${URI}/a/bc`),
		set("u3", `${URI}/a/b/c`),
		set("u4", "urn:x:a"),
		set("u5", "urn:x:a:b"),
	);
	await table(t, ids, [
		[`ValueSet?url=${URI}/a/b`, "u1"],
		[`ValueSet?url=${URI}/A/b`, ""],
		[`ValueSet?url=${URI}/a/b/`, ""],
		[`ValueSet?url:below=${URI}/a/b`, "u1 u3", "not a/bc"],
		[`ValueSet?url:below=${URI}/a/b/`, "u1 u3"],
		[`ValueSet?url:below=${URI}`, "u0 u1 u2 u3"],
		[`ValueSet?url:above=${URI}/a/b/c`, "u0 u1 u3"],
		["ValueSet?url:below=urn:x:a", "u4"],
		["ValueSet?url:above=urn:x:a:b", "u5"],
		["ValueSet?url=urn:x:a,urn:x:a:b", "u4 u5"],
	]);
	await refused(t, ids("ValueSet?url="), 400);
	await refused(t, ids("ValueSet?url:contains=a"), 400);
});

t.test("76: escapes are read in conditional creates, conditional references and batches too", async (t) => {
	const entry = (value: string) => ({
		resource: patient("", { id: undefined, identifier: [{ system: "urn:cond", value }] }),
		request: {
			method: "POST",
			url: "Patient",
			ifNoneExist: `identifier=urn:cond|${value.replace(/[\\,$|]/g, "\\$&")}`,
		},
	});
	const values = ["a,b", "a|b", "a$b", "a\\b", "a\\,b"];
	const made = async () =>
		jsonOf(await ask("POST", "", { resourceType: "Bundle", type: "transaction", entry: values.map(entry) })).entry.map(
			(one: { response: { status: string } }) => one.response.status.slice(0, 3),
		);
	t.strictSame(await made(), Array(5).fill("201"));
	t.strictSame(await made(), Array(5).fill("200"), "each is found again, and no other");
	const linked = observation("linked", { subject: { reference: "Patient?identifier=urn:cond|a\\,b" } });
	const { entry: answers } = jsonOf(
		await ask("POST", "", {
			resourceType: "Bundle",
			type: "transaction",
			entry: [{ resource: linked, request: { method: "PUT", url: "Observation/linked" } }],
		}),
	);
	t.equal(answers[0].response.status.slice(0, 3), "201");
	const [target] = await ids("Patient?identifier=urn:cond|a\\,b");
	t.strictSame(await ids(`Observation?subject=Patient/${target}`), ["linked"]);
	const batch = jsonOf(
		await ask("POST", "", {
			resourceType: "Bundle",
			type: "batch",
			entry: [{ request: { method: "GET", url: "Patient?identifier=urn:cond|a%5C%2Cb" } }],
		}),
	);
	t.equal(batch.entry[0].resource.entry[0].resource.id, target);
});

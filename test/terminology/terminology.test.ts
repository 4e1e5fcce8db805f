import t, { type Test } from "tap";
import { Problem, type Resource } from "../../src/kernel/index.ts";
import { loadTerminology, type OwnTerminology } from "../../src/terminology/index.ts";

const terminology = loadTerminology();
const ANIMALS = "https://clinic.example/animals";

const animals = {
	resourceType: "CodeSystem",
	url: ANIMALS,
	version: "2",
	status: "active",
	content: "complete",
	caseSensitive: false,
	property: [
		{ code: "kindOf", uri: "http://hl7.org/fhir/concept-properties#parent", type: "code" },
		{ code: "legs", type: "integer" },
		{ code: "inactive", type: "boolean" },
	],
	concept: [
		{
			code: "animal",
			concept: [
				{ code: "bird", concept: [{ code: "Crow", property: [{ code: "legs", valueInteger: 2 }] }] },
				{ code: "mammal", concept: [{ code: "dog", property: [{ code: "legs", valueInteger: 4 }] }] },
			],
		},
		{
			code: "bat",
			property: [
				{ code: "kindOf", valueCode: "mammal" },
				{ code: "kindOf", valueCode: "flyer" },
				{ code: "legs", valueInteger: 2 },
			],
		},
		{ code: "flyer", property: [{ code: "child", valueCode: "Crow" }] },
		{ code: "dodo", property: [{ code: "inactive", valueBoolean: true }] },
		{ code: "stone" },
	],
};

/** A clinic that stores these resources. */
function clinic(...resources: object[]): OwnTerminology {
	const find = (type: string) => async (url: string) =>
		(resources as Resource[]).find((resource) => resource.resourceType === type && resource.url === url);
	return { codeSystem: find("CodeSystem"), valueSet: find("ValueSet") };
}

const set = (name: string, compose: object, more: object = {}) => ({
	resourceType: "ValueSet",
	url: `https://clinic.example/${name}`,
	status: "active",
	compose,
	...more,
});

const codesOf = async (found: Promise<readonly { code: string }[]>): Promise<string> =>
	(await found)
		.map(({ code }) => code)
		.sort()
		.join(" ");

const expandCompose = (compose: object, ...others: object[]): Promise<string> =>
	codesOf(terminology.expand("https://clinic.example/asked", clinic(animals, set("asked", compose), ...others)));

async function refused(t: Test, asked: Promise<unknown>, kind: string, ...words: string[]): Promise<void> {
	const problem = await asked.then(
		(answer) => t.fail(`answered ${JSON.stringify(answer)}`),
		(error: unknown) => error,
	);
	if (!(problem instanceof Problem)) return void t.fail(`threw ${problem}`);
	t.equal(problem.kind, kind);
	t.ok(problem.status >= 400 && problem.status < 500);
	for (const word of words) t.ok(problem.message.includes(word), `${problem.message} names ${word}`);
}

t.test("expands what R4 defines", async (t) => {
	t.strictSame(await terminology.expand("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"), [
		{ system: "http://hl7.org/fhir/administrative-gender", code: "male" },
		{ system: "http://hl7.org/fhir/administrative-gender", code: "female" },
		{ system: "http://hl7.org/fhir/administrative-gender", code: "other" },
		{ system: "http://hl7.org/fhir/administrative-gender", code: "unknown" },
	]);
	const kinds = await terminology.expand("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode");
	t.ok(kinds.some(({ code }) => code === "AMB"));
});

t.test("says whether case counts", async (t) => {
	t.equal(terminology.isCaseSensitive("http://hl7.org/fhir/administrative-gender"), true);
	t.equal(terminology.isCaseSensitive("http://snomed.info/sct"), false);
	t.equal(terminology.isCaseSensitive("http://terminology.hl7.org/CodeSystem/v2-0001"), undefined);
	t.equal(terminology.isCaseSensitive("urn:unknown"), undefined);
	t.equal(terminology.isCaseSensitive("constructor"), undefined);
});

t.test("finds what is below and above a concept", async (t) => {
	const own = clinic(animals);
	const below = (code: string) => codesOf(terminology.below({ system: ANIMALS, code }, own));
	const above = (code: string) => codesOf(terminology.above({ system: ANIMALS, code }, own));
	t.equal(await below("mammal"), "bat dog mammal");
	t.equal(await below("flyer"), "Crow bat flyer", "by parent and child properties");
	t.equal(await below("stone"), "stone");
	t.equal(await above("bat"), "animal bat flyer mammal");
	t.equal(await above("CROW"), "Crow animal bird flyer", "case does not count in this system");
	const system = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
	t.match(await codesOf(terminology.below({ system, code: "_ActEncounterCode" })), /\bAMB\b.*\bIMP\b/);
	t.match(await codesOf(terminology.above({ system, code: "AMB" })), /^AMB .*_ActEncounterCode$/);
});

t.test("a loop in a hierarchy ends", async (t) => {
	const concept = [
		{ code: "a", property: [{ code: "parent", valueCode: "b" }] },
		{
			code: "b",
			property: [
				{ code: "parent", valueCode: "a" },
				{ code: "parent", valueCode: "gone" },
			],
		},
	];
	const own = clinic({ ...animals, concept });
	t.equal(await codesOf(terminology.below({ system: ANIMALS, code: "a" }, own)), "a b");
	t.equal(await codesOf(terminology.above({ system: ANIMALS, code: "a" }, own)), "a b");
});

t.test("nesting that is no subsumption gives no hierarchy", async (t) => {
	const own = clinic({ ...animals, hierarchyMeaning: "part-of" });
	t.equal(await codesOf(terminology.below({ system: ANIMALS, code: "mammal" }, own)), "bat mammal");
});

t.test("above and below refuse what they cannot know", async (t) => {
	const snomed = { system: "http://snomed.info/sct", code: "73211009" };
	await refused(t, terminology.below(snomed), "unprocessable", snomed.system, snomed.code);
	await refused(t, terminology.above({ system: "urn:x", code: "1" }), "unprocessable", "urn:x");
	await refused(t, terminology.below({ system: ANIMALS, code: "cat" }, clinic(animals)), "not-found", ANIMALS, "cat");
	await refused(
		t,
		terminology.below({ system: "http://hl7.org/fhir/administrative-gender", code: "MALE" }),
		"not-found",
	);
	const fragment = clinic({ ...animals, content: "fragment" });
	await refused(t, terminology.below({ system: ANIMALS, code: "dog" }, fragment), "unprocessable", "fragment");
});

const filtered = (property: string, op: string, value: string) => ({
	include: [{ system: ANIMALS, filter: [{ property, op, value }] }],
});

t.test("filters as R4 defines them", async (t) => {
	t.equal(await expandCompose(filtered("concept", "is-a", "mammal")), "bat dog mammal");
	t.equal(await expandCompose(filtered("concept", "descendent-of", "mammal")), "bat dog");
	t.equal(await expandCompose(filtered("concept", "is-not-a", "animal")), "dodo flyer stone");
	t.equal(await expandCompose(filtered("concept", "generalizes", "dog")), "animal dog mammal");
	t.equal(await expandCompose(filtered("code", "in", "dog, stone,unknown")), "dog stone");
	t.equal(await expandCompose(filtered("legs", "not-in", "2")), "animal bird dodo dog flyer mammal stone");
	t.equal(await expandCompose(filtered("legs", "=", "2")), "Crow bat");
	t.equal(await expandCompose(filtered("legs", "exists", "true")), "Crow bat dog");
	t.equal(await expandCompose(filtered("legs", "exists", "false")), "animal bird dodo flyer mammal stone");
	t.equal(await expandCompose(filtered("code", "regex", "[a-d].[a-z]")), "bat dog");
	const both = [
		{ property: "concept", op: "is-a", value: "animal" },
		{ property: "legs", op: "=", value: "2" },
	];
	t.equal(
		await expandCompose({ include: [{ system: ANIMALS, filter: both }] }),
		"Crow bat",
		"filters of an include meet",
	);
});

t.test("refuses a filter it cannot answer", async (t) => {
	await refused(t, expandCompose(filtered("concept", "is-a", "cat")), "unprocessable", "cat", ANIMALS);
	await refused(t, expandCompose(filtered("wings", "=", "2")), "unprocessable", "wings", ANIMALS);
	await refused(t, expandCompose(filtered("concept", "constructor", "dog")), "unprocessable", "constructor");
	await refused(t, expandCompose(filtered("code", "regex", "(a)\\1")), "unprocessable", "(a)\\1");
	const concept = [{ code: "dog" }];
	const include = [{ system: ANIMALS, concept, filter: [{ property: "concept", op: "is-a", value: "dog" }] }];
	await refused(t, expandCompose({ include }), "unprocessable", "vsd-3");
});

t.test("joins includes, meets value sets, takes excludes away", async (t) => {
	const pets = set("pets", {
		include: [{ system: ANIMALS, concept: [{ code: "dog" }, { code: "bat" }, { code: "cat" }] }],
	});
	const mammals = set("mammals", filtered("concept", "is-a", "mammal"));
	const twoLegged = set("two", filtered("legs", "=", "2"));
	const all = [pets, mammals, twoLegged];
	const meet = (...valueSet: object[]) => ({ valueSet: valueSet.map((other) => (other as { url: string }).url) });
	t.equal(await expandCompose({ include: [meet(pets)] }, ...all), "bat cat dog", "listed codes stand as they are");
	t.equal(await expandCompose({ include: [meet(pets, mammals)] }, ...all), "bat dog");
	t.equal(await expandCompose({ include: [meet(pets, mammals, twoLegged)] }, ...all), "bat");
	t.equal(await expandCompose({ include: [meet(pets), meet(twoLegged)] }, ...all), "Crow bat cat dog");
	t.equal(
		await expandCompose({ include: [{ system: ANIMALS, ...meet(pets) }] }, ...all),
		"bat dog",
		"system and set meet",
	);
	t.equal(await expandCompose({ include: [meet(pets)], exclude: [meet(twoLegged)] }, ...all), "cat dog");
	t.equal(
		await expandCompose({ include: [{ system: ANIMALS }] }, ...all),
		"Crow animal bat bird dodo dog flyer mammal stone",
	);
	const gender = { system: "http://hl7.org/fhir/administrative-gender", concept: [{ code: "dog" }] };
	t.equal(
		await expandCompose({ include: [meet(pets)], exclude: [gender] }, ...all),
		"bat cat dog",
		"systems stay apart",
	);
});

t.test("leaves inactive codes out where the value set says so", async (t) => {
	t.match(await expandCompose({ include: [{ system: ANIMALS }] }), /dodo/);
	t.notMatch(await expandCompose({ inactive: false, include: [{ system: ANIMALS }] }), /dodo/);
	const concept = [{ code: "dodo" }, { code: "dog" }];
	t.equal(await expandCompose({ inactive: false, include: [{ system: ANIMALS, concept }] }), "dog");
});

t.test("takes the whole expansion of a set without compose", async (t) => {
	const url = "https://clinic.example/stored";
	const contains = [{ system: ANIMALS, code: "animal", abstract: true, contains: [{ system: ANIMALS, code: "dog" }] }];
	const stored = (expansion: object) => clinic({ resourceType: "ValueSet", url, expansion });
	t.equal(await codesOf(terminology.expand(url, stored({ contains }))), "dog");
	await refused(t, terminology.expand(url, stored({ total: 9, contains })), "not-found", url);
	const extension = [{ url: "http://hl7.org/fhir/StructureDefinition/valueset-toocostly", valueBoolean: true }];
	await refused(t, terminology.expand(url, stored({ extension, contains })), "not-found", url);
});

t.test("the clinic's own goes before R4's, version by version", async (t) => {
	const url = "http://hl7.org/fhir/ValueSet/administrative-gender";
	const own = clinic(animals, set("", filtered("concept", "is-a", "dog"), { url, version: "9" }));
	t.equal(await codesOf(terminology.expand(url, own)), "dog");
	t.equal(await codesOf(terminology.expand(`${url}|9`, own)), "dog");
	t.equal(await codesOf(terminology.expand(`${url}|4.0.1`, own)), "female male other unknown");
	await refused(t, terminology.expand(`${url}|5`, own), "not-found", `${url}|5`, "4.0.1");
});

t.test("names what is missing where a value set cannot be expanded", async (t) => {
	await refused(t, terminology.expand("https://clinic.example/none"), "not-found", "https://clinic.example/none");
	await refused(t, terminology.expand("__proto__"), "not-found", "__proto__");
	await refused(
		t,
		terminology.expand("http://hl7.org/fhir/ValueSet/condition-code"),
		"unprocessable",
		"http://snomed.info/sct",
	);
	await refused(
		t,
		terminology.expand("http://hl7.org/fhir/ValueSet/report-codes"),
		"unprocessable",
		"http://loinc.org",
	);
	await refused(t, terminology.expand("http://hl7.org/fhir/ValueSet/c80-doc-typecodes"), "too-costly", "5000");
	await refused(t, expandCompose({ include: [{ valueSet: ["urn:none"] }] }), "not-found", "urn:none", "asked");
	await refused(
		t,
		expandCompose({ include: [{ system: ANIMALS, version: "1" }] }),
		"unprocessable",
		"version 1",
		ANIMALS,
	);
	await refused(t, expandCompose({ include: [{}] }), "unprocessable", "asked");
	await refused(t, expandCompose({ include: [] }), "not-found", "asked");
	await refused(t, terminology.expand("x".repeat(1_000_000)), "not-found");
});

t.test("refuses value sets in a circle, and too many of them", async (t) => {
	const chain = (from: number, to: number) =>
		set(`s${from}`, { include: [{ valueSet: [`https://clinic.example/s${to}`] }] });
	await refused(
		t,
		terminology.expand("https://clinic.example/s1", clinic(chain(1, 2), chain(2, 1))),
		"unprocessable",
		"s1 → ",
	);
	const many = Array.from({ length: 400 }, (_, i) => chain(i, i + 1));
	await refused(t, terminology.expand("https://clinic.example/s0", clinic(...many)), "too-costly", "200");
	const doubling = Array.from({ length: 60 }, (_, i) => {
		const next = { valueSet: [`https://clinic.example/s${i + 1}`] };
		return set(`s${i}`, { include: [next, next] });
	});
	const last = set("s60", filtered("concept", "is-a", "dog"));
	t.equal(await codesOf(terminology.expand("https://clinic.example/s0", clinic(animals, ...doubling, last))), "dog");
	const options = { offset: 0, activeOnly: false, selectableOnly: false, withoutSystems: [] };
	const own = clinic(animals, ...doubling, last);
	t.equal((await terminology.expansion("https://clinic.example/s0", options, own)).total, 1);
	const member = await terminology.membership("https://clinic.example/s0", own);
	t.equal(member({ system: ANIMALS, code: "dog" }), "in");
});

t.test("a clinic's large code system is too costly to list, and still has a hierarchy", async (t) => {
	const concept = Array.from({ length: 6000 }, (_, i) => ({
		code: `c${i}`,
		...(i > 0 && { property: [{ code: "parent", valueCode: `c${i - 1}` }] }),
	}));
	const own = clinic({ ...animals, concept }, set("all", { include: [{ system: ANIMALS }] }));
	await refused(t, terminology.expand("https://clinic.example/all", own), "too-costly", "https://clinic.example/all");
	t.equal((await terminology.above({ system: ANIMALS, code: "c30" }, own)).length, 31);
});

import t, { type Test } from "tap";
import { jsonOf } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";
import { all, concept, named, one, query, told, WARDS, wardClinic, wardSet, wards } from "../support/wards.ts";

const { ask, closed, outputs } = await wardClinic(t);
const R4 = "http://hl7.org/fhir/ValueSet";
const GENDER = "http://hl7.org/fhir/administrative-gender";
const V3 = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

t.test("an unknown url is answered with those that are near", async (t) => {
	const wrong = `${R4}/administrativ-gender`;
	for (const operation of ["$expand", "$validate-code"]) {
		const params = query({ url: wrong, ...(operation === "$validate-code" && { code: "male" }) });
		const problem = await refused(t, ask("GET", `ValueSet/${operation}?${params}`), 404);
		t.match(problem.message, `Did you mean ${R4}/administrative-gender?`, operation);
	}
	const own = await refused(t, ask("GET", `ValueSet/$expand?${query({ url: `${WARDS}-sett` })}`), 404);
	t.match(own.message, `Did you mean ${WARDS}-set?`, "the clinic's own too");
	const none = await refused(t, ask("GET", `ValueSet/$expand?${query({ url: "urn:entirely-else" })}`), 404);
	t.notMatch(none.message, "Did you mean");
	const map = "http://hl7.org/fhir/ConceptMap/cm-address-use-v";
	const params = query({ url: map, code: "home", system: "http://hl7.org/fhir/address-use" });
	t.match((await refused(t, ask("GET", `ConceptMap/$translate?${params}`), 404)).message, `Did you mean ${map}`);
});

t.test("ValueSet/$validate-code", async (t) => {
	const cases: [Record<string, string>, boolean, RegExp?][] = [
		[{ url: `${R4}/administrative-gender`, system: GENDER, code: "male" }, true],
		[{ url: `${R4}/administrative-gender`, code: "male" }, true],
		[{ url: `${R4}/administrative-gender`, valueSetVersion: "4.0.1", code: "male" }, true],
		[{ url: `${R4}/administrative-gender`, code: "male", display: "male" }, true],
		[{ url: `${R4}/administrative-gender`, code: "male", display: "Man" }, false, /"Man" is not what.*"Male"/],
		[{ url: `${R4}/administrative-gender`, code: "man" }, false, /is not in the value set/],
		[{ url: `${R4}/administrative-gender`, system: "urn:x", code: "male" }, false, /urn:x#male is not in/],
		[
			{ url: `${R4}/condition-code`, system: "http://snomed.info/sct", code: "73211009" },
			false,
			/cannot be told.*phc terminology load/,
		],
		[{ url: `${WARDS}-set`, code: "w1", display: "प्रसूति वार्ड" }, true],
		[{ url: `${WARDS}-set`, code: "all" }, false, /only groups others/],
		[{ url: `${WARDS}-set`, code: "all", abstract: "true" }, true],
		[{ url: `${WARDS}-set`, code: "w0" }, true, /no longer in use/],
		[{ url: `${WARDS}-set`, system: "http://loinc.org", code: "8867-4" }, true],
		[{ url: `${R4}/ucum-units`, system: "http://unitsofmeasure.org", code: "mg" }, true],
		[{ url: `${R4}/currencies`, code: "INR", display: "Indian Rupee" }, true],
	];
	for (const [params, result, message] of cases) {
		const outs = await outputs(`ValueSet/$validate-code?${query(params)}`);
		t.equal(one(outs, "result"), result, JSON.stringify(params));
		if (message) t.match(one(outs, "message"), message);
		else t.equal(one(outs, "message"), undefined);
	}
	const hindi = await outputs(
		`ValueSet/$validate-code?${query({ url: `${WARDS}-set`, code: "w1", displayLanguage: "hi-IN" })}`,
	);
	t.equal(one(hindi, "display"), "प्रसूति वार्ड");
	t.equal(one(hindi, "system"), WARDS);
	t.equal(one(hindi, "version"), "1");
	const atInstance = await outputs("ValueSet/wards/$validate-code", [
		{ name: "coding", valueCoding: { system: WARDS, code: "w2" } },
	]);
	t.equal(one(atInstance, "display"), "Children's ward");
	const concept = {
		coding: [
			{ system: "urn:x", code: "1" },
			{ system: WARDS, code: "w1" },
		],
	};
	t.equal(
		one(
			await outputs("ValueSet/wards/$validate-code", [{ name: "codeableConcept", valueCodeableConcept: concept }]),
			"result",
		),
		true,
	);
	const given = { ...wardSet, url: "urn:given", compose: { include: [{ system: WARDS, concept: [{ code: "w2" }] }] } };
	const inline = [
		{ name: "valueSet", resource: given },
		{ name: "coding", valueCoding: { system: WARDS, code: "w1" } },
	];
	t.equal(one(await outputs("ValueSet/$validate-code", inline), "result"), false);
	const noSystem = [{ name: "coding", valueCoding: { code: "w1" } }];
	t.equal(
		one(await outputs("ValueSet/wards/$validate-code", noSystem), "result"),
		false,
		"a Coding without system is in no set",
	);
});

t.test("CodeSystem/$validate-code", async (t) => {
	const cases: [Record<string, string>, boolean, RegExp?][] = [
		[{ url: WARDS, code: "w1" }, true],
		[{ url: WARDS, code: "w1", version: "1", display: "maternity  WARD" }, true],
		[{ url: WARDS, code: "w1", version: "2" }, false, /Version 2 .* is not here: 1 is/],
		[{ url: WARDS, code: "W1" }, false, /has no code W1/],
		[{ url: "urn:unknown", code: "1" }, false, /not known here/],
		[{ url: "urn:ietf:bcp:47", code: "hi" }, true],
		[{ url: "urn:ietf:bcp:47", code: "no language" }, false],
	];
	for (const [params, result, message] of cases) {
		const outs = await outputs(`CodeSystem/$validate-code?${query(params)}`);
		t.equal(one(outs, "result"), result, JSON.stringify(params));
		if (message) t.match(one(outs, "message"), message);
	}
	t.equal(one(await outputs("CodeSystem/wards/$validate-code?code=w2"), "result"), true);
	const codeSystem = { ...wards, url: "urn:other", concept: [{ code: "x" }] };
	const inline = (code: string) => [
		{ name: "codeSystem", resource: codeSystem },
		{ name: "code", valueCode: code },
	];
	t.equal(one(await outputs("CodeSystem/$validate-code", inline("x")), "result"), true);
	t.equal(one(await outputs("CodeSystem/$validate-code", inline("y")), "result"), false);
	const foreign = [{ name: "coding", valueCoding: { system: "urn:x", code: "w1" } }];
	t.match(one(await outputs("CodeSystem/wards/$validate-code", foreign), "message"), /is of urn:x/);
});

t.test("$lookup", async (t) => {
	const outs = await outputs(`CodeSystem/$lookup?${query({ system: WARDS, code: "w1" })}`);
	t.equal(one(outs, "name"), "Wards of the clinic");
	t.equal(one(outs, "version"), "1");
	t.equal(one(outs, "display"), "Maternity ward");
	const properties = all(outs, "property").map(({ part = [] }) => part.map(told));
	t.strictSame(properties, [
		["definition", "Where children are born"],
		["inactive", false],
		["parent", "all"],
		["beds", 12],
		["area", 84.5],
	]);
	t.strictSame(
		all(outs, "designation").map(({ part = [] }) => part.map(told)),
		[
			["hi", "प्रसूति वार्ड"],
			[{ code: "short" }, "Mat"],
			[{ system: "urn:uses", code: "sign", display: "On the door" }, "Mothers"],
		],
	);
	const some = await outputs(
		`CodeSystem/$lookup?${query({ system: WARDS, code: "w1", property: "beds", displayLanguage: "hi" })}`,
	);
	t.equal(one(some, "display"), "प्रसूति वार्ड");
	t.strictSame(
		all(some, "property").map(({ part = [] }) => part.map(told)),
		[["beds", 12]],
	);
	t.strictSame(all(some, "designation"), []);
	const r4 = await outputs("CodeSystem/$lookup", [{ name: "coding", valueCoding: { system: V3, code: "AMB" } }]);
	t.equal(one(r4, "display"), "ambulatory");
	t.ok(all(r4, "property").some(({ part = [] }) => told(part[1]) === "_ActEncounterCode"));
	t.equal(
		one(await outputs(`CodeSystem/$lookup?${query({ system: "urn:iso:std:iso:3166", code: "IN" })}`), "display"),
		"India",
	);
	await refused(t, ask("GET", `CodeSystem/$lookup?${query({ system: WARDS, code: "w9" })}`), 404);
	await refused(t, ask("GET", `CodeSystem/$lookup?${query({ system: "urn:none", code: "w9" })}`), 404);
	const near = `${V3.replace("ActCode", "ActCodes")}`;
	const unknown = await refused(t, ask("GET", `CodeSystem/$lookup?${query({ system: near, code: "AMB" })}`), 404);
	t.match(unknown.message, `Did you mean ${V3}?`);
	const wrongCode = await refused(t, ask("GET", `CodeSystem/$lookup?${query({ system: V3, code: "w9" })}`), 404);
	t.notMatch(wrongCode.message, "Did you mean");
	const verdict = await outputs(`CodeSystem/$validate-code?${query({ url: near, code: "AMB" })}`);
	t.match(one(verdict, "message"), `Did you mean ${V3}?`);
	await refused(t, ask("GET", "CodeSystem/$lookup?code=w1"), 400);
	await refused(t, ask("GET", `CodeSystem/$lookup?system=${WARDS}`), 400);
});

t.test("$subsumes", async (t) => {
	const cases: [a: string, b: string, outcome: string][] = [
		["all", "w1", "subsumes"],
		["w1", "all", "subsumed-by"],
		["w1", "w1", "equivalent"],
		["w1", "w2", "not-subsumed"],
	];
	for (const [codeA, codeB, outcome] of cases) {
		t.equal(one(await outputs(`CodeSystem/$subsumes?${query({ system: WARDS, codeA, codeB })}`), "outcome"), outcome);
		t.equal(one(await outputs(`CodeSystem/wards/$subsumes?${query({ codeA, codeB })}`), "outcome"), outcome);
	}
	const codings = [
		{ name: "codingA", valueCoding: { system: V3, code: "_ActEncounterCode" } },
		{ name: "codingB", valueCoding: { system: V3, code: "IMP" } },
	];
	t.equal(one(await outputs("CodeSystem/$subsumes", codings), "outcome"), "subsumes");
	await refused(t, ask("GET", `CodeSystem/$subsumes?${query({ system: WARDS, codeA: "w1", codeB: "x" })}`), 404);
	await refused(t, ask("GET", "CodeSystem/$subsumes?codeA=1&codeB=2"), 400);
	await refused(t, ask("GET", `CodeSystem/$subsumes?system=${WARDS}&codeA=1`), 400);
	const mixed = [codings[0] as object, { name: "codingB", valueCoding: { system: WARDS, code: "w1" } }];
	await refused(t, outputs("CodeSystem/$subsumes", mixed), 422);
});

const expansion = async (path: string) => jsonOf(await ask("GET", path)).expansion;
const codes = (found: { contains?: { code: string }[] }): string =>
	(found.contains ?? []).map(({ code }) => code).join(" ");

t.test("$expand", async (t) => {
	const whole = jsonOf(await ask("GET", "ValueSet/wards/$expand"));
	t.equal(whole.title, "Wards in use");
	t.equal(whole.compose, undefined);
	t.match(whole.expansion.identifier, /^urn:uuid:/);
	t.equal(whole.expansion.total, 5);
	t.strictSame(whole.expansion.contains, [
		{ system: WARDS, abstract: true, code: "all", display: "All wards" },
		{ system: WARDS, code: "w1", display: "Maternity ward" },
		{ system: WARDS, code: "w2", display: "Children's ward" },
		{ system: WARDS, inactive: true, code: "w0", display: "Old ward" },
		{ system: "http://loinc.org", code: "8867-4", display: "Heart rate" },
	]);
	t.strictSame(whole.expansion.parameter, [{ name: "version", valueUri: `${WARDS}|1` }]);
	const url = `${WARDS}-set`;
	const of = (params: Record<string, string>) => expansion(`ValueSet/$expand?${query({ url, ...params })}`);
	t.equal(codes(await of({ filter: "WARD mat" })), "w1", "each word begins a word");
	t.equal(codes(await of({ filter: "प्रसू" })), "w1", "designations too");
	t.equal(codes(await of({ filter: "8867" })), "8867-4", "or the code");
	t.equal(codes(await of({ filter: "ard" })), "");
	t.equal(codes(await of({ activeOnly: "true" })), "all w1 w2 8867-4");
	t.equal(codes(await of({ excludeNotForUI: "true" })), "w1 w2 w0 8867-4");
	t.equal(codes(await of({ "exclude-system": "http://loinc.org" })), "all w1 w2 w0");
	const page = await of({ count: "2", offset: "1" });
	t.equal(codes(page), "w1 w2");
	t.equal(page.total, 5);
	t.equal(page.offset, 1);
	t.same(page.parameter.slice(0, 2), [
		{ name: "offset", valueInteger: 1 },
		{ name: "count", valueInteger: 2 },
	]);
	t.strictSame((await of({ count: "0" })).contains, undefined);
	t.equal((await of({ count: "0", activeOnly: "true" })).total, 4);
	const hindi = await of({ displayLanguage: "hi", includeDesignations: "true", filter: "mat" });
	t.equal(hindi.contains[0].designation.length, 3);
	for (const designation of ["sign", "urn:uses|sign"]) {
		const { contains } = await of({ includeDesignations: "true", designation, filter: "mat" });
		const use = { system: "urn:uses", code: "sign", display: "On the door" };
		t.strictSame(contains[0].designation, [{ use, value: "Mothers" }]);
	}
	const other = await of({ includeDesignations: "true", designation: "urn:other|sign", filter: "mat" });
	t.strictSame(other.contains[0].designation, undefined);
	const short = await of({ includeDesignations: "true", designation: "short", filter: "mat" });
	t.strictSame(short.contains[0].designation, [{ use: { code: "short" }, value: "Mat" }]);
	t.ok(jsonOf(await ask("GET", "ValueSet/wards/$expand?includeDefinition=true")).compose.include.length === 2);
	const r4 = jsonOf(
		await ask("GET", `ValueSet/$expand?${query({ url: `${R4}/administrative-gender`, includeDefinition: "true" })}`),
	);
	t.strictSame(r4.expansion.contains[0], { system: GENDER, code: "male", display: "Male" });
	t.strictSame(r4.compose, { include: [{ system: GENDER }] });
	const posted = {
		resourceType: "Parameters",
		parameter: [
			{ name: "valueSet", resource: { ...wardSet, url: undefined } },
			{ name: "count", valueInteger: 1 },
		],
	};
	t.equal(codes(jsonOf(await ask("POST", "ValueSet/$expand", posted)).expansion), "all");
});

t.test("$expand draws on the versions it is told", async (t) => {
	const concept = [{ code: "n1", display: "New ward" }];
	await ask("PUT", "CodeSystem/wards2", { ...wards, id: "wards2", version: "2", concept });
	const compose = { include: [{ system: WARDS, version: "1" }] };
	await ask("PUT", "ValueSet/fixed", { ...wardSet, id: "fixed", url: "urn:fixed", compose });
	const of = async (set: string, parameter: string, version: string) =>
		codes(await expansion(`ValueSet/${set}/$expand?${query({ [parameter]: `${WARDS}|${version}` })}`));
	t.equal(await of("wards", "system-version", "2"), "n1 8867-4");
	t.equal(await of("wards", "check-system-version", "1"), "all w1 w2 w0 8867-4");
	t.equal(await of("fixed", "system-version", "2"), "all w1 w2 w0");
	t.equal(await of("fixed", "force-system-version", "2"), "n1");
	await refused(t, of("fixed", "check-system-version", "2"), 422);
	await refused(t, of("wards", "system-version", "3"), 422);
	await refused(t, ask("GET", `ValueSet/wards/$expand?system-version=${WARDS}`), 400);
	await ask("DELETE", "CodeSystem/wards2");
});

t.test("$expand refuses what would be too much or is not known", async (t) => {
	const concept = Array.from({ length: 6000 }, (_, n) => ({ code: `c${n}` }));
	await ask("PUT", "CodeSystem/many", { ...wards, id: "many", url: "urn:many", concept });
	await ask("PUT", "ValueSet/many", {
		...wardSet,
		id: "many",
		url: "urn:many-set",
		compose: { include: [{ system: "urn:many" }] },
	});
	const problem = await refused(t, ask("GET", "ValueSet/many/$expand"), 422);
	t.equal(problem.kind, "too-costly");
	const page = await expansion("ValueSet/many/$expand?count=3&offset=5998");
	t.equal(codes(page), "c5998 c5999");
	t.equal(page.total, 6000);
	t.equal(codes(await expansion("ValueSet/many/$expand?filter=c5999")), "c5999");
	await refused(t, ask("GET", "ValueSet/$expand?url=urn:none"), 404);
	await refused(t, ask("GET", "ValueSet/none/$expand"), 404);
	await refused(t, ask("GET", "ValueSet/$expand"), 400);
	await refused(t, ask("GET", "ValueSet/wards/$expand?url=urn:x"), 400);
	await refused(t, ask("GET", "ValueSet/wards/$expand?count=-1"), 400);
	await refused(t, ask("GET", "ValueSet/wards/$expand?activeOnly=yes"), 400);
	await refused(t, ask("GET", "ValueSet/wards/$expand?date=2020"), 400);
	await refused(t, ask("GET", `ValueSet/$expand?url=${R4}/body-site`), 422);
	await refused(t, ask("GET", "Patient/$expand"), 404);
});

t.test("answers are valid resources", async (t) => {
	const { definitions, codes } = ask.engine;
	const options = { profiles: [], mode: "enforce", advice: false, definitions, codes } as const;
	await closed(named("valid"), concept("w1")).catch(() => closed(named("valid")));
	await closed(named("valid"), concept("w1"), concept("all"));
	const basics = jsonOf(await ask("GET", "Basic?code=closure-table&_count=1")).entry;
	const answers = [
		jsonOf(await ask("GET", "ValueSet/wards/$expand?includeDesignations=true&includeDefinition=true&count=3")),
		jsonOf(await ask("GET", `ValueSet/$expand?${query({ url: `${R4}/languages`, includeDefinition: "true" })}`)),
		jsonOf(await ask("GET", `CodeSystem/$lookup?${query({ system: WARDS, code: "w1" })}`)),
		jsonOf(await ask("GET", `ConceptMap/map/$translate?${query({ system: WARDS, code: "w1" })}`)),
		jsonOf(await ask("GET", `ValueSet/$validate-code?${query({ url: `${WARDS}-set`, code: "w0" })}`)),
		await closed(named("valid"), { name: "version", valueString: "0" }),
		basics[0].resource,
	];
	for (const answer of answers) {
		const faults = await ask.engine.validate(answer, options);
		t.strictSame(
			faults.filter(({ severity }) => severity !== "warning" && severity !== "information"),
			[],
			answer.resourceType,
		);
	}
});

t.test("the CapabilityStatement tells the operations of each type", async (t) => {
	const { rest } = jsonOf(await ask("GET", "metadata"));
	const of = (type: string) =>
		rest[0].resource
			.find((one: { type: string }) => one.type === type)
			.operation.map((one: { definition: string }) => one.definition.split("/").at(-1));
	for (const name of ["ValueSet-validate-code", "ValueSet-expand"]) t.ok(of("ValueSet").includes(name), name);
	for (const name of ["CodeSystem-validate-code", "CodeSystem-lookup", "CodeSystem-subsumes"])
		t.ok(of("CodeSystem").includes(name), name);
	t.notOk(of("CodeSystem").includes("ValueSet-validate-code"));
	t.ok(of("ConceptMap").includes("ConceptMap-translate"));
	t.ok(rest[0].operation.some((one: { name: string }) => one.name === "closure"));
});

t.test("readers may ask, others not", async (t: Test) => {
	const path = `ValueSet/$expand?url=${R4}/administrative-gender`;
	t.equal((await ask("GET", path, undefined, { roles: ["AUDITOR"] })).status, 200);
	await refused(t, ask("GET", path, undefined, { roles: ["PLATFORM_ADMIN"] }), 403);
	await refused(t, ask("POST", "Patient/$validate-code", { resourceType: "Parameters" }), 404);
});

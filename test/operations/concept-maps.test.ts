import t from "tap";
import { refused } from "../support/refused.ts";
import { all, concept, named, type Out, one, pairs, query, WARDS, wardClinic, wardMap } from "../support/wards.ts";

const { ask, closed, outputs } = await wardClinic(t);
const GENDER = "http://hl7.org/fhir/administrative-gender";

t.test("$translate", async (t) => {
	const of = (code: string, more: object[] = []) =>
		outputs("ConceptMap/$translate", [
			{ name: "url", valueUri: "urn:map" },
			{ name: "coding", valueCoding: { system: WARDS, code } },
			...more,
		]);
	const matches = (outs: readonly Out[]) =>
		all(outs, "match").map(({ part = [] }) => [one(part, "equivalence"), one(part, "concept"), one(part, "source")]);
	const w1 = await of("w1");
	t.equal(one(w1, "result"), true);
	t.strictSame(matches(w1), [["wider", { system: "urn:rooms", code: "r1", display: "Room 1" }, "urn:map"]]);
	t.strictSame(matches(await of("elsewhere")), [
		["inexact", { system: "urn:rooms", code: "r0", display: "Any room" }, "urn:map"],
	]);
	const w0 = await of("w0");
	t.equal(one(w0, "result"), false);
	t.strictSame(matches(w0), [["unmatched", undefined, "urn:map"]]);
	t.match(one(await of("w2"), "message"), /depends on urn:age/);
	const dependency = {
		name: "dependency",
		part: [
			{ name: "element", valueUri: "urn:age" },
			{ name: "concept", valueCodeableConcept: { coding: [{ code: "child" }] } },
		],
	};
	const w2 = await of("w2", [dependency]);
	t.equal(one(w2, "result"), true);
	t.match(JSON.stringify(w2), /"product".*urn:floor.*urn:floors/);
	const reverse = await outputs(
		`ConceptMap/map/$translate?${query({ system: "urn:rooms", code: "r1", reverse: "true" })}`,
	);
	t.strictSame(matches(reverse), [["narrower", { system: WARDS, code: "w1" }, "urn:map"]]);
	t.equal(one(await of("w1", [{ name: "targetsystem", valueUri: "urn:elsewhere" }]), "result"), false);
	t.equal(
		one(await outputs(`ConceptMap/$translate?${query({ system: WARDS, code: "w1" })}`), "result"),
		true,
		"by all maps that fit",
	);
	t.equal(
		one(await outputs(`ConceptMap/$translate?${query({ system: WARDS, code: "w1", target: "urn:x" })}`), "result"),
		false,
	);
	t.equal(
		one(
			await outputs(`ConceptMap/$translate?${query({ system: WARDS, code: "w1", target: "urn:rooms-set" })}`),
			"result",
		),
		true,
	);
	const inline = [
		{ name: "conceptMap", resource: { ...wardMap, url: "urn:inline" } },
		{ name: "coding", valueCoding: { system: WARDS, code: "w1" } },
	];
	t.equal(matches(await outputs("ConceptMap/$translate", inline))[0]?.[2], "urn:inline");
	const r4 = await outputs(
		`ConceptMap/$translate?${query({ url: "http://hl7.org/fhir/ConceptMap/cm-administrative-gender-v3", system: GENDER, code: "male" })}`,
	);
	t.equal(one(r4, "result"), true);
	t.match(matches(r4), [["equal", { code: "M" }]]);
	await refused(t, ask("GET", `ConceptMap/$translate?${query({ url: "urn:none", system: WARDS, code: "w1" })}`), 404);
	await refused(t, ask("GET", "ConceptMap/$translate?url=urn:map&code=w1"), 400);
	await refused(t, of("w1", [{ name: "dependency", part: [{ name: "element", valueUri: "urn:age" }] }]), 400);
});

t.test("maps that name each other end", async (t) => {
	const other = (id: string, next: string) => ({
		...wardMap,
		id,
		url: `urn:${id}`,
		group: [
			{
				source: "urn:s",
				target: "urn:t",
				element: [{ code: "x" }],
				unmapped: { mode: "other-map", url: `urn:${next}` },
			},
		],
	});
	await ask("PUT", "ConceptMap/one", other("one", "two"));
	await ask("PUT", "ConceptMap/two", other("two", "one"));
	await refused(t, ask("GET", "ConceptMap/one/$translate?system=urn:s&code=y"), 422);
	await ask("PUT", "ConceptMap/one", other("one", "three"));
	t.equal(one(await outputs("ConceptMap/two/$translate?system=urn:s&code=y"), "result"), false);
});

t.test("$closure keeps a table for each name", async (t) => {
	await refused(t, closed(named("wards"), concept("w1")), 404);
	t.match(await closed(named("wards")), { resourceType: "ConceptMap", version: "0", group: undefined });
	const first = await closed(named("wards"), concept("w1"), concept("w2"));
	t.equal(first.version, "1");
	t.strictSame(pairs(first), []);
	const second = await closed(named("wards"), concept("all"));
	t.equal(second.version, "2");
	t.strictSame(pairs(second), ["w1 < all", "w2 < all"]);
	t.equal(second.group[0].element[0].target[0].equivalence, "subsumes");
	t.strictSame(pairs(await closed(named("wards"), concept("w1"))), [], "known already");
	const third = await closed(named("wards"), concept("w0"));
	t.strictSame(pairs(third), ["w0 < all"]);
	t.strictSame(pairs(await closed(named("wards"), { name: "version", valueString: "2" })), ["w0 < all"]);
	t.strictSame(pairs(await closed(named("wards"), { name: "version", valueString: "0" })), [
		"w0 < all",
		"w1 < all",
		"w2 < all",
	]);
	await closed(named("other"));
	t.strictSame(pairs(await closed(named("other"), { name: "version", valueString: "0" })), []);
	await refused(t, closed(named("wards"), concept("none")), 404);
	await refused(t, closed(named("wards"), concept("w1"), { name: "version", valueString: "1" }), 400);
	await refused(t, closed(named("wards"), { name: "version", valueString: "x" }), 400);
	await refused(t, closed(concept("w1")), 400);
	await refused(
		t,
		ask("POST", "$closure", { resourceType: "Parameters", parameter: [named("wards")] }, { roles: ["AUDITOR"] }),
		403,
	);
	t.equal((await closed(named("wards"))).version, "0", "begun anew");
});

t.test("concurrent additions to a closure table lose nothing", async (t) => {
	await closed(named("busy"));
	const answers = await Promise.all(["all", "w0", "w1", "w2"].map((code) => closed(named("busy"), concept(code))));
	t.strictSame(new Set(answers.map(({ version }) => version)), new Set(["1", "2", "3", "4"]));
	t.strictSame(answers.flatMap(pairs).sort(), ["w0 < all", "w1 < all", "w2 < all"]);
});

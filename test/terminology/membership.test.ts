import t from "tap";
import { Problem, type Resource } from "../../src/kernel/index.ts";
import {
	type Concept,
	type LargeSystems,
	loadTerminology,
	type Membership,
	type OwnTerminology,
} from "../../src/terminology/index.ts";

const R4 = "http://hl7.org/fhir/ValueSet";
const terminology = loadTerminology();

type Case = readonly [valueSet: string, system: string | undefined, code: string, answer: Membership];

const kindOf = (asked: Promise<unknown>): Promise<unknown> =>
	asked.then(
		() => "answered",
		(error: unknown) => (error instanceof Problem ? error.kind : error),
	);

const SCT = "http://snomed.info/sct";
const UCUM = "http://unitsofmeasure.org";

const CASES: readonly Case[] = [
	["administrative-gender", undefined, "male", "in"],
	["administrative-gender", undefined, "Male", "out"],
	["administrative-gender", undefined, "man", "out"],
	["administrative-gender", "http://hl7.org/fhir/administrative-gender", "male", "in"],
	["administrative-gender", SCT, "male", "out"],
	["administrative-gender", "", "male", "out"],
	["administrative-gender|4.0.1", undefined, "other", "in"],
	["condition-clinical", "http://terminology.hl7.org/CodeSystem/condition-clinical", "recurrence", "in"],
	["condition-clinical", "http://terminology.hl7.org/CodeSystem/condition-clinical", "gone", "out"],
	["v3-ActEncounterCode", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "in"],
	["v3-ActEncounterCode", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "ALC", "out"],
	["condition-code", SCT, "73211009", "unknown"],
	["condition-code", "http://loinc.org", "1-8", "out"],
	["body-site", SCT, "368208006", "unknown"],
	["body-site", "urn:mine", "arm", "out"],
	["observation-vitalsignresult", "http://loinc.org", "8867-4", "in"],
	["observation-vitalsignresult", "http://loinc.org", "1-8", "out"],
	["ucum-vitals-common", UCUM, "mm[Hg]", "in"],
	["ucum-vitals-common", UCUM, "kPa", "out"],
	["ucum-units", UCUM, "mmol/L", "in"],
	["ucum-units", UCUM, "[pH]", "in"],
	["ucum-units", UCUM, "dB", "in"],
	["ucum-units", UCUM, "{clock time}", "in"],
	["ucum-units", UCUM, "mmHg", "out"],
	["ucum-units", UCUM, "meter", "out"],
	["all-languages", undefined, "en-IN", "in"],
	["all-languages", undefined, "sr-Latn-RS", "in"],
	["all-languages", undefined, "english language", "out"],
	["languages", "urn:ietf:bcp:47", "hi", "in"],
	["languages", "urn:ietf:bcp:47", "xx", "out"],
	["mimetypes", undefined, "text/plain; charset=UTF-8", "in"],
	["mimetypes", undefined, "application/fhir+json", "in"],
	["mimetypes", undefined, "json", "in"],
	["mimetypes", undefined, "a picture", "out"],
	["currencies", undefined, "INR", "in"],
	["currencies", undefined, "RUPEE", "out"],
	["iso3166-1-2", "urn:iso:std:iso:3166", "IN", "in"],
	["iso3166-1-3", "urn:iso:std:iso:3166", "IND", "in"],
	["iso3166-1-3", "urn:iso:std:iso:3166", "IN", "out"],
	["iso3166-1-3", "urn:iso:std:iso:3166", "XYZ", "out"],
	["jurisdiction", "urn:iso:std:iso:3166:-2", "IN-KA", "in"],
	["jurisdiction", "urn:iso:std:iso:3166", "UK", "out"],
	["timezones", "https://www.iana.org/time-zones", "Asia/Kolkata", "in"],
	["timezones", "https://www.iana.org/time-zones", "Asia/Bangalore", "out"],
];

for (const [valueSet, system, code, answer] of CASES) {
	t.test(`${system ?? ""}|${code} is ${answer} of ${valueSet}`, async (t) => {
		const canonical = valueSet.startsWith("v3-")
			? `http://terminology.hl7.org/ValueSet/${valueSet}`
			: `${R4}/${valueSet}`;
		const member = await terminology.membership(canonical);
		t.equal(member({ ...(system !== undefined && { system }), code }), answer, "at once");
	});
}

t.test("every code of R4's expansions is in its value set, and none is refused", async (t) => {
	const sets = ["observation-category", "marital-status", "identifier-use", "allergyintolerance-code", "ucum-common"];
	for (const name of sets) {
		const member = await terminology.membership(`${R4}/${name}`);
		const listed = await terminology.expand(`${R4}/${name}`).catch(() => []);
		for (const coding of listed) if (member(coding) !== "in") t.fail(`${name} ${coding.code}`);
	}
	t.pass();
});

const clinic = (stamp: string | undefined, ...resources: object[]): OwnTerminology & { asked: number } => {
	const own = {
		asked: 0,
		...(stamp !== undefined && { stamp }),
		codeSystem: async (url: string) => find("CodeSystem", url),
		valueSet: async (url: string) => find("ValueSet", url),
	};
	const find = (type: string, url: string) => {
		own.asked++;
		return (resources as Resource[]).find((one) => one.resourceType === type && one.url === url);
	};
	return own;
};

const set = (name: string, compose: object) => ({ resourceType: "ValueSet", url: `urn:${name}`, compose });
const colours = {
	resourceType: "CodeSystem",
	url: "urn:colours",
	version: "1",
	content: "complete",
	caseSensitive: true,
	concept: [
		{ code: "warm", concept: [{ code: "red" }, { code: "orange" }] },
		{ code: "cold", concept: [{ code: "blue" }] },
		{ code: "sepia", property: [{ code: "inactive", valueBoolean: true }] },
	],
};
const warm = { system: "urn:colours", filter: [{ property: "concept", op: "is-a", value: "warm" }] };

const ask = async (compose: object, system: string | undefined, code: string, ...more: object[]) =>
	(await terminology.membership("urn:asked", clinic(undefined, colours, set("asked", compose), ...more)))({
		...(system !== undefined && { system }),
		code,
	});

t.test("composes as the standard says", async (t) => {
	const all = { system: "urn:colours" };
	t.equal(await ask({ include: [all], exclude: [warm] }, "urn:colours", "red"), "out");
	t.equal(await ask({ include: [all], exclude: [warm] }, "urn:colours", "blue"), "in");
	t.equal(await ask({ include: [all], exclude: [warm] }, undefined, "blue"), "in");
	t.equal(await ask({ include: [all], inactive: false }, "urn:colours", "sepia"), "out");
	t.equal(await ask({ include: [all], inactive: true }, "urn:colours", "sepia"), "in");
	t.equal(await ask({ include: [{ ...all, version: "2" }] }, "urn:colours", "red"), "unknown", "of another version");
	const inner = set("inner", { include: [warm] });
	const both = {
		include: [{ system: "urn:colours", concept: [{ code: "red" }, { code: "blue" }], valueSet: ["urn:inner"] }],
	};
	t.equal(await ask(both, "urn:colours", "red", inner), "in");
	t.equal(await ask(both, "urn:colours", "blue", inner), "out", "system and value set meet");
	t.equal(
		await ask(
			{ include: [{ valueSet: ["urn:inner"] }, { system: "urn:x", concept: [{ code: "1" }] }] },
			"urn:x",
			"1",
			inner,
		),
		"in",
	);
	t.equal(
		await ask({ include: [{ valueSet: ["urn:none"] }, all] }, "urn:colours", "red"),
		"in",
		"a missing part says nothing",
	);
	t.equal(await ask({ include: [{ valueSet: ["urn:none"] }, all] }, "urn:colours", "pink"), "unknown");
	t.equal(await ask({ include: [{ valueSet: ["urn:none"] }, all] }, undefined, "pink"), "unknown");
	t.equal(await ask({ include: [all], exclude: [{ valueSet: ["urn:none"] }] }, "urn:colours", "red"), "unknown");
	t.equal(await ask({ include: [{ system: "urn:gone" }, all] }, "urn:gone", "1"), "unknown");
	t.equal(await ask({ include: [{ system: "urn:gone" }, all] }, "urn:other", "1"), "out");
	t.equal(
		await ask({ include: [{ ...all, filter: [{ property: "none", op: "=", value: "1" }] }] }, "urn:colours", "red"),
		"unknown",
	);
});

t.test("unknown and senseless value sets", async (t) => {
	t.equal(await kindOf(terminology.membership("urn:nothing")), "not-found");
	t.equal(await terminology.check("urn:nothing", { code: "1" }), "unknown");
	t.equal(await terminology.check("urn:nothing", { code: "1" }), "unknown");
	const loop = clinic(undefined, set("asked", { include: [{ valueSet: ["urn:asked"] }] }));
	t.equal(await kindOf(terminology.membership("urn:asked", loop)), "unprocessable");
});

t.test("answers are kept, a clinic's own only while its stamp is the same", async (t) => {
	await terminology.membership(`${R4}/administrative-gender`);
	t.equal(terminology.check(`${R4}/administrative-gender`, { code: "male" }), "in", "at once");
	const first = clinic("first 1", colours, set("asked", { include: [warm] }));
	t.equal(await terminology.check("urn:asked", { code: "red" }, first), "in");
	const { asked } = first;
	t.equal(terminology.check("urn:asked", { code: "blue" }, first), "out", "at once");
	t.equal(first.asked, asked);
	const later = clinic("first 2", colours, set("asked", { include: [{ system: "urn:colours" }] }));
	t.equal(await terminology.check("urn:asked", { code: "blue" }, later), "in");
	t.equal(terminology.check("urn:asked", { code: "blue" }, first), "out");
	t.equal(await terminology.check("urn:asked", { code: "blue" }), "unknown", "another clinic knows nothing of it");
});

t.test("a regular expression may be asked as often as one likes", async (t) => {
	const regex = { property: "code", op: "regex", value: `(${"x?".repeat(100)})*hi-IN` };
	const own = clinic(undefined, set("tongues", { include: [{ system: "urn:ietf:bcp:47", filter: [regex] }] }));
	const member = await terminology.membership("urn:tongues", own);
	for (let n = 0; n < 10_000; n++) {
		const answer = member({ system: "urn:ietf:bcp:47", code: "hi-IN" });
		if (answer !== "in") t.equal(answer, "in");
	}
	t.equal(member({ system: "urn:ietf:bcp:47", code: "hi" }), "out");
});

t.test("a package's definitions go before R4, and are read once", async (t) => {
	let asked = 0;
	const definitions = {
		profile: () => undefined,
		profiles: [],
		urls: () => [],
		resource: (type: string, canonical: string) => {
			asked++;
			const all = [colours, set("warm", { include: [warm] })] as Resource[];
			return all.find((one) => one.resourceType === type && one.url === canonical);
		},
	};
	const ours = loadTerminology({ definitions });
	t.equal(await ours.check("urn:warm", { code: "red" }), "in");
	const before = asked;
	t.equal(ours.check("urn:warm", { code: "blue" }), "out");
	t.equal(asked, before);
	t.equal(await ours.check(`${R4}/administrative-gender`, { code: "male" }), "in");
});

/** A small SNOMED CT. */
const someLarge = (): LargeSystems & { asked: number } => {
	const concepts: Record<string, { below: string[]; inactive?: boolean }> = {
		"442083009": { below: ["442083009", "368208006"] },
		"368208006": { below: ["368208006"] },
		"1": { below: ["1"], inactive: true },
	};
	const concept = (code: string): Concept | undefined =>
		concepts[code] && {
			code,
			display: code,
			inactive: concepts[code].inactive ?? false,
			designations: [],
			properties: [],
		};
	return {
		asked: 0,
		systems: async () => [
			{ url: SCT, version: "2026", name: "SNOMED CT", caseSensitive: false, concepts: 3, hierarchy: true },
		],
		lookup: async (_system, _version, code) => concept(code),
		async among(_system, _version, codes, filters) {
			this.asked++;
			if (filters.some(({ op }) => op === "regex")) throw new Problem("unprocessable", "no regex");
			return new Set(
				codes.filter((code) => concepts[code] && filters.every(({ value }) => concepts[value]?.below.includes(code))),
			);
		},
		search: async () => ({ total: 0, concepts: [] }),
		subsumes: async () => undefined,
		related: async () => [],
	};
};

t.test("a large system is asked for its own codes only", async (t) => {
	const large = someLarge();
	const ours = loadTerminology({ large });
	t.equal(await ours.check(`${R4}/body-site`, { system: SCT, code: "368208006" }), "in");
	t.equal(await ours.check(`${R4}/body-site`, { system: SCT, code: "1" }), "out");
	t.equal(large.asked, 2);
	t.equal(await ours.check(`${R4}/body-site`, { system: "urn:x", code: "1" }), "out");
	t.equal(large.asked, 2);
	const own = (compose: object) => clinic(undefined, set("asked", compose));
	const regex = { system: SCT, filter: [{ property: "code", op: "regex", value: ".*" }] };
	t.equal(await ours.check("urn:asked", { system: SCT, code: "1" }, own({ include: [regex] })), "unknown");
	t.equal(
		await ours.check("urn:asked", { system: SCT, code: "1" }, own({ include: [{ system: SCT }], inactive: false })),
		"out",
	);
	t.equal(
		await ours.check("urn:asked", { system: SCT, code: "1" }, own({ include: [{ system: SCT, version: "1999" }] })),
		"unknown",
	);
});

t.test("a check of a known value set costs under a microsecond or so", async (t) => {
	const check = () => terminology.check(`${R4}/observation-status`, { code: "final" });
	await check();
	const start = performance.now();
	for (let i = 0; i < 100_000; i++) check();
	t.ok(performance.now() - start < 1000, `${((performance.now() - start) / 100).toFixed(2)} µs`);
});

import type { Registry } from "../../../src/definitions/index.ts";
import { type Random, random } from "../../../src/demo/random.ts";
import { HOSTILE_VALUES, hostileValue } from "./values.ts";

/** A request as HTTP would carry it; `url` stands under the FHIR base and is percent-encoded as far as it should be. */
export type Hostile = {
	/** The kind of hostility, for reports. */
	readonly family: string;
	readonly method: "GET" | "POST";
	readonly url: string;
	readonly headers?: Record<string, string>;
	readonly body?: string;
};

type Dice = { readonly chance: Random; readonly registry: Registry };
type Family = (dice: Dice) => Omit<Hostile, "family">;

const MODIFIERS = [
	...["missing", "exact", "contains", "text", "not", "in", "not-in", "above", "below", "of-type", "identifier"],
	...["iterate", "$eq", "$sw", "Patient", "Group", "Basic", "constructor", "__proto__", "missing:missing", "", "x"],
];
const COMMON = ["_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_list", "_text", "_content"];
const RESULT = ["_sort", "_count", "_total", "_summary", "_elements", "_contained", "_containedType", "_type", "_page"];
const OTHER = ["_filter", "_in-compartment", "_include", "_revinclude", "_has", "_query", "_format", "_pretty", "x"];

const LIKELY = ["Patient", "Observation", "Encounter", "Condition", "MedicationRequest", "Location", "ValueSet"];
const typeOf = ({ chance, registry }: Dice): string =>
	chance.pick(chance.chance(0.5) ? LIKELY : registry.resourceTypes);
const codeOf = ({ chance, registry }: Dice, type: string): string =>
	chance.pick([...registry.searchParameters(type).keys()]);
const referenceOf = ({ chance, registry }: Dice, type: string): string => {
	const codes = [...registry.searchParameters(type).values()].filter((one) => one.type === "reference");
	return codes.length === 0 ? "subject" : chance.pick(codes).code;
};

/** A value cut in the middle of a character is still made a URL. */
const component = (text: string): string => encodeURIComponent(text.toWellFormed());

const encoded = (pairs: readonly (readonly [string, string])[]): string =>
	pairs.map(([name, value]) => `${component(name)}=${component(value)}`).join("&");
const get = (path: string, ...pairs: readonly (readonly [string, string])[]): Omit<Hostile, "family"> => ({
	method: "GET",
	url: `${path}?${encoded(pairs)}`,
});

/** Every parameter of every type, with any modifier and any value. */
const product: Family = (dice) => {
	const { chance } = dice;
	const type = typeOf(dice);
	const name = chance.chance(0.15) ? chance.pick(COMMON) : codeOf(dice, type);
	const modifier = chance.chance(0.5) ? "" : `:${chance.pick(MODIFIERS)}`;
	return get(type, [`${name}${modifier}`, hostileValue(chance)]);
};

const several: Family = (dice) => {
	const { chance } = dice;
	const type = typeOf(dice);
	const pairs = Array.from({ length: chance.int(2, 8) }, (): [string, string] => {
		const name = chance.chance(0.4) ? chance.pick([...COMMON, ...RESULT, ...OTHER]) : codeOf(dice, type);
		return [chance.chance(0.2) ? `${name}:${chance.pick(MODIFIERS)}` : name, hostileValue(chance)];
	});
	return get(type, ...pairs);
};

/** Steps that each stay possible, so that only a limit ends them. */
const CHAINS: readonly (readonly [type: string, step: string, last: string])[] = [
	["Observation", "patient", "name"],
	["Patient", "link", "name"],
	["Patient", "link:Patient", "name"],
	["Observation", "subject", "name"],
	["Basic", "subject", "code"],
	["Basic", "author", "name"],
	["Provenance", "target", "recorded"],
	["List", "item", "code"],
	["Composition", "entry", "_id"],
	["Composition", "subject", "_id"],
	["ServiceRequest", "based-on", "status"],
	["Encounter", "part-of", "status"],
	["Organization", "partof", "name"],
	["Observation", "focus", "_id"],
	["Observation", "derived-from", "code"],
	["Observation", "has-member", "code"],
	["Task", "part-of", "status"],
	["Linkage", "item", "_id"],
];

const chains: Family = ({ chance }) => {
	const [type, step, last] = chance.pick(CHAINS);
	const times = chance.pick([1, 2, 3, 4, 5, 8, 16, 64, 1000]);
	return get(type, [`${`${step}.`.repeat(times)}${last}`, hostileValue(chance)]);
};

const chained: Family = (dice) => {
	const type = typeOf(dice);
	const step = referenceOf(dice, type);
	const target = dice.chance.chance(0.5) ? `:${typeOf(dice)}` : "";
	return get(type, [`${step}${target}.${codeOf(dice, typeOf(dice))}`, hostileValue(dice.chance)]);
};

const has: Family = (dice) => {
	const { chance } = dice;
	const times = chance.pick([1, 2, 3, 5, 10, 30, 1000]);
	if (chance.chance(0.3)) {
		const source = typeOf(dice);
		return get(typeOf(dice), [
			`_has:${source}:${referenceOf(dice, source)}:${codeOf(dice, source)}`,
			hostileValue(chance),
		]);
	}
	const step = chance.pick([
		"_has:Observation:has-member:",
		"_has:Observation:derived-from:",
		"_has:Observation:focus:",
	]);
	const back = "_has:Observation:patient:patient.".repeat(times);
	return chance.chance(0.5)
		? get("Observation", [`${step.repeat(times)}code`, hostileValue(chance)])
		: get("Patient", [`${back}name`, hostileValue(chance)]);
};

const filters: readonly ((chance: Random) => string)[] = [
	(chance) => "(".repeat(chance.pick([10, 49, 50, 51, 20_000])),
	(chance) => {
		const times = chance.pick([10, 49, 50, 10_000]);
		return `${"(".repeat(times)}gender eq male${")".repeat(times)}`;
	},
	(chance) => `${"not ".repeat(chance.pick([3, 40, 50, 10_000]))}gender eq male`,
	(chance) =>
		Array(chance.pick([3, 199, 201, 3000]))
			.fill("name co a")
			.join(chance.pick([" and ", " or "])),
	(chance) => `name ${chance.pick(["eq", "co", "sw", "ew", "ne", "ap"])} ${JSON.stringify(hostileValue(chance))}`,
	(chance) => `birthdate ${chance.pick(["eq", "gt", "ap", "sa"])} ${hostileValue(chance)}`,
	(chance) =>
		`${chance.pick(["gender", "identifier", "_id", "link"])} ${chance.pick(["in", "ni", "ss", "pr", "re", "po"])} ${hostileValue(chance)}`,
	() => '_filter eq "_filter eq \\"_filter eq a\\""',
	() => `${"general-practitioner.".repeat(50)}name eq a`,
	() => `name eq "${"\\".repeat(20_001)}`,
	(chance) =>
		`${"general-practitioner[name eq a].".repeat(chance.pick([1, 3, 20, 400]))}name ${chance.pick(["eq", "pr", "gt", "ne"])} true`,
	(chance) =>
		`${"link[".repeat(chance.pick([1, 49, 60, 20_000]))}name eq a${"].name eq a".repeat(chance.pick([1, 49]))}`,
	(chance) => `organization[${hostileValue(chance)}].name co ${hostileValue(chance)}`,
	(chance) => `_list eq ${chance.pick(["$current-problems", "$current-", "$", "$constructor", "a,b"])}`,
	(chance) => `name eq ${chance.pick(['"\\u0000"', '"\\ud800"', '"\\q"', '"\u0001"', '"a', '""'])}`,
	(chance) => hostileValue(chance),
];

const filtered: Family = ({ chance }) => get("Patient", ["_filter", chance.pick(filters)(chance)]);

const sorted: Family = (dice) => {
	const { chance } = dice;
	const type = typeOf(dice);
	const keys = Array.from(
		{ length: chance.pick([1, 2, 5, 8, 9, 1000]) },
		() => `${chance.pick(["", "-"])}${codeOf(dice, type)}`,
	);
	return chance.chance(0.7)
		? get(type, ["_sort", keys.join(",")], ["_count", String(chance.int(0, 40))])
		: get(type, ...keys.slice(0, 400).map((key) => ["_sort", key] as const));
};

const COUNTS = ["0", "1", "-1", "1000", "1001", "999999999", "9999999999", "1e3", "1.5", "", " ", "NaN", "٣"];
const shaped: Family = (dice) => {
	const { chance } = dice;
	const pairs = RESULT.filter(() => chance.chance(0.3)).map((name): [string, string] => {
		if (name === "_count") return [name, chance.pick(COUNTS)];
		return [
			name,
			chance.chance(0.4) ? hostileValue(chance) : chance.pick(["true", "count", "text", "accurate", "id,name"]),
		];
	});
	return get(chance.chance(0.2) ? "" : typeOf(dice), ...pairs);
};

const INCLUDES = [
	"*",
	"Observation:*",
	"Observation:subject",
	"Patient:link",
	"Patient:*",
	"Provenance:target",
	"*:*",
	":",
];
const included: Family = (dice) => {
	const { chance } = dice;
	const pairs = Array.from({ length: chance.int(1, 12) }, (): [string, string] => {
		const name = `${chance.pick(["_include", "_revinclude"])}${chance.pick(["", ":iterate", ":recurse", ":x"])}`;
		const source = typeOf(dice);
		return [name, chance.chance(0.6) ? chance.pick(INCLUDES) : `${source}:${referenceOf(dice, source)}`];
	});
	return get(chance.pick(["Patient", "Observation", "Encounter"]), ["_count", String(chance.int(1, 30))], ...pairs);
};

const paged: Family = ({ chance }) => {
	const forged = { path: "Patient", pairs: [["_count", "5"]], strict: true, edge: { values: [], id: "\0", type: "x" } };
	const texts = ["", "a", "....", Buffer.from(JSON.stringify(forged)).toString("base64url"), "A".repeat(10_000)];
	const value = chance.chance(0.6) ? chance.pick(texts) : hostileValue(chance);
	return get(chance.pick(["Patient", "Patient/_history", "_history", ""]), ["_page", value], ["_count", "5"]);
};

const GARBAGE = [
	"%",
	"%%",
	"%0",
	"%zz",
	"%ff",
	"%c0%80",
	"%ed%a0%80",
	"%f8%88%80%80%80",
	"&",
	"=",
	"&&==&",
	"?",
	"+",
	";",
	"#",
];
const garbled: Family = ({ chance }) => {
	const part = () => (chance.chance(0.5) ? chance.pick(GARBAGE) : component(hostileValue(chance).slice(0, 200)));
	const query = Array.from({ length: chance.int(1, 12) }, part).join(chance.pick(["", "=", "&"]));
	return {
		method: "GET",
		url: `${chance.pick(["Patient", "", "Observation", "%50atient", "Patient%00", "_search"])}?${query}`,
	};
};

const compartment: Family = (dice) => {
	const { chance } = dice;
	const name = chance.pick(["Patient", "Encounter", "Device", "Practitioner", "RelatedPerson", "Observation", "Group"]);
	const id = chance.chance(0.5) ? "pat-000001" : component(hostileValue(chance).slice(0, 70));
	return get(`${name}/${id}/${chance.pick(["*", typeOf(dice)])}`, [chance.pick(COMMON), hostileValue(chance)]);
};

const everywhere: Family = ({ chance }) =>
	get("", [chance.pick([...COMMON, "_filter", "_type", "_sort"]), hostileValue(chance)], ["_count", "3"]);

const TYPES = [
	"application/x-www-form-urlencoded",
	"application/json",
	"text/plain",
	"multipart/form-data",
	"",
	"\u00e9/x",
	"a;b=c;;",
];
const posted: Family = (dice) => {
	const { chance } = dice;
	const type = typeOf(dice);
	const body = chance.chance(0.5) ? encoded([[codeOf(dice, type), hostileValue(chance)]]) : hostileValue(chance);
	const contentType = chance.chance(0.6) ? TYPES[0]! : chance.pick(TYPES);
	return { method: "POST", url: `${type}/_search`, body, headers: { "content-type": contentType } };
};

const HEADERS = [
	"accept",
	"prefer",
	"if-none-match",
	"if-match",
	"if-modified-since",
	"accept-encoding",
	"range",
	"x-tenant-slug",
];
const headed: Family = ({ chance }) => {
	const value = hostileValue(chance)
		.replace(/[^\x20-\x7e\xa0-\xff]/g, "")
		.slice(0, 4000);
	return { ...get("Patient", ["_count", "1"]), headers: { [chance.pick(HEADERS)]: value } };
};

const FAMILIES: readonly (readonly [name: string, family: Family, weight: number])[] = [
	["product", product, 45],
	["several", several, 8],
	["chains", chains, 3],
	["chained", chained, 5],
	["has", has, 4],
	["filter", filtered, 6],
	["sort", sorted, 4],
	["shape", shaped, 5],
	["include", included, 4],
	["page", paged, 2],
	["garble", garbled, 4],
	["compartment", compartment, 3],
	["everywhere", everywhere, 1],
	["post", posted, 4],
	["header", headed, 2],
];
const LOTS = FAMILIES.flatMap((family) => Array<typeof family>(family[2]).fill(family));

/** `count` hostile searches, the same for the same seed, each with the name of its family. */
export function* hostileRequests(registry: Registry, seed: number, count: number): Generator<Hostile> {
	for (let i = 0; i < count; i++) {
		const chance = random(seed, `request ${i}`);
		const [family, make] = chance.pick(LOTS);
		yield { family, ...make({ chance, registry }) };
	}
}

const GOOD: Readonly<Record<string, string>> = {
	number: "5",
	date: "ge2025-01",
	string: "dev",
	token: "http://loinc.org|8480-6",
	reference: "Patient/pat-000001",
	composite: "8480-6$gt100",
	quantity: "le5.4|http://unitsofmeasure.org|mg",
	uri: "http://hl7.org/fhir/ValueSet/administrative-gender",
	special: "26.85|80.95|5|km",
};

/** Every parameter of every type, with every modifier, once with a value of its type and once with a hostile one. */
export function* everyCombination(registry: Registry): Generator<Hostile> {
	const short = HOSTILE_VALUES.filter((value) => value.length < 100);
	let next = 0;
	for (const type of registry.resourceTypes) {
		for (const [code, definition] of registry.searchParameters(type)) {
			for (const modifier of ["", ...MODIFIERS.slice(0, 13), "missing=true"]) {
				const [word = "", given] = modifier.split("=");
				const name = word === "" ? code : `${code}:${word}`;
				const hostile = short[next++ % short.length] as string;
				for (const value of [given ?? GOOD[definition.type] ?? "a", hostile])
					yield { family: "every", ...get(type, [name, value], ["_count", "1"]) };
			}
		}
	}
}

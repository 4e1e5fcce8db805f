import fc from "fast-check";
import { loadRegistry, type Registry } from "../../../src/definitions/index.ts";
import {
	CODES,
	DATES,
	DIGITS,
	FAMILIES,
	GENDERS,
	GIVEN,
	IDS,
	NUMBERINGS,
	NUMBERS,
	OWN_BASE,
	oneOf,
	PLACES,
	PROFILES,
	RANKED,
	RANKED_CODES,
	SYSTEMS,
	UCUM,
	UNITS,
	URLS,
	VALUES,
	WORDS,
} from "./alphabets.ts";
import { escaped } from "./escape.ts";
import type { Pair } from "./oracle.ts";
import { VALUE_SETS } from "./terminology.ts";

export type Query = { readonly type: string; readonly pairs: readonly Pair[] };

/** The parameters that `worlds` gives values for. */
const PARAMETERS: Record<string, string> = {
	Patient:
		"name family given address address-city address-postalcode address-use birthdate death-date deceased gender identifier telecom phone email active language organization general-practitioner",
	Organization: "name address address-state partof type",
	Practitioner: "name family given gender telecom",
	Observation:
		"code status category identifier subject patient encounter performer has-member date value-quantity value-concept value-string value-date combo-code combo-value-quantity combo-value-concept component-code component-value-quantity component-value-concept code-value-quantity code-value-concept code-value-string code-value-date combo-code-value-quantity combo-code-value-concept component-code-value-quantity component-code-value-concept",
	Encounter: "status class subject patient date length diagnosis service-provider",
	Condition: "subject patient code category encounter recorded-date onset-date onset-info onset-age",
	DiagnosticReport: "status code subject patient result issued encounter",
	RiskAssessment: "subject patient probability condition",
	ChargeItem: "code subject patient factor-override quantity price-override occurrence",
	ValueSet: "url name version status context-type context-quantity context-type-quantity",
	Medication: "code identifier status form ingredient ingredient-code expiration-date",
	MedicationRequest: "code status intent subject patient medication requester authoredon date",
	Location: "name address status organization partof type",
	StructureDefinition: "url name base status type experimental",
	QuestionnaireResponse: "questionnaire subject patient authored status",
};

const COMMON = ["_id", "_lastUpdated", "_tag", "_security", "_profile", "_source"];

type Link = readonly [code: string, type: string];

/** Reference parameters to go along, with a type they lead to. */
const LINKS: Record<string, readonly Link[]> = {
	Patient: [
		["organization", "Organization"],
		["general-practitioner", "Practitioner"],
		["general-practitioner", "Organization"],
	],
	Organization: [["partof", "Organization"]],
	Observation: [
		["subject", "Patient"],
		["patient", "Patient"],
		["encounter", "Encounter"],
		["performer", "Practitioner"],
		["performer", "Patient"],
		["has-member", "Observation"],
	],
	Encounter: [
		["subject", "Patient"],
		["patient", "Patient"],
		["diagnosis", "Condition"],
		["service-provider", "Organization"],
	],
	Condition: [
		["subject", "Patient"],
		["patient", "Patient"],
		["encounter", "Encounter"],
	],
	DiagnosticReport: [
		["subject", "Patient"],
		["result", "Observation"],
		["encounter", "Encounter"],
	],
	RiskAssessment: [
		["patient", "Patient"],
		["condition", "Condition"],
	],
	ChargeItem: [["patient", "Patient"]],
	Medication: [["ingredient", "Medication"]],
	MedicationRequest: [
		["patient", "Patient"],
		["medication", "Medication"],
		["requester", "Practitioner"],
	],
	Location: [
		["partof", "Location"],
		["organization", "Organization"],
	],
	QuestionnaireResponse: [["subject", "Patient"]],
};

/** A value of the query grammar for some modifier: its parts, not yet joined by commas. */
type Asking = fc.Arbitrary<{ readonly modifier: string; readonly parts: readonly string[] }>;

const asking = (modifier: string, part: fc.Arbitrary<string>): Asking =>
	fc
		.array(part, { minLength: 1, maxLength: 3, size: "max" })
		.map((parts) => ({ modifier: modifier && `:${modifier}`, parts }));

const missing: Asking = fc.boolean().map((is) => ({ modifier: ":missing", parts: [String(is)] }));

const prefix = oneOf(["", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]);

const prefixed = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
	fc.tuple(prefix, value).map((both) => both.join(""));

const date = prefixed(oneOf([...DATES, "2024-05-01T10:00", "2024-05-01T10:00:00", "2025", "2024-04", "2023-12"]));

const number = prefixed(oneOf([...NUMBERS, "5.400", "6", "10"]));

const quantity = fc
	.tuple(
		number,
		fc.oneof(
			fc.constant(""),
			oneOf(UNITS).map((unit) => `|${UCUM}|${unit}`),
			oneOf(["||mg", "||g", "|urn:s|mg", "||INR", "|urn:iso:std:iso:4217|USD", "||", `|${UCUM}|`, "|urn:s|"]),
		),
	)
	.map((both) => both.join(""));

/** A text as someone else would type it: in part, in another case or normal form. */
const typed = (texts: readonly string[], from: "start" | "anywhere"): fc.Arbitrary<string> =>
	fc
		.tuple(
			oneOf(texts),
			fc.nat({ max: 4 }),
			fc.integer({ min: 1, max: 8 }),
			oneOf([lower, upper, decomposed, composed, composed]),
		)
		.map(([text, start, length, change]) => {
			const letters = [...text.normalize("NFC")];
			const first = from === "start" ? 0 : Math.min(start, letters.length - 1);
			return escaped(change(letters.slice(first, first + length).join("")));
		})
		.filter((text) => text.trim() !== "");

const lower = (text: string): string => text.toLowerCase();
const upper = (text: string): string => text.toUpperCase();
const decomposed = (text: string): string => text.normalize("NFD");
const composed = (text: string): string => text;

const string = (texts: readonly string[]): Asking =>
	fc.oneof(
		{ weight: 4, arbitrary: asking("", typed(texts, "start")) },
		{ weight: 2, arbitrary: asking("contains", typed(texts, "anywhere")) },
		{ weight: 2, arbitrary: asking("exact", oneOf([...texts, ...texts.map(decomposed)]).map(escaped)) },
		missing,
	);

const STRINGS: Record<string, readonly string[]> = {
	name: [...FAMILIES, ...GIVEN, ...PLACES, ...WORDS],
	family: FAMILIES,
	given: GIVEN,
	address: PLACES,
	"address-city": PLACES,
	"address-state": PLACES,
	"address-postalcode": PLACES,
};

/** The four forms of `[system]|[code]`. */
const coded = (systems: readonly string[], codes: readonly string[]): fc.Arbitrary<string> =>
	fc
		.tuple(oneOf(systems), oneOf(codes).map(escaped), oneOf(["code", "both", "both", "no system", "system"]))
		.map(([system, code, form]) => {
			if (form === "code") return code;
			if (form === "no system") return `|${code}`;
			return form === "system" ? `${system}|` : `${system}|${code}`;
		});

const token = (part: fc.Arbitrary<string>, ...more: Asking[]): Asking =>
	fc.oneof({ weight: 4, arbitrary: asking("", part) }, { weight: 2, arbitrary: asking("not", part) }, missing, ...more);

const byText = asking("text", typed(WORDS, "start"));

const ofType = asking(
	"of-type",
	fc.tuple(oneOf(SYSTEMS), oneOf(CODES), oneOf(VALUES)).map((three) => three.map(escaped).join("|")),
);

const STATUSES = [
	"final",
	"amended",
	"FINAL",
	"planned",
	"finished",
	"active",
	"draft",
	"retired",
	"billable",
	"completed",
];

const TOKENS: Record<string, Asking> = {
	gender: token(coded(["http://hl7.org/fhir/administrative-gender", "urn:s"], [...GENDERS, "MALE"])),
	active: token(oneOf(["true", "false"])),
	deceased: token(oneOf(["true", "false"])),
	identifier: token(coded(NUMBERINGS, VALUES), byText, ofType, ofType),
	status: token(
		oneOf([...STATUSES, "http://hl7.org/fhir/observation-status|final", "http://hl7.org/fhir/observation-status|"]),
	),
	experimental: token(oneOf(["true", "false"])),
	version: token(oneOf(["1", "1.0", "|1"])),
	"address-use": token(oneOf(["home", "work"])),
	...Object.fromEntries(
		["telecom", "phone", "email"].map((code) => [
			code,
			token(coded(["phone", "email"], ["+91 98", "a@b.in", "A@B.IN"])),
		]),
	),
};

const code = coded(SYSTEMS, CODES);

const ranked = oneOf(RANKED_CODES).map((name) => `${RANKED}|${name}`);

const byTerminology: Asking[] = [
	asking("below", ranked),
	asking("above", ranked),
	fc
		.tuple(oneOf(["in", "not-in"]), oneOf(VALUE_SETS))
		.map(([modifier, valueSet]) => ({ modifier: `:${modifier}`, parts: [valueSet] })),
];

const uri = (texts: readonly string[]): Asking =>
	fc.oneof(
		asking("", oneOf(texts).map(escaped)),
		asking("below", oneOf([...texts, "http://p.test/", "http://p.test"]).map(escaped)),
		asking("above", oneOf([...texts, "http://p.test/a/b/c"]).map(escaped)),
		missing,
	);

const lastUpdated = fc.oneof(
	{ weight: 6, arbitrary: asking("", prefixed(oneOf(["@now", "@day", "2020", "2100-01-01"]))) },
	missing,
);

const canonical = fc.oneof({ weight: 4, arbitrary: asking("", oneOf(PROFILES).map(escaped)) }, missing);

function reference(targets: readonly string[]): Asking {
	const types = [
		"Patient",
		"Group",
		"Medication",
		"Location",
		"Organization",
		"Practitioner",
		"Observation",
		"Encounter",
		"Condition",
	].filter((type) => targets.includes(type));
	const literal = fc.tuple(oneOf(types), oneOf(IDS)).map((both) => both.join("/"));
	return fc.oneof(
		{ weight: 3, arbitrary: asking("", literal) },
		asking("", oneOf(IDS)),
		asking(
			"",
			literal.map((text) => `${OWN_BASE}/${text}`),
		),
		asking(
			"",
			literal.map((text) => `http://other.test/fhir/${text}`),
		),
		oneOf(types).chain((type) =>
			asking(
				type,
				fc.oneof(
					oneOf(IDS),
					oneOf(IDS).map((id) => `${type}/${id}`),
				),
			),
		),
		asking("identifier", coded(NUMBERINGS, VALUES)),
		missing,
	);
}

const both = (first: fc.Arbitrary<string>, second: fc.Arbitrary<string>): Asking =>
	asking(
		"",
		fc.tuple(first, second).map((pair) => pair.join("$")),
	);

function composite(name: string): Asking {
	if (name.endsWith("quantity")) return both(code, quantity);
	if (name === "context-type-value") return both(code, code);
	if (name.endsWith("string")) return both(code, typed(WORDS, "start"));
	return both(code, name.endsWith("date") ? date : code);
}

function askingFor(registry: Registry, type: string, name: string): Asking {
	const parameter = registry.searchParameters(type).get(name);
	switch (parameter?.type) {
		case "number":
			return fc.oneof({ weight: 6, arbitrary: asking("", number) }, missing);
		case "date":
			return name === "_lastUpdated" ? lastUpdated : fc.oneof({ weight: 6, arbitrary: asking("", date) }, missing);
		case "quantity":
			return fc.oneof({ weight: 6, arbitrary: asking("", quantity) }, missing);
		case "string":
			return string(STRINGS[name] ?? WORDS);
		case "token":
			return name === "_id"
				? token(oneOf([...IDS, "nobody"]))
				: (TOKENS[name] ?? token(code, byText, ...byTerminology));
		case "uri":
			if (name === "type") return asking("", oneOf(["Patient", "Observation", "http://p.test/a"]));
			return uri(name === "_profile" ? PROFILES : URLS);
		case "reference":
			return ["questionnaire", "base"].includes(name) ? canonical : reference(parameter.targets);
		case "composite":
			return composite(name);
		default:
			throw new Error(`${type} has no parameter ${name} to ask for`);
	}
}

const plainPair = (type: string): fc.Arbitrary<Pair> => {
	const own = (PARAMETERS[type] ?? "").split(" ");
	const name = fc.oneof({ weight: 5, arbitrary: oneOf(own) }, oneOf(COMMON));
	return name.chain((code) =>
		askingFor(loadRegistry(), type, code).map(({ modifier, parts }): Pair => [code + modifier, parts.join(",")]),
	);
};

const pairOf = (types: readonly string[], type: string, depth: number): fc.Arbitrary<Pair> => {
	const options = [{ weight: 4, arbitrary: plainPair(type) }];
	const forward = linksOf(type).filter(([, target]) => types.includes(target));
	const reverse = types.flatMap((source) =>
		linksOf(source).flatMap(([link, target]) => (target === type ? [[link, source] as const] : [])),
	);
	const next = (name: string) => pairOf(types, name, depth - 1);
	if (depth > 0 && forward.length > 0) options.push({ weight: 1, arbitrary: chainedPair(forward, next) });
	if (depth > 0 && reverse.length > 0) options.push({ weight: 1, arbitrary: reversePair(reverse, next) });
	return fc.oneof(...options);
};

const linksOf = (type: string): readonly Link[] => LINKS[type] ?? [];

type Next = (type: string) => fc.Arbitrary<Pair>;

/** With the target type named, or not. */
const chainedPair = (links: readonly Link[], next: Next): fc.Arbitrary<Pair> =>
	fc
		.tuple(oneOf(links), fc.boolean())
		.chain(([[link, target], named]) =>
			next(target).map(([name, value]): Pair => [`${link}${named ? `:${target}` : ""}.${name}`, value]),
		);

const reversePair = (links: readonly Link[], next: Next): fc.Arbitrary<Pair> =>
	oneOf(links).chain(([link, source]) =>
		next(source).map(([name, value]): Pair => [`_has:${source}:${link}:${name}`, value]),
	);

/** Observations of some codes in the order of time, perhaps with one more condition. */
const ofCodesByTime = (pair: fc.Arbitrary<Pair>): fc.Arbitrary<Pair[]> =>
	fc
		.tuple(
			fc.array(coded(["http://loinc.org", "http://snomed.info/sct", "urn:s"], DIGITS), {
				minLength: 1,
				maxLength: 4,
			}),
			fc.option(
				fc.oneof(
					date.map((value): Pair => ["date", value]),
					pair,
				),
			),
			oneOf(["-date", "-date", "date"]),
		)
		.map(([codes, more, sort]) => [["code", codes.join(",")], ...(more ? [more] : []), ["_sort", sort]]);

/** A search of one of these types, mostly by one parameter, at most by three; chains stay among the types. */
export const queriesOf = (types: readonly string[]): fc.Arbitrary<Query> =>
	oneOf(types).chain((type) => {
		const pair = pairOf(types, type, 2);
		const pairs: fc.Arbitrary<Pair[]> = fc.oneof(
			{ weight: 3, arbitrary: fc.tuple(pair) },
			{ weight: 1, arbitrary: fc.array(pair, { minLength: 1, maxLength: 3, size: "max" }) },
			{ weight: type === "Observation" ? 2 : 0, arbitrary: ofCodesByTime(pair) },
		);
		return fc.record({ type: fc.constant(type), pairs });
	});

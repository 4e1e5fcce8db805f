import fc from "fast-check";
import {
	CODES,
	DATES,
	DIGITS,
	ENDS,
	FAMILIES,
	GIVEN,
	IDS,
	NUMBERINGS,
	NUMBERS,
	OWN_BASE,
	oneOf,
	PLACES,
	RANKED,
	RANKED_CODES,
	STARTS,
	SYSTEMS,
	UCUM,
	UNITS,
	VALUES,
	WORDS,
	written,
} from "./alphabets.ts";

/** Elements of resources; `some` has at least one property, for R4 allows no empty object. */
export const some = <T extends object>(properties: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
	fc.record(properties, { requiredKeys: [] }).filter((made) => Object.keys(made).length > 0) as fc.Arbitrary<
		Partial<T>
	>;

export const list = <T>(item: fc.Arbitrary<T>, most = 2): fc.Arbitrary<T[]> =>
	fc.array(item, { minLength: 1, maxLength: most });

export const absent = fc.constant({ extension: [{ url: "urn:absent", valueCode: "unknown" }] });

const ranked = oneOf(RANKED_CODES).map((code) => ({ system: RANKED, code }));

export const coding = fc.oneof(
	{ weight: 6, arbitrary: some({ system: oneOf(SYSTEMS), code: oneOf(CODES), display: oneOf(WORDS) }) },
	ranked,
);

export const concept = some({ coding: list(coding), text: oneOf(WORDS) });

/** A concept that several systems have codes for. */
export const manyCoded = fc.record({
	coding: fc.array(
		fc.record(
			{ system: oneOf(["http://loinc.org", "http://snomed.info/sct", "urn:s"]), code: oneOf([...DIGITS, "A"]) },
			{ requiredKeys: ["code"] },
		),
		{ minLength: 1, maxLength: 4, size: "max" },
	),
});

export const identifier = fc.record(
	{ system: oneOf(NUMBERINGS), value: oneOf(VALUES), type: concept },
	{ requiredKeys: ["value"] },
);

export const humanName = some({
	use: oneOf(["official", "nickname"]),
	text: oneOf([...GIVEN, ...FAMILIES]),
	family: oneOf(FAMILIES),
	given: list(oneOf(GIVEN)),
	prefix: fc.constant(["Dr"]),
	suffix: fc.constant(["Rao MD"]),
});

export const address = some({
	text: oneOf(PLACES),
	line: list(oneOf(PLACES)),
	city: oneOf(PLACES),
	district: oneOf(PLACES),
	state: oneOf(PLACES),
	postalCode: oneOf(PLACES),
	country: oneOf(PLACES),
	use: oneOf(["home", "work"]),
});

export const telecom = fc.record(
	{ system: oneOf(["phone", "email"]), value: oneOf(["+91 98", "a@b.in", "A@B.in"]) },
	{ requiredKeys: ["value"] },
);

export const period = some({ start: oneOf(STARTS), end: oneOf(ENDS) });

/** One of a code alone, or of a frequency, has no date. */
export const timing = some({
	event: list(oneOf(DATES.filter((date) => date.length > 4))),
	repeat: fc.oneof(fc.record({ boundsPeriod: period }), fc.constant({ frequency: 2, period: 1, periodUnit: "d" })),
	code: concept,
});

export const instant = oneOf(DATES.filter((date) => date.includes("T")));

export const day = oneOf(DATES.filter((date) => !date.includes("T")));

export const dateTime = oneOf(DATES);

export const number = oneOf(NUMBERS).map(written);

const unit = fc.oneof(
	{ weight: 4, arbitrary: oneOf(UNITS).map((code) => ({ system: UCUM, code, unit: code })) },
	oneOf(UNITS).map((code) => ({ system: "urn:s", code })),
	fc.constant({ unit: "mg" }),
	fc.constant({}),
);

export const plainQuantity = fc.tuple(number, unit).map(([value, words]) => ({ value, ...words }));

/** A quantity whose number nobody knows. */
const bareQuantity = unit.filter((words) => Object.keys(words).length > 0);

const numbered = fc
	.tuple(plainQuantity, fc.option(oneOf(["<", "<=", ">", ">="]), { nil: undefined, freq: 5 }))
	.map(([made, comparator]) => (comparator ? { ...made, comparator } : made));

export const quantity = fc.oneof({ weight: 8, arbitrary: numbered }, bareQuantity);

/** Both ends in one unit, the lower first. */
export const range = fc
	.tuple(oneOf(["1", "5", "5.4"]), oneOf(["5.4", "10", "100"]), unit, oneOf(["low", "high", "both"]))
	.map(([low, high, words, ends]) => ({
		...(ends !== "high" && { low: { value: written(low), ...words } }),
		...(ends !== "low" && { high: { value: written(high), ...words } }),
	}));

export const sampledData = plainQuantity.map((origin) => ({ origin, period: 10, dimensions: 1 }));

/** Local, absolute, versioned, foreign or known by identifier only. */
export const referenceTo = (...types: string[]): fc.Arbitrary<object> => {
	const literal = fc.tuple(oneOf(types), oneOf(IDS)).map(([type, id]) => `${type}/${id}`);
	return fc.oneof(
		{ weight: 8, arbitrary: literal.map((reference) => ({ reference })) },
		literal.map((reference) => ({ reference: `${OWN_BASE}/${reference}` })),
		literal.map((reference) => ({ reference: `${reference}/_history/1` })),
		literal.map((reference) => ({ reference: `http://other.test/fhir/${reference}` })),
		identifier.map((known) => ({ identifier: known })),
		fc.constant({ display: "Rao" }),
	);
};

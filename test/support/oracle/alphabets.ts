import fc from "fast-check";

/** Few values, some more often, so that what is asked is often there; `~` stands for a prefix that makes ids a world's own. */
export const IDS = ["~1", "~2", "~3"];
export const OWN_BASE = "@base";

export const FAMILIES = ["Rao", "rao", "Ráo", "Raonaik", "देवी", "देव", "Müller", "O, Dea", "a|b$c\\d", "Ώρα", "Йода"];
export const GIVEN = ["Asha", "ASHA", "Ashá", "आशा", "आशा देवी", "Se\u0301vérine", "severine", "அகிலா", "கொடி", "கெளரி"];
export const PLACES = ["Pune", "PUNE Cantonment", "पुणे", "Rao Nagar", "411001"];
export const WORDS = ["Fasting  glucose", "fasting", "Glucose", "ग्लूकोज़", "x", "Rao"];

export const SYSTEMS = [
	"http://loinc.org",
	"http://loinc.org",
	"urn:s",
	"http://terminology.hl7.org/CodeSystem/observation-category",
];
export const CODES = ["a", "a", "a", "A", "b", "vital-signs", "Vital-Signs", "x|y"];
/** Codes without letters, as those of observations mostly are. */
export const DIGITS = ["8-4", "8-4", "9", "9", "1.2"];
/** A code system with a hierarchy: `invalid` is above `structure` and `value`. */
export const RANKED = "http://hl7.org/fhir/issue-type";
export const RANKED_CODES = ["invalid", "structure", "value", "security", "login"];
export const NUMBERINGS = ["http://loinc.org", "urn:s"];
export const VALUES = ["A1", "a1", "B,2", "9"];
export const GENDERS = ["male", "female", "other"];

export const PROFILES = [
	"http://p.test/a",
	"http://p.test/a/b",
	"http://p.test/ab",
	"http://p.test/a|1.0",
	"urn:oid:1.2.3",
];
export const URLS = [
	"http://p.test/a",
	"http://p.test/a/b",
	"http://p.test/ab",
	"http://P.test/a",
	"urn:oid:1.2.3",
	"urn:oid:1.2",
];

export const DATES = [
	"2024",
	"2024-05",
	"2024-05-01",
	"2024-05-02",
	"2024-05-01T10:00:00+05:30",
	"2024-05-01T04:30:00Z",
	"2024-04-30T20:00:00Z",
	"2024-05-01T00:00:00.500+05:30",
	"2024-05-01T00:00:00+05:30",
	"2023-12-31T23:59:59-02:00",
];
export const STARTS = ["2023", "2024-04-30", "2024-05-01", "2024-05-01T00:00:00+05:30"];
export const ENDS = ["2024-05-01", "2024-05", "2024-05-02T10:00:00+05:30", "2025"];

export const NUMBERS = [
	"5",
	"5",
	"5.4",
	"5",
	"5.0",
	"5.4",
	"5.40",
	"5.45",
	"5.35",
	"4.5",
	"5.5",
	"0.0054",
	"5400",
	"-5",
	"0",
	"100",
	"99.5",
	"105",
	"1e2",
];
export const UCUM = "http://unitsofmeasure.org";
export const UNITS = ["g", "mg", "mg", "kg", "[lb_av]"];

export const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** A number of JSON as it is written. */
export const written = (text: string): unknown => JSON.rawJSON(text);

import t from "tap";
import { parseJson } from "../../src/kernel/index.ts";
import { FORMATS } from "../../src/validation/formats.ts";

/** JSON texts that are right and wrong for each primitive type. https://hl7.org/fhir/R4/datatypes.html#primitive */
const CASES: Record<string, { good: string[]; bad: string[] }> = {
	boolean: { good: ["true", "false"], bad: ['"true"', "1", "0"] },
	integer: {
		good: ["0", "-1", "2147483647", "-2147483648"],
		bad: ["1.0", "1.5", "1e2", "2147483648", "-2147483649", '"1"', "-0"],
	},
	positiveInt: { good: ["1", "2147483647"], bad: ["0", "-1", "1.0", "2147483648"] },
	unsignedInt: { good: ["0", "1"], bad: ["-1", "0.5"] },
	decimal: {
		good: ["0.010", "1.50", "1.2E+2", "123456789012345678", "0.000000000000000001", "-1", "1e-300", "0", "-0.0"],
		bad: ["1234567890123456789", "0.1234567890123456789", "1e301", "1e-9999999", '"1.0"', "true", '{"rawJSON":"1"}'],
	},
	date: {
		good: ['"2024"', '"2024-05"', '"2024-05-01"', '"2024-02-29"', '"0001-12-31"', '"2000-02-29"'],
		bad: [
			'"2023-02-29"',
			'"1900-02-29"',
			'"2024-04-31"',
			'"2024-13"',
			'"2024-00"',
			'"2024-05-00"',
			'"2024-5-1"',
			'"0000"',
			'"24"',
			'"2024-05-01T10:00:00Z"',
			'"2024-05-01\\n"',
			'" 2024"',
			"2024",
		],
	},
	dateTime: {
		good: [
			'"2024"',
			'"2024-05"',
			'"2024-05-01"',
			'"2024-05-01T10:00:00Z"',
			'"2024-05-01T10:00:00+05:30"',
			'"2024-05-01T10:00:00.123456789012Z"',
			'"2016-12-31T23:59:60Z"',
			'"2024-05-01T10:00:00-14:00"',
		],
		bad: [
			'"2024-05-01T10:00"',
			'"2024-05-01T10:00Z"',
			'"2024-05-01T10:00:00"',
			'"2024-05-01T24:00:00Z"',
			'"2024-05-01T10:60:00Z"',
			'"2024-05-01T10:00:61Z"',
			'"2024-05-01T10:00:00.Z"',
			'"2024-05-01T10:00:00+14:01"',
			'"2024-05-01T10:00:00+0530"',
			'"2024-05-01 10:00:00Z"',
			'"2024-05-01t10:00:00z"',
			'"2024-02-30T10:00:00Z"',
			'"2024-05T10:00:00Z"',
		],
	},
	instant: {
		good: ['"2024-05-01T10:00:00Z"', '"2024-05-01T10:00:00.1+05:30"'],
		bad: ['"2024-05-01"', '"2024-05-01T10:00:00"', '"2023-02-29T10:00:00Z"'],
	},
	time: {
		good: ['"10:00:00"', '"23:59:60"', '"10:00:00.5"'],
		bad: ['"24:00:00"', '"10:00"', '"10:00:00Z"', '"9:00:00"'],
	},
	id: { good: ['"a"', '"A-z.9"', `"${"x".repeat(64)}"`], bad: ['""', `"${"x".repeat(65)}"`, '"a b"', '"a_b"', '"é"'] },
	oid: { good: ['"urn:oid:2.16.840.1"'], bad: ['"2.16.840"', '"urn:oid:3.1"', '"urn:oid:1.01"', '"urn:oid:1"'] },
	uuid: {
		good: ['"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"'],
		bad: ['"c757873d-ec9a-4326-a141-556f43239520"', '"urn:uuid:c757873d"'],
	},
	uri: { good: ['"http://x/y"', '"urn:x"', '"#a"', '"é"'], bad: ['""', '" "', '"a b"', '"a\\n"', '"\\ud800"'] },
	url: { good: ['"https://x"'], bad: ['"https://x y"'] },
	canonical: { good: ['"http://x|1.0#a"', '"#a"'], bad: ['"http://x |1"'] },
	code: { good: ['"a"', '"a b"', '"é"', '"<="'], bad: ['""', '" a"', '"a "', '"a  b"', '"a\\tb"', '"\\udc00"'] },
	string: {
		good: ['"x"', '" x "', '"a\\tb\\r\\nc"', '"😀"', '"क्षेत्र"', `"${"x".repeat(1048576)}"`, `"${"😀".repeat(600000)}"`],
		bad: [
			'""',
			'" "',
			'"\\n\\t"',
			'"a\\u0000"',
			'"a\\u0007"',
			'"a\\u001f"',
			'"\\ud83d"',
			`"${"x".repeat(1048577)}"`,
			"1",
		],
	},
	markdown: { good: ['"# x\\n"'], bad: ['" "', '"\\u000b"'] },
	base64Binary: {
		good: ['"QQ=="', '"QUI="', '"QUJD"', '"QU\\nJD"', `"${"QUJD".repeat(3_000_000)}"`],
		bad: ['""', '"Q"', '"QQ="', '"QQ==="', '"Q=Q="', '"QU-_"', '"QQ==QQ=="'],
	},
	xhtml: {
		good: ['"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"'],
		bad: ['"x"', '""', '"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">\\u0001x</div>"'],
	},
};

for (const [type, { good, bad }] of Object.entries(CASES)) {
	t.test(type, async (t) => {
		const accepted = (text: string) => FORMATS[type]!.test(parseJson(text));
		t.strictSame(
			good.filter((text) => !accepted(text)).map((text) => text.slice(0, 60)),
			[],
			"right ones",
		);
		t.strictSame(
			bad.filter(accepted).map((text) => text.slice(0, 60)),
			[],
			"wrong ones",
		);
	});
}

t.strictSame(Object.keys(CASES).sort(), Object.keys(FORMATS).sort(), "every primitive type is tried");

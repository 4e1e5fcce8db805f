import t from "tap";
import { loadRegistry } from "../../../src/definitions/index.ts";
import { FORMATS } from "../../../src/validation/formats.ts";
import { MESSAGES } from "../../../src/validation/index.ts";
import { findings } from "../../support/validation.ts";

/** JSON texts of a primitive type: right ones, and wrong ones that have the right JSON kind. */
const PRIMITIVES: Record<string, { good: readonly string[]; bad: readonly string[]; other: string }> = {
	base64Binary: { good: ['"AAAA"', '"AA=="', '"AAAA AAAA"'], bad: ['"AAA"', '"A==="', '"A*AA"', '" "'], other: "1" },
	boolean: { good: ["true", "false"], bad: [], other: '"true"' },
	canonical: { good: ['"http://x.example/a|1.0"', '"#a"'], bad: ['"http://x.example/a b"', '""'], other: "1" },
	code: { good: ['"a"', '"a b"'], bad: ['" a"', '"a "', '"a  b"', '"a\\tb"', '""'], other: "1" },
	date: {
		good: ['"2024"', '"2024-02"', '"2024-02-29"'],
		bad: ['"2023-02-29"', '"2024-13"', '"24-01-01"', '"2024-1-1"', '"0000"', '"2024-01-01T00:00:00Z"'],
		other: "2024",
	},
	dateTime: {
		good: ['"2024"', '"2024-02"', '"2024-02-29"', '"2024-02-29T23:59:60+05:30"', '"2024-02-29T10:00:00.123Z"'],
		bad: ['"2024-02-29T10:00:00"', '"2024-02-29T10:00Z"', '"2024-02-29T24:00:00Z"', '"2024-02-29T10:00:00+15:00"'],
		other: "2024",
	},
	decimal: {
		good: ["1", "-0.10", "1.5e-7", "0.000000000000000001"],
		bad: ["1e301", "1234567890.1234567891"],
		other: '"1"',
	},
	id: { good: ['"a"', `"${"a".repeat(64)}"`, '"A-1.b"'], bad: [`"${"a".repeat(65)}"`, '"a_b"', '""'], other: "1" },
	instant: {
		good: ['"2024-02-29T10:00:00Z"', '"2024-02-29T10:00:00.1+05:30"'],
		bad: ['"2024-02-29"', '"2024-02-30T10:00:00Z"', '"2024-02-29T10:00:00"'],
		other: "1",
	},
	integer: { good: ["0", "-2147483648", "2147483647"], bad: ["2147483648", "1.5", "1.0", "-2147483649"], other: '"1"' },
	markdown: { good: ['"*a*"', '"a\\nb"'], bad: ['" "', '"\\u0000a"', '""'], other: "true" },
	oid: {
		good: ['"urn:oid:1.2.3"', '"urn:oid:2.16.0"'],
		bad: ['"1.2.3"', '"urn:oid:3.1"', '"urn:oid:1.02"'],
		other: "1",
	},
	positiveInt: { good: ["1", "2147483647"], bad: ["0", "-1", "2147483648", "1.5"], other: '"1"' },
	string: { good: ['"a"', '" a "', '"a\\nb"'], bad: ['""', '"\\t"', '"\\u0007a"', '"\\ud800"'], other: "1" },
	time: {
		good: ['"08:00:00"', '"23:59:60.5"'],
		bad: ['"08:00"', '"24:00:00"', '"08:00:00Z"', '"8:00:00"'],
		other: "8",
	},
	unsignedInt: { good: ["0", "2147483647"], bad: ["-1", "2147483648", "0.5"], other: '"1"' },
	uri: { good: ['"a"', '"urn:x:y"', '"http://x.example/ü"'], bad: ['"a b"', '""', '"a\\n"'], other: "1" },
	url: { good: ['"http://x.example"', '"mailto:a@x.example"'], bad: ['"http://x.example/a b"', '""'], other: "1" },
	uuid: {
		good: ['"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"'],
		bad: ['"c757873d-ec9a-4326-a141-556f43239520"', '"urn:uuid:C757873D-EC9A-4326-A141-556F43239520"', '"urn:uuid:1"'],
		other: "1",
	},
};

const within = (type: string, json: string): string =>
	`{"resourceType":"Patient","extension":[{"url":"urn:x","value${type[0]?.toUpperCase()}${type.slice(1)}":${json}}]}`;

const errorsIn = async (text: string) =>
	(await findings(text))
		.filter(({ severity }) => severity === "error")
		.map(({ rule, expression }) => [rule, expression]);

for (const [type, { good, bad, other }] of Object.entries(PRIMITIVES)) {
	t.test(`a ${type} is taken as it is written rightly only`, async (t) => {
		const place = `Patient.extension[0].value.ofType(${type})`;
		for (const json of good) t.strictSame(await errorsIn(within(type, json)), [], json);
		for (const json of bad) t.strictSame(await errorsIn(within(type, json)), [[MESSAGES.primitive.rule, place]], json);
		t.strictSame(await errorsIn(within(type, other)), [[MESSAGES.shape.rule, place]], other);
		t.strictSame(await errorsIn(within(type, `[${good[0]}]`)), [[MESSAGES.shape.rule, place]]);
	});
}

t.test("an xhtml is a div of the safe words only", async (t) => {
	const narrative = (div: string) => `{"resourceType":"Patient","text":{"status":"generated","div":${div}}}`;
	const place = "Patient.text.div";
	t.strictSame(await errorsIn(narrative('"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">a</div>"')), []);
	for (const bad of ["<p>a</p>", "<div>a</div>", "a"])
		t.strictSame(await errorsIn(narrative(`"${bad}"`)), [[MESSAGES.narrative.rule, place]], bad);
	t.strictSame(await errorsIn(narrative("1")), [[MESSAGES.shape.rule, place]]);
});

t.test("text of more than 1 MB is refused, told by its length only", async (t) => {
	const [issue] = await findings(within("string", `"${"a".repeat(1024 * 1024 + 1)}"`));
	t.match(issue, { rule: MESSAGES.primitive.rule, text: /it has 1048577 characters\.$/ });
});

t.test("the table has every primitive type of R4", async (t) => {
	const registry = loadRegistry();
	t.strictSame(Object.keys(FORMATS).toSorted(), [...Object.keys(PRIMITIVES), "xhtml"].toSorted());
	for (const type of Object.keys(FORMATS)) t.equal(registry.type(type)?.kind, "primitive", type);
});

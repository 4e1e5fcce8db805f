import t from "tap";
import { isRawNumber, numberText, parseJson, pathOf } from "../../src/kernel/index.ts";

const roundTrip = (text: string): string => JSON.stringify(parseJson(text));

t.test("every number comes back as it was written", async (t) => {
	const numbers = ["0.010", "1.50", "1.5", "1.2E+2", "1e2", "-0", "-0.0", "123456789012345678", "0.000000000000000001"];
	for (const number of [...numbers, "1.230e-5", "100.00", "9007199254740993", "0", "-1", "2147483647", "1E400"]) {
		t.equal(roundTrip(number), number);
		t.equal(roundTrip(`{"a":[${number},{"b":${number}}]}`), `{"a":[${number},{"b":${number}}]}`);
	}
});

t.test("a number is kept as text only where a double would change it", async (t) => {
	const tree = parseJson('{"plain":1.5,"kept":1.50}') as Record<string, never>;
	t.notOk(isRawNumber(tree.plain));
	t.ok(isRawNumber(tree.kept));
	t.strictSame([numberText(tree.plain), numberText(tree.kept), numberText("1.50")], ["1.5", "1.50", undefined]);
});

t.test("digits inside strings are no numbers", async (t) => {
	const text = '{"a":"0.010 \\" 1.50","b":"\\\\","c":{"\\"1.0":"x: 1.0"}}';
	t.equal(roundTrip(text), text);
});

t.test("text of every script comes back", async (t) => {
	const texts = ["आशा देवी", "👩🏽‍⚕️", "مريم", "e\u0301", "\u2028\u2029", "\u00a0", "\ufeff", "𝔘", "\u{10ffff}"];
	for (const text of texts) t.equal(parseJson(JSON.stringify(text)), text);
	t.equal(parseJson('"\\ud83d\\ude00"'), "😀", "escaped surrogate pairs are one character");
});

t.test("a duplicate key is refused with its path", async (t) => {
	const cases: [json: string, path: string][] = [
		['{"id":"1","id":"1"}', "id"],
		['{"name":[{"family":"a"},{"family":"b","given":["x"],"family":"c"}]}', "name[1].family"],
		['{"a":{"b":{"c":1,"c":1}}}', "a.b.c"],
		['{"a":1,"\\u0061":2}', "a"],
		['{"a":"\\"a\\":1","b":{"a":1},"b":2}', "b"],
	];
	for (const [json, path] of cases) {
		t.throws(
			() => parseJson(json),
			{
				message: `The key "${path.split(".").at(-1)}" stands twice in one JSON object at ${path}. Keep one of the two.`,
			},
			json,
		);
	}
	t.doesNotThrow(() => parseJson('[{"id":1},{"id":1}]'), "each object has its own keys");
	t.throws(() => parseJson('{"__proto__":{"x":1}}'), { message: /__proto__/ });
});

t.test("what is not JSON is refused with line and column, without its content", async (t) => {
	t.throws(() => parseJson('{\n "name": Asha }'), { kind: "structure", message: /line 2, column 10/ });
	for (const text of ["", "{", '{"a":1,}', "01", "1.", ".5", "+1", "NaN", "{'a':1}", '{"a":1}x', '"\t"', "[1,,2]"]) {
		const fault = t.throws(() => parseJson(text), { message: /^The body is not JSON: / }, text);
		t.notMatch(String(fault), /Asha/);
	}
});

t.test("a path is written as FHIRPath writes it", async (t) => {
	t.equal(pathOf(["name", 0, "given", 1]), "name[0].given[1]");
	t.equal(pathOf([]), "");
});

t.test("the place of a syntax fault is told for every kind of fault", async (t) => {
	const cases: [json: string, place: RegExp][] = [
		["", /empty/],
		['{"a":[1,2', /ends too early/],
		['{"a":1,}', /line 1, column 8/],
		['{"a":1}x', /line 1, column 8/],
		["[1,\n\n  tru]", /line 3, column 3/],
		['{"a" 1}', /line 1, column 6/],
		['{"a":"x\ty"}', /line 1, column 6/],
		['["\\x"]', /line 1, column 2/],
		['{"a":[1}', /line 1, column 8/],
		["01", /line 1, column 2/],
	];
	for (const [json, place] of cases) t.throws(() => parseJson(json), { message: place }, json);
});

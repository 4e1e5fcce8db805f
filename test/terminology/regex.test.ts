import fc from "fast-check";
import t from "tap";
import { Problem } from "../../src/kernel/index.ts";
import { compileRegex } from "../../src/terminology/regex.ts";

const MATCHES: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
	["[A-Z]{3}", ["IND"], ["IN", "INDI", "ind", ""]],
	["^[0-9]+$", ["0", "356"], ["", "3a"]],
	["a|bc|", ["a", "bc", ""], ["b", "abc"]],
	["(?:ab)*c?", ["", "abab", "abc", "c"], ["aba", "cc"]],
	["\\d{2,}-\\w\\.x", ["12-_.x", "123-a.x"], ["1-a.x", "12-a-x"]],
	["[^a-c\\d]", ["d", "-", "क"], ["a", "b", "1", "dd"]],
	["[a\\-z-]+", ["a-z"], ["b"]],
	["x{0,2}y{2}", ["yy", "xxyy"], ["xxxyy", "y"]],
	[".", ["a", "💊"], ["", "ab"]],
	["(a*)*b", ["b", "aaab"], ["a"]],
];

t.test("matches whole texts", async (t) => {
	for (const [pattern, yes, no] of MATCHES) {
		const matches = compileRegex(pattern);
		for (const text of yes) t.ok(matches(text), `${pattern} takes "${text}"`);
		for (const text of no) t.notOk(matches(text), `${pattern} refuses "${text}"`);
	}
});

t.test("agrees with JavaScript where both know the pattern", async () => {
	const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "\\.", "(a|b)", "(ab?)", "(?:a|)");
	const count = fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,3}", "{0,}", "{2,}?");
	const sequence = fc.array(fc.tuple(atom, count), { maxLength: 5 }).map((parts) => parts.flat().join(""));
	const pattern = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("|"));
	fc.assert(
		fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 }), (source, text) => {
			return compileRegex(source)(text) === new RegExp(`^(?:${source})$`, "u").test(text);
		}),
		{ numRuns: 2000 },
	);
});

t.test("refuses what it cannot do", async (t) => {
	const patterns = [
		"(",
		")",
		"a)",
		"[",
		"[]",
		"[z-a]",
		"*",
		"a**",
		"(?=a)",
		"(?<n>a)",
		"\\1",
		"\\p{L}",
		"a{3,1}",
		"a$b",
	];
	for (const pattern of [...patterns, "\\", "[[:alpha:]]", "a".repeat(501), "((((a{30}){30}){30}){30})"]) {
		const fault = t.throws(() => compileRegex(pattern), Problem, pattern);
		t.match(fault, { kind: "unprocessable" });
	}
});

t.test("no pattern takes long", async (t) => {
	const text = "a".repeat(50_000);
	const start = performance.now();
	for (const pattern of [
		"(a+)+b",
		"(a|aa)+$",
		"(a|a?)+b",
		"((a*)*)*b",
		"(.{0,9}a?){90}",
		`${"(".repeat(160)}a${")+".repeat(160)}`,
	]) {
		try {
			compileRegex(pattern)(text);
		} catch (error) {
			t.ok(error instanceof Problem && error.status === 422, pattern);
		}
	}
	t.ok(performance.now() - start < 5000);
	t.match(
		t.throws(() => compileRegex("(a+)+b")("a".repeat(1_000_000))),
		{ kind: "too-costly" },
	);
});

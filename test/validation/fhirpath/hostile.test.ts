import fc from "fast-check";
import t from "tap";
import { loadRegistry } from "../../../src/definitions/index.ts";
import type { JsonObject } from "../../../src/kernel/index.ts";
import { compilePath, compileTest, expressionFault, node, type Scope } from "../../../src/validation/fhirpath/index.ts";

const registry = loadRegistry();
const MOST_MS = 2000;

const scopeOf = (resource: JsonObject): Scope => {
	const focus = node(resource, resource.resourceType as string);
	return { registry, resource: focus, rootResource: focus, resolve: () => undefined };
};
const run = (expression: string, resource: JsonObject, scope = scopeOf(resource)) =>
	compileTest(registry, resource.resourceType as string, expression)(scope.resource, scope);

const names = Array.from({ length: 300 }, (_, i) => ({ family: `f${i}`, given: ["a", "b", "c"] }));
const patient: JsonObject = { resourceType: "Patient", id: "p", name: names };

/** Expressions that would run for hours, or fill the memory, if nothing bounded them. */
const COSTLY = [
	"descendants().select(%resource.descendants().select(%context.descendants().select($this.descendants())))",
	"name.select(%resource.name.where($this.given = %context.id).select(%resource.name.where(family = $this.given)))",
	"name.all(%resource.name.all(%resource.name.all(%resource.name.all(family.exists()))))",
	"repeat($this | $this.combine(%resource.descendants())).repeat(%resource.descendants()).count() < 0",
	"name.aggregate($total & $total, 'x').length() < 0",
	"name.aggregate($total.replace('x', 'xx'), 'x').length() < 0",
	"name.aggregate($total.combine($total), 1).count() < 0",
	"name.aggregate($total * $total, 99).toString().length() < 0",
	"name.repeat($this.children().select('x' & $index.toString()))",
];

/** Patterns on which engines that backtrack hang. */
const PATTERNS = [
	"^(a+)+$",
	"^(a|a)*$",
	"^(a|aa)+$",
	"(.*)*b$",
	"^(([a-z])+.)+[A-Z]([a-z])+$",
	"(a?){500}a{500}",
	"((a{1,99}){1,99}){1,99}",
	"(a|b)*a(a|b){900}c",
];

t.test("a costly expression ends, untold", async (t) => {
	for (const expression of COSTLY) {
		const start = performance.now();
		const told = run(expression, patient);
		t.ok(performance.now() - start < MOST_MS, `${expression}: ${(performance.now() - start).toFixed(0)} ms`);
		t.not(told, false, `${expression} is not broken`);
	}
});

t.test("many expressions share one budget", async (t) => {
	const scope = { ...scopeOf(patient), budget: { left: 20_000 } };
	t.equal(run("descendants().exists()", patient, scope), true);
	t.ok(scope.budget.left < 20_000 && scope.budget.left > 0, `${scope.budget.left} left`);
	for (let i = 0; i < 20; i++) run("descendants().exists()", patient, scope);
	t.equal(run("descendants().exists()", patient, scope), undefined, "used up");
});

t.test("a pattern never hangs", async (t) => {
	const text = `${"a".repeat(5000)}!`;
	for (const pattern of PATTERNS) {
		for (const call of [`matches('${pattern}')`, `replaceMatches('${pattern}', 'x').exists()`]) {
			const start = performance.now();
			run(`id.${call}`, { resourceType: "Patient", id: text });
			t.ok(performance.now() - start < MOST_MS, `${call}: ${(performance.now() - start).toFixed(0)} ms`);
		}
	}
});

t.test("what nests too deep or is too long is refused with a reason", async (t) => {
	const fault = (expression: string) => expressionFault(registry, "Patient", expression) ?? "";
	t.match(fault("(".repeat(5000)), /deeper than 100/);
	t.match(fault("-".repeat(5000)), /deeper than 100/);
	t.match(fault(`name${".first()".repeat(200)}`), /more than 100 steps/);
	t.match(fault(`1${" + 1".repeat(200)}`), /more than 100 operators/);
	t.match(fault("x".repeat(30_000)), /longer than/);
	t.match(fault("name.("), /character 6 \("\("\): a name is expected/);
	t.match(fault("name = 'x"), /character 8 .* the quote is not closed/);
	t.match(fault("name family"), /an operator is missing/);
	t.match(fault("name.nothing()"), /the function nothing\(\) is not known/);
	t.match(fault("name.where()"), /where\(\) takes 1 arguments, not 0/);
	t.match(fault("%nothing"), /%nothing is not known/);
	t.match(fault("$that"), /only \$this/);
	t.match(fault("name is Nothing"), /the type Nothing is not known/);
	t.equal(fault("name.exists()"), "");
	t.throws(() => compilePath(registry, "Patient", "name.("), /not valid FHIRPath/);
});

t.test("no resource, however malformed, makes a test throw", async (t) => {
	const expressions = [
		"name.given.exists()",
		"name.where(use = 'x').family = 'y'",
		"identifier.type.coding.code = 'a'",
		"birthDate < today()",
		"descendants().where(id = 'x').exists()",
		"name.given.first().startsWith('a')",
		"gender in ('male' | 'female')",
		"contained.id.isDistinct()",
		"extension('x').value.exists()",
		"name = name",
	];
	const key = fc.constantFrom("name", "given", "_given", "use", "identifier", "type", "coding", "contained", "id", "x");
	const { tree } = fc.letrec((tie) => ({
		tree: fc.oneof(
			{ depthSize: "small" },
			fc.constantFrom(null, true, 0, 1.5, "", "x", JSON.rawJSON("1.50")),
			fc.array(tie("tree"), { maxLength: 3 }),
			fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
		),
	}));
	const resource = fc.dictionary(fc.oneof(key, fc.constantFrom("birthDate", "gender", "extension", "_id")), tree);
	fc.assert(
		fc.property(resource, fc.constantFrom(...expressions), (body, expression) => {
			const told = run(expression, { ...(body as JsonObject), resourceType: "Patient" });
			return told === undefined || typeof told === "boolean";
		}),
		{ numRuns: 2000, seed: 1 },
	);
	t.pass("none did");
});

t.test("no text makes the compiler hang or throw another error", async (t) => {
	const word = fc.constantFrom(
		..."name given . ( ) [ ] { } , and or xor implies = != ~ < <= in contains is as | + - * / div mod & 'x' 1 1.5 @2024 @T10 true".split(
			" ",
		),
		..."where( exists() $this $index %resource first() ofType( Patient string iif( count() not() `a` // /* 3 days".split(
			" ",
		),
	);
	fc.assert(
		fc.property(fc.array(word, { maxLength: 14 }), (words) => {
			const told = run(words.join(" "), patient);
			return told === undefined || typeof told === "boolean";
		}),
		{ numRuns: 5000, seed: 1 },
	);
	t.pass("none did");
});

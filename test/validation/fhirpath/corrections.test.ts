import t from "tap";
import { loadRegistry } from "../../../src/definitions/index.ts";
import type { JsonObject } from "../../../src/kernel/index.ts";
import { compileTest, correctedExpression, node, type Scope } from "../../../src/validation/fhirpath/index.ts";
import { invariantsOfR4 } from "./instances.ts";

const registry = loadRegistry();
const invariants = [...invariantsOfR4()].flatMap(([place, found]) =>
	found.map((invariant) => ({ place, ...invariant })),
);

/** Key → a value that keeps the rule and one that breaks it. */
const CASES: Record<string, { readonly type: string; readonly good: JsonObject; readonly bad: JsonObject }> = {
	"vsd-0": { type: "ValueSet", good: { name: "VitalSigns" }, bad: { name: "Vital signs" } },
	"sdf-0": { type: "StructureDefinition", good: { name: "A_1" }, bad: { name: "a Name" } },
	"eld-19": { type: "ElementDefinition", good: { path: "A.b.value[x]:c" }, bad: { path: "A.b c" } },
	"eld-20": { type: "ElementDefinition", good: { path: "A.b.value[x]" }, bad: { path: "A.b-c" } },
	"que-7": {
		type: "Questionnaire.item.enableWhen",
		good: { operator: "exists", answerBoolean: true },
		bad: { operator: "exists", answerString: "yes" },
	},
};

for (const [key, { type, good, bad }] of Object.entries(CASES)) {
	t.test(`${key} says what it means`, async (t) => {
		const invariant = invariants.find((found) => found.key === key && found.place === type);
		t.ok(invariant, "as published");
		if (!invariant) return;
		t.not(correctedExpression(invariant.expression), invariant.expression);
		const told = (value: JsonObject) => {
			const focus = node(value, type);
			const scope: Scope = { registry, resource: focus, rootResource: focus, resolve: () => undefined };
			return compileTest(registry, type, invariant.expression)(focus, scope);
		};
		t.equal(told(good), true);
		t.equal(told(bad), false);
	});
}

t.test("every other invariant stays as it is published", async (t) => {
	const corrected = invariants.filter(({ expression }) => correctedExpression(expression) !== expression);
	const keys = new Set(corrected.map(({ key }) => key));
	t.ok(
		[...keys].every((key) => key.endsWith("-0") || key in CASES),
		[...keys].join(" "),
	);
});

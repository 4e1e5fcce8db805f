import t from "tap";
import { keysWithin, playInvariants } from "../../support/validation-invariants.ts";
import { BUNDLE_INVARIANTS } from "./bundle-invariants.ts";
import { DATATYPE_INVARIANTS } from "./datatype-invariants.ts";
import { DEFINITION_INVARIANTS } from "./definition-invariants.ts";
import { RESOURCE_INVARIANTS } from "./resource-invariants.ts";

const TYPED = ["Patient", "Observation", "Encounter", "Condition", "Medication", "MedicationRequest"];

const TABLES = [RESOURCE_INVARIANTS, DATATYPE_INVARIANTS, DEFINITION_INVARIANTS, BUNDLE_INVARIANTS];
for (const table of TABLES) playInvariants(t, table);

t.test("the tables have every invariant of the typed resources and of their data types", async (t) => {
	const keys = Object.keys({ ...RESOURCE_INVARIANTS, ...DATATYPE_INVARIANTS });
	t.strictSame(keys.toSorted(), keysWithin(TYPED));
});

t.test("the tables have every invariant of element definitions, bundles, documents and parameters", async (t) => {
	// As it is published, eld-11 asks whether there is an answer, not whether it is true: nothing breaks it.
	const held = new Set(["eld-11", ...TABLES.flatMap((table) => Object.keys(table))]);
	const keys = keysWithin(["ElementDefinition", "Bundle", "Composition", "Parameters"]);
	t.strictSame(
		keys.filter((key) => !held.has(key)),
		[],
	);
});

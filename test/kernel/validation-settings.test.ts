import t from "tap";
import { changeValidation, DEFAULT_VALIDATION, readValidation } from "../../src/kernel/index.ts";

t.test("what is not set, or not well formed, is as by default", async (t) => {
	for (const settings of [undefined, null, 5, [], {}, { mode: "loud", requiredProfiles: [], references: "yes" }]) {
		t.same(readValidation(settings), DEFAULT_VALIDATION);
	}
	const kept = { mode: "warn", requiredProfiles: { Patient: ["a", 5], Basic: "b" }, references: true };
	t.same(readValidation(kept), { mode: "warn", requiredProfiles: { Patient: ["a"], Basic: [] }, references: true });
});

t.test("a change leaves what it does not name, and an empty list takes a type away", async (t) => {
	const before = { mode: "warn", requiredProfiles: { Patient: ["a"], Basic: ["b"] }, references: true } as const;
	t.same(changeValidation(before, {}), before);
	t.same(changeValidation(before, { mode: "off", references: false }), { ...before, mode: "off", references: false });
	const change = { requiredProfiles: { Patient: [], Group: ["c"] } };
	t.same(changeValidation(before, change).requiredProfiles, { Basic: ["b"], Group: ["c"] });
});

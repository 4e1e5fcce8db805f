import t from "tap";
import { packUse, unpackUse } from "../../src/terminology/designation-use.ts";

t.test("a use comes back as it was", async (t) => {
	for (const use of [
		{ code: "short" },
		{ system: "urn:uses", code: "short" },
		{ system: "http://terminology.hl7.org/CodeSystem/designation-usage", code: "display" },
		{ system: "http://terminology.hl7.org/CodeSystem/designation-usage", code: "display", display: "Display" },
		{ display: "On the door" },
		{ code: "[odd" },
		{ code: "@odd" },
		{ system: "urn:uses" },
	]) {
		t.strictSame(unpackUse(packUse(use) ?? ""), use);
	}
	t.equal(packUse({}), undefined);
});

t.test("a code alone is one, of SNOMED CT where it is a kind of description", async (t) => {
	t.strictSame(unpackUse("LONG_COMMON_NAME"), { code: "LONG_COMMON_NAME" });
	t.strictSame(unpackUse("[1]"), { code: "[1]" });
	t.strictSame(unpackUse("900000000000003001"), { system: "http://snomed.info/sct", code: "900000000000003001" });
});

import t from "tap";
import { refused } from "../../support/refused.ts";
import { asking, patient, table } from "./asking.ts";

const { ask, put, ids } = await asking(t);
await put(patient("a", { identifier: [{ value: "A1" }] }), patient("b"));
const about = (who: string) => ({ reference: `Patient/${who}` });
const allergy = (id: string, who: string, category: string) =>
	put({ resourceType: "AllergyIntolerance", id, patient: about(who), category: [category] } as never);
for (const [id, who, category] of [
	["nuts", "a", "food"],
	["penicillin", "a", "medication"],
	["old", "a", "food"],
	["milk", "b", "food"],
] as const)
	await allergy(id, who, category);

const LOINC = "http://loinc.org";
type Listed = { who?: string; code?: string; system?: string; status?: string; mode?: string; date?: string };
const list = (id: string, items: readonly string[], listed: Listed = {}) => {
	const { who, code = "52472-8", system = LOINC, status = "current", mode = "working", date } = listed;
	return put({
		resourceType: "List",
		id,
		status,
		mode,
		code: { coding: [{ system, code }] },
		...(who && { subject: about(who) }),
		...(date && { date }),
		...(items.length > 0 && { entry: items.map((reference) => ({ item: { reference } })) }),
	} as never);
};
const allergies = (...names: string[]) => names.map((name) => `AllergyIntolerance/${name}`);

t.test("the current list of a patient is the newest that is current and working, of the code", async (t) => {
	const url = "AllergyIntolerance?_list=$current-allergies";
	t.strictSame(await ids(`${url}&patient=a`), [], "none yet");
	await list("first", allergies("nuts", "old"), { who: "a", date: "2024-01-01" });
	await list("of-b", allergies("milk"), { who: "b", date: "2026-01-01" });
	t.strictSame(await ids(`${url}&patient=a`), ["nuts", "old"]);
	await list("second", allergies("nuts", "penicillin", "milk"), { who: "a", date: "2025-01-01", code: "48765-2" });
	await list("earlier", allergies("old"), { who: "a", date: "2024-06-01" });
	await list("undated", allergies("old"), { who: "a" });
	await list("retired", allergies("old"), { who: "a", date: "2026-01-01", status: "retired" });
	await list("snapshot", allergies("old"), { who: "a", date: "2026-01-01", mode: "snapshot" });
	await list("else", allergies("old"), { who: "a", date: "2026-01-01", code: "8716-3" });
	await list("nobody", allergies("old"), { date: "2026-01-01" });
	await table(t, ids, [
		[`${url}&patient=a`, "nuts penicillin", "one of another patient is none of a's"],
		[`${url}&patient=Patient/b`, "milk"],
		[url, "milk nuts penicillin", "each by the list of its own patient"],
		[`${url}&patient.identifier=A1`, "nuts penicillin"],
		["Patient/a/AllergyIntolerance?_list=$current-allergies", "nuts penicillin"],
		["AllergyIntolerance?patient=a&_list=$current-drug-allergies", "penicillin"],
		["AllergyIntolerance?patient=a&_list=$current-drug-allergies,first", "nuts old penicillin"],
		["Patient?_has:AllergyIntolerance:patient:_list=$current-drug-allergies", "a"],
		["AllergyIntolerance?_filter=patient eq Patient/a and _list eq $current-allergies", "nuts penicillin"],
	]);
});

t.test("an empty list says that there is nothing", async (t) => {
	await list("second", [], { who: "a", date: "2025-01-01" });
	t.strictSame(await ids("AllergyIntolerance?patient=a&_list=$current-allergies"), []);
	await ask("DELETE", "List/second");
	t.strictSame(await ids("AllergyIntolerance?patient=a&_list=$current-allergies"), ["old"], "the newest that is left");
});

t.test("problems and medicines, in a typed table too, by LOINC or the example codes", async (t) => {
	const coded = { subject: about("a"), code: { text: "x" } };
	await put(
		{ resourceType: "Condition", id: "flu", ...coded } as never,
		{ resourceType: "Condition", id: "cold", ...coded } as never,
		{
			resourceType: "MedicationRequest",
			id: "rx",
			status: "active",
			intent: "order",
			subject: about("a"),
			medicationCodeableConcept: { text: "x" },
		} as never,
		{
			resourceType: "MedicationStatement",
			id: "ms",
			status: "active",
			subject: about("a"),
			medicationCodeableConcept: { text: "x" },
		} as never,
	);
	const use = "http://terminology.hl7.org/CodeSystem/list-example-use-codes";
	await list("problems", ["Condition/flu"], { who: "a", system: use, code: "problems" });
	await list("medicines", ["MedicationRequest/rx", "MedicationStatement/ms"], { who: "a", code: "57828-6" });
	await table(t, ids, [
		["Condition?patient=a&_list=$current-problems", "flu"],
		["Condition?subject=Patient/a&_list=$current-problems", "flu"],
		["Condition?_list=$current-problems", "flu"],
		["Condition?patient=b&_list=$current-problems", ""],
		["MedicationRequest?patient=a&_list=$current-medications", "rx"],
		["MedicationStatement?patient=a&_list=$current-medications", "ms"],
	]);
});

t.test("another name or type is refused, with those that are right", async (t) => {
	const unknown = await refused(t, ids("Condition?_list=$current-friends"), 400);
	t.match(unknown.message, /\$current-problems, \$current-medications, \$current-allergies, \$current-drug-allergies/);
	const elsewhere = await refused(t, ids("Patient?_list=$current-medications"), 400);
	t.match(elsewhere.message, /MedicationStatement or MedicationRequest/);
});

import t from "tap";
import { isId, newId, PROBLEM_KINDS, Problem, toOutcome } from "../../src/kernel/index.ts";

t.test("a problem is rendered issue by issue, without its private detail", async (t) => {
	const problem = new Problem(
		"structure",
		[
			{ text: "First.", expression: "Patient.name" },
			{ text: "Second.", code: "required" },
		],
		"select 1",
	);
	const outcome = toOutcome(problem);
	t.strictSame(outcome, {
		resourceType: "OperationOutcome",
		issue: [
			{
				severity: "error",
				code: "structure",
				details: { text: "First." },
				diagnostics: "First.",
				expression: ["Patient.name"],
			},
			{ severity: "error", code: "required", details: { text: "Second." }, diagnostics: "Second." },
		],
	});
	t.notMatch(JSON.stringify(outcome), /select 1/);
});

t.test("what is the server's fault is fatal", async (t) => {
	t.match(toOutcome(new Problem("fault", "x")), { issue: [{ severity: "fatal", code: "exception" }] });
});

t.test("a problem seen from outside says where it is", async (t) => {
	const inner = new Problem("value", [{ text: "Bad.", expression: "resource.id" }, { text: "Worse." }], "private");
	const outer = inner.at("Bundle.entry[3]");
	t.strictSame(outer.issues, [
		{ text: "Bundle.entry[3]: Bad.", expression: "Bundle.entry[3].resource.id" },
		{ text: "Bundle.entry[3]: Worse.", expression: "Bundle.entry[3]" },
	]);
	t.strictSame([outer.kind, outer.status, outer.detail], ["value", 400, "private"]);
});

t.test("every kind has a failing status", async (t) => {
	for (const [kind, { status }] of Object.entries(PROBLEM_KINDS)) t.ok(status >= 400 && status < 600, kind);
});

t.test("ids follow the form of FHIR, those the server makes too", async (t) => {
	for (const id of ["a", "A-1.b", "a".repeat(64), newId()]) t.ok(isId(id), id);
	for (const id of ["", "a".repeat(65), "a_b", "a b", "ä", "a\n", "a/b"]) t.notOk(isId(id), id);
	t.not(newId(), newId());
});

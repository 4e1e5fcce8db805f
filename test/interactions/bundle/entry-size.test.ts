import t from "tap";
import { bundleOf, type Entry, post } from "../../support/bundle.ts";
import { somePatient, testClinic } from "../../support/clinic.ts";
import { contentsOf } from "../../support/contents.ts";
import { refused } from "../../support/refused.ts";

const ask = await testClinic(t);
Object.assign(ask.engine.limits, { resourceBytes: 2_000 });
const big = somePatient({ name: [{ text: "x".repeat(3_000) }] });
const small = somePatient();
const entry = (resource: unknown): Entry => ({ method: "POST", url: "Patient", resource });

t.test("a resource is no larger in a Bundle than alone: 413 that names the entry", async (t) => {
	const before = await contentsOf(ask);
	const problem = await refused(t, post(ask, "transaction", [entry(small), entry(big)]), 413);
	t.match(problem.issues, [{ expression: "Bundle.entry[1].resource", text: /takes 2000 at most/ }]);
	const history = bundleOf("history", [{ method: "PUT", url: "Patient/x", resource: { ...big, id: "x" } }]);
	await refused(t, ask("POST", "", history), 413);
	t.strictSame(await contentsOf(ask), before);
});

t.test("in a batch only that entry is refused", async (t) => {
	const validate = { ...entry(big), url: "Patient/$validate" };
	const answers = await post(ask, "batch", [entry(small), entry(big), validate]);
	t.same(
		answers.map(({ response }) => response.status.slice(0, 3)),
		["201", "413", "413"],
	);
});

t.test("many small ones may together be larger", async (t) => {
	t.equal(
		(
			await post(
				ask,
				"transaction",
				Array.from({ length: 50 }, () => entry(small)),
			)
		).length,
		50,
	);
});

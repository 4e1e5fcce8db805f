import t from "tap";
import type { Node } from "../../src/search/index.ts";
import { BASE, testClinic } from "../support/clinic.ts";

const ask = await testClinic(t);
const session = ask.engine.store.session(ask.tenant, BASE);

for (const id of ["a", "b", "c", "d"]) await ask("PUT", `Patient/${id}`, { resourceType: "Patient", id });
const conditions: [id: string, code: string, subject: string][] = [
	["1", "I10", "Patient/b"],
	["2", "I10", "Patient/b"],
	["3", "i10", `${BASE}/Patient/d`],
	["4", "E11.9", "Patient/a"],
	["5", "I10", "Group/c"],
	["6", "I10", "http://other.example/fhir/Patient/c"],
	["7", "I10", "Patient/gone"],
];
for (const [id, code, reference] of conditions) {
	const body = { resourceType: "Condition", id, code: { coding: [{ code }] }, subject: { reference } };
	await ask("PUT", `Condition/${id}`, body);
}

const keyOf = (code: string): Node => ({ kind: "key", path: "code", entry: `folded\u001f${code}`, selective: false });
const idsOf = async (filter: Node): Promise<string[]> =>
	(await session.search([{ resourceType: "Patient", filter }], { limit: 9 })).map(({ id }) => id);

t.test("whichever way round a _has is answered, it finds the same", async (t) => {
	for (const [code, want] of [
		["i10", ["b", "d"]],
		["e11.9", ["a"]],
		["none", []],
	] as const) {
		for (const few of [true, false]) {
			const has: Node = { kind: "has", source: "Condition", paths: ["subject"], node: keyOf(code), few };
			t.strictSame(await idsOf(has), want, `${code}, few: ${few}`);
			t.strictSame(
				await idsOf({ kind: "not", node: has }),
				["a", "b", "c", "d"].filter((id) => !(want as readonly string[]).includes(id)),
				`not ${code}, few: ${few}`,
			);
		}
	}
});

t.test("an estimate needs no row", async (t) => {
	const [all, none] = await session.estimate([
		{ resourceType: "Condition", filter: { kind: "and", nodes: [] } },
		{ resourceType: "Basic", filter: { kind: "nothing" } },
	]);
	t.ok((all ?? 0) > 0);
	t.ok((none ?? Number.NaN) <= 1);
	const inside = await session.transact((inner) =>
		inner.estimate([{ resourceType: "Condition", filter: keyOf("i10") }]),
	);
	t.equal(inside.length, 1);
});

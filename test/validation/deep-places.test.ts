import t from "tap";
import { findings } from "../support/validation.ts";

const PART = { url: "http://test.example/part" };
/** An extension within so many others, the innermost `inner`. */
const within = (levels: number, inner: object[]): object =>
	levels === 0 ? { ...PART, extension: inner } : { ...PART, extension: [within(levels - 1, inner)] };

t.test("the same fault at two deep places is told twice, though their texts are shortened alike", async (t) => {
	const wrong = { ...PART, valueBoolean: "yes" };
	const branch = within(7, [wrong]);
	const patient = { resourceType: "Patient", extension: [within(7, [branch, branch])] };
	const told = (await findings(patient)).filter(({ rule }) => rule === "PHC-V-003");
	t.equal(told.length, 2);
	t.equal(new Set(told.map(({ text }) => text)).size, 1, "shortened alike");
	t.equal(new Set(told.map(({ expression }) => expression)).size, 2);
});

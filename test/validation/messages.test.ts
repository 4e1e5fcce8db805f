import { readFileSync } from "node:fs";
import t from "tap";
import { MESSAGES, type MessageKind } from "../../src/validation/index.ts";
import { ERROR_DOCS, exampleOf, MESSAGE_CASES, withMessageRows } from "../support/message-cases.ts";
import { findings } from "../support/validation.ts";

const kinds = Object.keys(MESSAGES) as MessageKind[];

for (const kind of kinds) {
	t.test(`${kind} is provoked by its case, and told as the table says`, async (t) => {
		const example = await exampleOf(kind);
		const { rule, code, severity } = MESSAGES[kind];
		t.match(example, { rule, code, severity });
		const text = example?.text ?? "";
		t.match(text, /[.?]$/, "it is a sentence");
		t.notMatch(text, /undefined|\[object|\.\.$/, "it is in words");
		if (kind !== "unlisted")
			t.ok(text.startsWith(example?.expression?.slice(0, 80) ?? "?"), "it begins with the place");
	});
}

t.test("no code stands for two kinds, and there is no case too many", async (t) => {
	const rules = kinds.map((kind) => MESSAGES[kind].rule);
	t.equal(new Set(rules).size, rules.length);
	t.notOk(new Set<string>(rules).has("PHC-V-009"), "it meant something else once");
	t.strictSame(Object.keys(MESSAGE_CASES).toSorted(), kinds.toSorted());
});

t.test("what is not listed is an error only where it hides one", async (t) => {
	const many = (member: object) => ({ resourceType: "Patient", extension: Array.from({ length: 205 }, () => member) });
	const [hidesNone] = (await findings(many({ url: "urn:x", valueCode: "a" }))).slice(-1);
	t.match(hidesNone, { rule: MESSAGES.unlisted.rule, severity: "information", text: /^6 more/ });
	const [hidesSome] = (await findings(many({ url: "urn:x" }))).slice(-1);
	t.match(hidesSome, { rule: MESSAGES.unlisted.rule, severity: "error" });
});

t.test("docs/errors.md has a row for each kind, with what its case produces", async (t) => {
	const page = readFileSync(ERROR_DOCS, "utf8");
	t.equal(await withMessageRows(page), page, "run node scripts/generate-error-docs.ts");
});

import t from "tap";
import type { ValidateOptions } from "../../src/validation/index.ts";
import { standardCodings } from "../support/standard-codes.ts";
import { type Case, findings, playTable, resourceOf, type Table, withDefinitions } from "../support/validation.ts";

const OWN = "http://test.example/colours";
const PART = "http://test.example/part";
const codeSystem = (url: string, content: string) => ({
	resourceType: "CodeSystem",
	url,
	status: "active",
	content,
	concept: [{ code: "red", display: "Deep  red", designation: [{ language: "hi", value: "लाल" }] }, { code: "0" }],
});
const definitions = withDefinitions([codeSystem(OWN, "complete"), codeSystem(PART, "fragment")]);
const codings = standardCodings(definitions);

const coded = (coding: object) => ({
	resourceType: "Observation",
	status: "final",
	code: { coding: [{ system: OWN, code: "red", ...coding }] },
});
const AT = "Observation.code.coding[0]";
const absent: Case[1] = ["code-absent", AT, /a code that this system does not have/];

const table: Table = {
	"a code with its display, whatever its case and blanks": [coded({ display: " deep red " })],
	"a display that is a designation": [coded({ display: "लाल" })],
	"a code without display": [coded({})],
	"any display of a code that has no name": [coded({ code: "0", display: "Colourless" })],
	"another display": [
		coded({ display: "Blue" }),
		["display", `${AT}.display`, /should be called as "http:.*\|red" is, which is "Deep {2}red"/],
	],
	"a code that the system does not have": [coded({ code: "blue", display: "Blue" }), absent],
	"a code of a system of which a part is here": [coded({ system: PART, code: "blue" })],
	"the display of a code of a part": [coded({ system: PART, display: "Blue" })],
	"a code of a system that is not here": [coded({ system: "http://test.example/none" })],
	"a code of a version that is not here": [coded({ code: "blue", version: "7" })],
	"a unit, which has no display": [coded({ system: "http://unitsofmeasure.org", code: "mg", display: "milligram" })],
	"no unit": [coded({ system: "http://unitsofmeasure.org", code: "mgg" }), absent],
	"a code in a contained resource": [
		{
			resourceType: "Observation",
			status: "final",
			code: { text: "x" },
			hasMember: [{ reference: "#b" }],
			contained: [{ id: "b", ...coded({ code: "blue" }) }],
		},
		["code-absent", "Observation.contained[0].code.coding[0]", /does not have/],
	],
};
playTable(t, table, { definitions, codings });

t.test("a coding is looked up once, at most 200 are, and none where no advice is wanted", async (t) => {
	const many = (count: number) => ({
		resourceType: "Observation",
		status: "final",
		code: { coding: Array.from({ length: count }, (_, n) => ({ system: OWN, code: `c${n % 300}` })) },
	});
	const asked = async (count: number, options: Partial<ValidateOptions> = {}): Promise<number> => {
		let questions = 0;
		const ask: ValidateOptions["codings"] = async () => {
			questions++;
			return "fine";
		};
		await findings(many(count), { codings: ask, ...options });
		return questions;
	};
	t.equal(await asked(3), 3);
	t.equal(await asked(600), 200);
	t.equal(await asked(3, { advice: false }), 0);
	t.equal((await findings(JSON.stringify(resourceOf(coded({ code: "blue" }))), { codings, advice: false })).length, 0);
});

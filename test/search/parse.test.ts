import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { Problem } from "../../src/kernel/index.ts";
import { parseQuery, parseSearch, print } from "../../src/search/index.ts";

const registry = loadRegistry();
const scope = { registry, base: "http://clinic.test/fhir", timeZone: "Asia/Kolkata", strict: true, now: 0 };
const parse = (type: string, query: string, strict = true) =>
	parseSearch({ ...scope, strict }, type, parseQuery(query));
const tree = (type: string, query: string): string => print(parse(type, query).filter);

t.test("a query is read into a tree", async (t) => {
	const code = (...codes: string[]): string[] =>
		codes.map((one) => `(or (key identifier folded|${one}) (key identifier code|${one}))`);
	const trees: [query: string, tree: string][] = [
		["identifier=urn:x|1", "(key identifier coding|urn:x|1)"],
		["identifier=1", `${code("1")}`],
		["identifier=|1", "(key identifier coding||1)"],
		["identifier=urn:x|", "(key identifier system|urn:x)"],
		["identifier=a,b", `(or ${code("a", "b").join(" ")})`],
		["identifier=a&identifier=b", `(and ${code("a", "b").join(" ")})`],
		["identifier=a\\,b", `${code("a,b")}`],
		["identifier=a%5C%2Cb%2Cc", `(or ${code("a,b", "c").join(" ")})`],
		["identifier=a\\|b", `${code("a|b")}`],
		["identifier=a\\\\", `${code("a\\")}`],
		["organization=Organization/o", "(key managingOrganization reference|Organization/o)"],
		["organization=http://clinic.test/fhir/Organization/o", "(key managingOrganization reference|Organization/o)"],
		[
			"organization=http://other.test/fhir/Organization/o",
			"(key managingOrganization url|http://other.test/fhir/Organization/o)",
		],
		["organization:Organization=o", "(key managingOrganization reference|Organization/o)"],
		["organization:Organization=Practitioner/o", "(nothing)"],
		["_id=a,b", "(id a b)"],
		["_id:not=a,b", "(not (id a b))"],
		["_id:missing=true", "(nothing)"],
		["_id:missing=false", "(and)"],
		["_lastUpdated:missing=true", "(not (updated - -))"],
		["_lastUpdated:missing=false", "(updated - -)"],
		["_lastUpdated=2024-05-01", "(updated 2024-04-30T18:30:00.000Z 2024-05-01T18:30:00.000Z)"],
		["_lastUpdated=ge2024-05-01T00:00:00Z", "(updated 2024-05-01T00:00:00.000Z -)"],
		["_lastUpdated=lt2024-05-01T00:00:00%2B05:30", "(updated - 2024-04-30T18:30:00.000Z)"],
		["_lastUpdated=2024-05-01T00:00:00+05:30", "(updated 2024-04-30T18:30:00.000Z 2024-04-30T18:30:01.000Z)"],
		["_count=5&_elements=id&_total=none&_format=json", "(and)"],
		["", "(and)"],
	];
	for (const [query, want] of trees) t.equal(tree("Patient", query), want, query);
	const general = tree("Patient", "general-practitioner=x");
	t.match(general, /Practitioner\/x/, "a bare id means any type the parameter allows");
	t.match(general, /Organization\/x/);
	t.notMatch(general, /Patient\/x/);
});

t.test("what was used and what was ignored is told", async (t) => {
	const { used, ignored } = parse("Patient", "nonsense=1&gender=male&_count=3", false);
	t.strictSame([used, ignored], [[["gender", "male"]], ["nonsense"]]);
});

t.test("what cannot be read is refused, and the parameter is named", async (t) => {
	const wrong: [query: string, expression: string][] = [
		["nonsense=1", "nonsense"],
		["identifier:contains=1", "identifier"],
		["identifier=", "identifier"],
		["identifier=|", "identifier"],
		["identifier=a|b|c", "identifier"],
		["identifier=a,", "identifier"],
		["organization=", "organization"],
		["organization:Patient=o", "organization"],
		["_id:missing=maybe", "_id:missing"],
		["_id:text=a", "_id"],
		["_lastUpdated:not=2024", "_lastUpdated"],
		["_text:missing=true", "_text"],
		["_list=$current-friends", "_list"],
		["_list=$current-problems", "_list"],
		["_lastUpdated=2024-02-30", "_lastUpdated"],
	];
	for (const [query, expression] of wrong) {
		const fault = t.throws(() => parse("Patient", query), Problem, query) as Problem | undefined;
		t.strictSame([fault?.status, fault?.issues[0]?.expression], [400, expression], query);
	}
	t.throws(() => parse("Patient", "identifier=a\\"), { message: /backslash/ });
	t.throws(() => parse("Patient", "identifier=%E0%A4%A"), { message: /%25/ });
	t.throws(
		() => parse("Patient", "identifier:contains=1", false),
		{ message: /modifier/ },
		"an unknown modifier even in lenient mode",
	);
});

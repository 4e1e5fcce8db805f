import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { Problem } from "../../src/kernel/index.ts";
import { compile, parseQuery, parseSearch, print } from "../../src/search/index.ts";

const registry = loadRegistry();
const scope = { registry, base: "http://clinic.test/fhir", timeZone: "Asia/Kolkata", strict: true };
const parse = (type: string, query: string, strict = true) =>
	parseSearch({ ...scope, strict }, type, parseQuery(query));
const tree = (type: string, query: string): string => print(parse(type, query).filter);

t.test("a query is read into a tree", async (t) => {
	const trees: [query: string, tree: string][] = [
		["identifier=urn:x|1", "(key Patient|identifier|coding|urn:x|1)"],
		["identifier=1", "(key Patient|identifier|code|1)"],
		["identifier=|1", "(key Patient|identifier|coding||1)"],
		["identifier=urn:x|", "(key Patient|identifier|system|urn:x)"],
		["identifier=a,b", "(or (key Patient|identifier|code|a) (key Patient|identifier|code|b))"],
		["identifier=a&gender=male", "(and (key Patient|identifier|code|a) (key Patient|gender|code|male))"],
		["identifier=a\\,b", "(key Patient|identifier|code|a,b)"],
		["identifier=a%5C%2Cb%2Cc", "(or (key Patient|identifier|code|a,b) (key Patient|identifier|code|c))"],
		["identifier=a\\|b", "(key Patient|identifier|code|a|b)"],
		["identifier=a\\\\", "(key Patient|identifier|code|a\\)"],
		["organization=Organization/o", "(key Patient|organization|reference|Organization/o)"],
		["organization=o", "(key Patient|organization|reference|Organization/o)"],
		["organization=http://clinic.test/fhir/Organization/o", "(key Patient|organization|reference|Organization/o)"],
		[
			"organization=http://other.test/fhir/Organization/o",
			"(key Patient|organization|url|http://other.test/fhir/Organization/o)",
		],
		["organization:Organization=o", "(key Patient|organization|reference|Organization/o)"],
		["organization:Organization=Practitioner/o", "(nothing)"],
		["_id=a,b", "(or (id a) (id b))"],
		["_id=a b", "(nothing)"],
		["_lastUpdated=2024-05-01", "(updated 1714501800000 1714588200000)"],
		["_lastUpdated=ge2024-05-01T00:00:00Z", "(updated 1714521600000 -)"],
		["_lastUpdated=lt2024-05-01T00:00:00%2B05:30", "(updated - 1714501800000)"],
		["_lastUpdated=2024-05-01T00:00:00+05:30", "(updated 1714501800000 1714501801000)"],
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
		["_id:missing=true", "_id"],
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

t.test("nothing of a query becomes SQL", async (t) => {
	const evil = "');DROP TABLE patient;--";
	for (const name of ["identifier", "organization", "_id", "general-practitioner"]) {
		const values: unknown[] = [];
		const { text } = compile(parse("Patient", `${name}=${encodeURIComponent(evil)},x`).filter, values);
		t.notMatch(text, /DROP/);
		t.match(text, /^[\w\s$().:=@>&[\]]+$/, name);
	}
});

t.test("keys of one level meet in one array test", async (t) => {
	const values: unknown[] = ["taken"];
	const { text, selective } = compile(parse("Patient", "identifier=urn:x|1&gender=male&_id=a").filter, values);
	t.equal(text, "keys @> $3::bigint[] AND id = ANY($2::text[])");
	t.ok(selective);
	t.match(values[2], /^\{-?\d+,-?\d+\}$/);
	const or: unknown[] = [];
	t.equal(compile(parse("Patient", "gender=male,female").filter, or).text, "(keys && $1::bigint[])");
	t.equal(compile({ kind: "and", nodes: [] }, []).text, "true");
	t.equal(compile({ kind: "nothing" }, []).text, "false");
	t.notOk(compile(parse("Patient", "gender=male").filter, []).selective, "a gender leaves many rows");
});

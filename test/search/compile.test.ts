import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { isSelective, parseQuery, parseSearch } from "../../src/search/index.ts";
import { searchStatement } from "../../src/store/query.ts";

const registry = loadRegistry();
const scope = { registry, base: "http://clinic.test/fhir", timeZone: "Asia/Kolkata", strict: true, now: 0 };
const filterOf = (type: string, query: string) => parseSearch(scope, type, parseQuery(query)).filter;

function statement(type: string, query: string) {
	const { filter, sort } = parseSearch(scope, type, parseQuery(query));
	return searchStatement({ registry, schema: "clinic" }, [{ resourceType: type, filter }], { sort, limit: 2 });
}

const EVIL = `x'); DROP TABLE patient; --"\\\\ $$ ? @ [*]`;
const evil = encodeURIComponent(EVIL.replace(/[,$|]/g, "\\$&"));

t.test("nothing of a query becomes SQL: values are bound, and a jsonpath holds them as literals", async (t) => {
	const queries: [type: string, query: string][] = [
		["Patient", `identifier=${evil}`],
		["Patient", `identifier=${evil}|${evil}`],
		["Patient", `identifier:of-type=${evil}|${evil}|${evil}`],
		["Patient", `family=${evil}`],
		["Patient", `family:exact=${evil}`],
		["Patient", `family:contains=${evil}`],
		["Patient", `organization=${evil}`],
		["Patient", `organization.name=${evil}`],
		["Patient", `_has:Observation:patient:code:text=${evil}`],
		["Patient", `_text=${evil}&_content=${evil}`],
		["Patient", `_filter=${encodeURIComponent(`family ew "${EVIL.replace(/["\\]/g, "\\$&")}"`)}`],
		["ValueSet", `url:below=http://${evil}`],
		["Observation", `value-quantity=5|${evil}|${evil}`],
		["Observation", `component-code-value-quantity=${evil}$5|${evil}|${evil}`],
		["Observation", `code:text=${evil}`],
	];
	for (const [type, query] of queries) {
		const { text, values } = statement(type, query);
		t.notMatch(text, /DROP|drop/, query);
		t.ok(values.length > 1, query);
		for (const path of values.filter((value) => typeof value === "string" && value.startsWith("$."))) {
			const outside = (path as string).replace(/"(?:[^"\\]|\\.)*"/g, "");
			t.notMatch(outside, /drop/i, `${query}: ${path}`);
		}
	}
});

t.test("the keys of one level are one test of the array", async (t) => {
	const { text, values } = statement(
		"Patient",
		"identifier=urn:x|1&gender=http://hl7.org/fhir/administrative-gender|male",
	);
	t.match(text, /t\.keys @> \$\d::bigint\[\]/);
	t.equal(text.match(/keys/g)?.length, 1);
	t.ok(values.some((value) => /^\{-?\d+,-?\d+\}$/.test(String(value))));
	t.match(statement("Patient", "identifier=urn:x|1,urn:x|2").text, /t\.keys && \$\d::bigint\[\]/);
});

t.test("a reference and a date that a column holds are asked there", async (t) => {
	t.match(statement("Observation", "subject=Patient/1").text, /t\."subject" = \$\d/);
	t.match(
		statement("Observation", "date=ge2026&_sort=-date").text,
		/ORDER BY t\."effective" DESC NULLS LAST, t\.id ASC/,
	);
	t.match(statement("Observation", "date=ge2026").text, /t\."effective" >= /);
});

t.test("few rows are found before they are put in order, whatever the statistics say", async (t) => {
	for (const query of ["identifier=urn:x|1", "_id=a", "identifier=urn:x|1&gender=male"]) {
		t.ok(isSelective(filterOf("Patient", query)), query);
		t.match(statement("Patient", query).text, /AS MATERIALIZED/);
	}
	for (const query of ["gender=male", "family=x", "", "gender=male,female"])
		t.notOk(isSelective(filterOf("Patient", query)), query);
	t.notMatch(statement("Patient", "gender=male").text, /MATERIALIZED/);
});

t.test("what matches all or nothing", async (t) => {
	t.match(statement("Patient", "").text, /WHERE true/);
	t.match(statement("Patient", "organization:Organization=Practitioner/o").text, /WHERE false/);
});

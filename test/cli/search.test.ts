import t from "tap";
import { testDatabase } from "../support/database.ts";
import { phc } from "./support/run.ts";

const { url } = await testDatabase(t);
const before = { ...process.env };
Object.assign(process.env, { DATABASE_URL: url, DATA_DIR: t.testdir() });
t.teardown(() => {
	process.env = before;
});
await phc(["tenant", "create", "rampur", "--name", "PHC Rampur"]);
const explain = (...args: string[]) => phc(["search", "explain", ...args]);

t.test("explains a search of a clinic", async (t) => {
	const { code, out } = await explain(
		"--tenant",
		"rampur",
		"Observation?patient=1&code=http://loinc.org|8867-4&_sort=-date",
	);
	t.equal(code, 0);
	t.match(out, /^tree: \(and \(key subject reference\|Patient\/1\) /);
	t.match(out, /^sql: SELECT /m);
	t.match(out, /"t_rampur"\."observation"/);
	t.match(out, /^ {2}\$1 number: 21$/m);
	t.match(out, /: Patient\/1$/m);
	t.match(out, /^rowsRead: 0$/m);
	t.match(out, /^executionMs: \d/m);
	t.notMatch(out, /^plan:/m);
});

t.test("prints the whole plan, or the resource, when asked", async (t) => {
	t.match((await explain("--tenant", "rampur", "Patient", "--plan")).out, /^plan: \{\n {2}"Plan": \{/m);
	const { resourceType, parameter } = JSON.parse((await explain("--tenant", "rampur", "Patient?_id=1", "--json")).out);
	t.strictSame([resourceType, parameter[0]], ["Parameters", { name: "tree", valueString: "(id 1)" }]);
});

t.test("says what is asked wrongly", async (t) => {
	t.match(await explain("--tenant", "rampur", "Patient?nothing=1"), { code: 1, err: /no search parameter "nothing"/ });
	t.match(await explain("--tenant", "rampur", "Patients"), { code: 1, err: /not a resource type/ });
	t.match(await explain("--tenant", "nowhere", "Patient"), { code: 2, err: /no clinic "nowhere"/ });
	t.match(await explain("Patient"), { code: 2, err: /--tenant/ });
	t.match(await explain("--tenant", "rampur"), { code: 2, err: /Name one search/ });
	t.match(await phc(["search", "run"]), { code: 2, err: /explain/ });
});

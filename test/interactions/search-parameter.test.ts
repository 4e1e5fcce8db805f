import t from "tap";
import { jsonOf, somePatient, testClinic } from "../support/clinic.ts";
import { otherClinic, testRunner, until } from "../support/jobs.ts";
import { refused } from "../support/refused.ts";

const VILLAGE = "https://phc.example/village";

const village = (more: object = {}) => ({
	resourceType: "SearchParameter",
	id: "village",
	url: "https://phc.example/SearchParameter/village",
	name: "village",
	description: "The village a patient lives in.",
	status: "active",
	code: "village",
	base: ["Patient"],
	type: "token",
	expression: `Patient.extension.where(url='${VILLAGE}').value`,
	...more,
});

const living = (name: string, id?: string) =>
	somePatient({ ...(id && { id }), extension: [{ url: VILLAGE, valueCode: name }] });

const ask = await testClinic(t);
const other = await otherClinic(ask, "second");
const found = async (url: string): Promise<number> => jsonOf(await ask("GET", url)).total;
const listed = async (): Promise<string[]> =>
	jsonOf(await ask("GET", "metadata"))
		.rest[0].resource.find(({ type }: { type: string }) => type === "Patient")
		.searchParam.map(({ name }: { name: string }) => name);
const isReady = (url: string) =>
	until(() =>
		ask("GET", url).then(
			() => true,
			() => false,
		),
	);

for (let i = 0; i < 30; i++) await ask("POST", "Patient", living(i % 3 === 0 ? "Rampur" : "Sitapur"));

t.test("until it is indexed it is refused with its progress, and not listed", async (t) => {
	await ask("PUT", "SearchParameter/village", village());
	t.match((await refused(t, ask("GET", "Patient?village=Rampur"), 400)).message, /being indexed: waiting for its turn/);
	t.match(
		(await refused(t, ask("GET", "Observation?subject:Patient.village=Rampur"), 400)).message,
		/village.* being indexed/,
	);
	t.notOk((await listed()).includes("village"));
	t.match((await refused(t, ask("GET", "Patient?nonsense=1"), 400)).message, /has no search parameter/);
});

t.test("then it is searched by, in this clinic alone, with what was written meanwhile", async (t) => {
	await ask("POST", "Patient", living("Rampur"));
	testRunner(t, ask).start();
	await isReady("Patient?village=Rampur");
	t.equal(await found("Patient?village=Rampur&_total=accurate"), 11);
	t.equal(await found("Patient?village=Sitapur&_total=accurate"), 20);
	await ask("POST", "Patient", living("Rampur"));
	t.equal(await found("Patient?village=Rampur&_total=accurate"), 12);
	t.equal(await found("Patient?_has:Observation:subject:code=x&village=Rampur"), 0);
	t.ok((await listed()).includes("village"));
	await refused(t, other("GET", "Patient?village=Rampur"), 400);
	const versions = jsonOf(await ask("GET", "Patient?_count=100")).entry.map(
		({ resource }: { resource: { meta: { versionId: string } } }) => resource.meta.versionId,
	);
	t.same([...new Set(versions)], ["1"], "indexing makes no version");
});

t.test("a changed expression is indexed anew, a changed description is not", async (t) => {
	await ask("PUT", "SearchParameter/village", village({ description: "Where a patient lives." }));
	t.equal(await found("Patient?village=Rampur&_total=accurate"), 12);
	await ask("PUT", "SearchParameter/village", village({ type: "string", expression: "Patient.name.family" }));
	await refused(t, ask("GET", "Patient?village=Devi"), 400);
	testRunner(t, ask).start();
	await isReady("Patient?village=Devi");
	t.equal(await found("Patient?village=Devi&_total=accurate"), 32);
	t.equal(await found("Patient?village=Rampur"), 0, "no old answer is mixed in");
});

t.test("retired or deleted it is gone at once; active again it is indexed again", async (t) => {
	await ask("PUT", "SearchParameter/village", village({ status: "retired" }));
	t.match((await refused(t, ask("GET", "Patient?village=x"), 400)).message, /has no search parameter/);
	await ask("POST", "Patient", living("Rampur"));
	await ask("PUT", "SearchParameter/village", village());
	await refused(t, ask("GET", "Patient?village=Rampur"), 400);
	testRunner(t, ask).start();
	await isReady("Patient?village=Rampur");
	t.equal(await found("Patient?village=Rampur&_total=accurate"), 13);
	await ask("DELETE", "SearchParameter/village");
	t.match((await refused(t, ask("GET", "Patient?village=x"), 400)).message, /has no search parameter/);
	t.notOk((await listed()).includes("village"));
});

t.test("what comes in a transaction counts too", async (t) => {
	const entry = [{ resource: village(), request: { method: "PUT", url: "SearchParameter/village" } }];
	await ask("POST", "", { resourceType: "Bundle", type: "transaction", entry });
	t.match((await refused(t, ask("GET", "Patient?village=x"), 400)).message, /being indexed/);
	const gone = [{ request: { method: "DELETE", url: "SearchParameter/village" } }];
	await ask("POST", "", { resourceType: "Bundle", type: "transaction", entry: gone });
	t.match((await refused(t, ask("GET", "Patient?village=x"), 400)).message, /has no search parameter/);
});

t.test("a composite of the clinic finds pairs in one instance and leaves other parameters as they were", async (t) => {
	const contact = (family: string, gender: string) => ({ name: { family }, gender });
	const id = "pair";
	await ask("PUT", `Patient/${id}`, somePatient({ id, contact: [contact("Das", "male"), contact("Roy", "female")] }));
	const parameter = (code: string, path: string, type: string) =>
		village({ id: code, url: `https://phc.example/SearchParameter/${code}`, name: code, code, type, expression: path });
	await ask("PUT", "SearchParameter/kin", parameter("kin", "Patient.contact.name.family", "string"));
	await ask("PUT", "SearchParameter/kin-sex", parameter("kin-sex", "Patient.contact.gender", "token"));
	testRunner(t, ask).start();
	await isReady("Patient?kin=x&kin-sex=x");
	const url = (code: string) => `https://phc.example/SearchParameter/${code}`;
	await ask("PUT", "SearchParameter/kin-pair", {
		...parameter("kin-pair", "Patient.contact", "composite"),
		component: [
			{ definition: url("kin"), expression: "name.family" },
			{ definition: url("kin-sex"), expression: "gender" },
		],
	});
	t.equal(await found("Patient?kin=Das&kin-sex=female"), 1);
	await isReady("Patient?kin-pair=x$y");
	t.equal(await found("Patient?kin=Das&kin-sex=female"), 1);
	t.equal(await found("Patient?kin-pair=Das$male"), 1);
	t.equal(await found("Patient?kin-pair=Das$female"), 0);
});

t.test("what cannot be searched by is refused when it is written, with the part and the mend", async (t) => {
	const write = (more: object) => ask("PUT", "SearchParameter/village", village(more));
	const cases: [object, number, RegExp][] = [
		[{ code: "name" }, 409, /Patient has a search parameter "name" already/],
		[{ code: "_mine" }, 422, /begin with a letter/],
		[{ expression: undefined }, 422, /needs an expression/],
		[{ expression: "Patient.name.first().family" }, 422, /cannot search by "\.first\(\)".*Supported are paths/],
		[{ expression: "Patient.nam" }, 422, /cannot search by "\.nam"/],
		[{ expression: "Observation.code" }, 422, /begins with Patient/],
		[{ type: "date", expression: "Patient.gender" }, 422, /selects code, which a date parameter cannot search/],
		[{ type: "special" }, 422, /type must be one of/],
		[{ type: "composite", expression: "Patient.contact" }, 422, /at least two components/],
		[{ base: ["Patients"] }, 400, /./],
		[{ base: ["Patient", "Group"], expression: "Patient.gender" }, 422, /begins with Group/],
	];
	for (const [more, status, text] of cases) t.match((await refused(t, write(more), status)).message, text);
	for (const status of ["draft", "retired"]) {
		t.match(await write({ status, expression: "anything()" }), { status: /20[01]/ }, "kept, but not searched by");
	}
	await refused(t, ask("GET", "Patient?village=x"), 400);
});

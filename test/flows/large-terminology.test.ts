import { join } from "node:path";
import t from "tap";
import { createTerminologyStore } from "../../src/tenancy/index.ts";
import { openTerminology } from "../../src/terminology/index.ts";
import { serverApp } from "../support/server-app.ts";
import { folderOf } from "../terminology/load/support/files.ts";

const { app, call, tokenOf } = await serverApp(t);
const store = createTerminologyStore(app.database);
const ICD = "http://hl7.org/fhir/sid/icd-10";
const LOINC = "http://loinc.org";

/** Classes of a made-up ICD-10: code, kind, title, class above. */
const classes: readonly (readonly [string, string, string, string?])[] = [
	["IV", "chapter", "Metabolic diseases"],
	["E10-E14", "block", "Diabetes mellitus", "IV"],
	["E10", "category", "Type 1 diabetes mellitus", "E10-E14"],
	["E11", "category", "Type 2 diabetes mellitus, as loaded", "E10-E14"],
	["E11.9", "category", "Type 2 diabetes mellitus, as loaded, without complications", "E11"],
	["IX", "chapter", "Diseases of the circulation"],
	["I10", "category", "Hypertension, as loaded", "IX"],
];
const claml = `<?xml version="1.0"?><ClaML version="2.0.0"><Title name="ICD-10" version="2019"/>${classes
	.map(
		([code, kind, title, above]) =>
			`<Class code="${code}" kind="${kind}">${above ? `<SuperClass code="${above}"/>` : ""}${classes
				.filter(([, , , parent]) => parent === code)
				.map(([child]) => `<SubClass code="${child}"/>`)
				.join("")}<Rubric kind="preferred"><Label xml:lang="en">${title}</Label></Rubric></Class>`,
	)
	.join("")}</ClaML>`;
const MANY = 6000;
const loinc = [
	"LOINC_NUM,COMPONENT,CLASS,LONG_COMMON_NAME,STATUS,VersionLastChanged",
	"8867-4,Heart rate,HRTRATE,Heart rate as loaded,ACTIVE,2.78",
	...Array.from({ length: MANY }, (_, n) => `${n + 10_000}-1,Thing ${n},CHEM,Measured thing ${n},ACTIVE,2.70`),
].join("\n");

async function load(folder: string, files: Record<string, string>): Promise<void> {
	folderOf(folder, files);
	for (const name of Object.keys(files)) {
		const opened = await openTerminology([join(folder, name)]);
		await store.load((sink) => opened.read(sink, {}, () => undefined));
		opened.close();
	}
}

const tokens = {
	first: { ADMIN: await tokenOf("first", "ADMIN"), DOCTOR: await tokenOf("first", "DOCTOR") },
	second: { ADMIN: await tokenOf("second", "ADMIN"), DOCTOR: await tokenOf("second", "DOCTOR") },
};
type Clinic = keyof typeof tokens;

async function ask(clinic: Clinic, method: string, path: string, body?: object, role: "ADMIN" | "DOCTOR" = "DOCTOR") {
	const reply = await call(method, `/t/${clinic}/fhir/${path}`, tokens[clinic][role], body && { body });
	return { status: reply.statusCode, json: reply.body === "" ? undefined : reply.json() };
}
const query = (params: Record<string, string>): string => new URLSearchParams(params).toString();
// biome-ignore lint/suspicious/noExplicitAny: parameters are of every type
const get = async (clinic: Clinic, path: string): Promise<any> => (await ask(clinic, "GET", path)).json;
type Parameter = { name: string; [key: string]: unknown };
const named = ({ parameter }: { parameter: Parameter[] }, name: string): Parameter | undefined =>
	parameter.find((one) => one.name === name);
const found = async (clinic: Clinic, code: string): Promise<unknown> =>
	named(await get(clinic, `CodeSystem/$lookup?${query({ system: ICD, code })}`), "display")?.valueString;

const condition = (code: string, more: object = {}) => ({
	resourceType: "Condition",
	subject: { reference: "Patient/p" },
	code: { coding: [{ system: ICD, code }] },
	...more,
});
const DIABETES = "https://first.example/ValueSet/diabetes";
const DIABETIC = "https://first.example/StructureDefinition/Diabetic";
const diabetes = {
	resourceType: "ValueSet",
	id: "diabetes",
	url: DIABETES,
	status: "active",
	compose: { include: [{ system: ICD, filter: [{ property: "concept", op: "descendent-of", value: "E10-E14" }] }] },
};
const diabetic = {
	resourceType: "StructureDefinition",
	id: "diabetic",
	url: DIABETIC,
	name: "Diabetic",
	status: "active",
	kind: "resource",
	abstract: false,
	type: "Condition",
	baseDefinition: "http://hl7.org/fhir/StructureDefinition/Condition",
	derivation: "constraint",
	differential: {
		element: [{ id: "Condition.code", path: "Condition.code", binding: { strength: "required", valueSet: DIABETES } }],
	},
};
const claimed = (code: string) => condition(code, { meta: { profile: [DIABETIC] } });

await ask("first", "PUT", "Patient/p", { resourceType: "Patient", id: "p", name: [{ text: "Asha" }] });

t.test("what is loaded is seen by every clinic within ten seconds, and goes before the fragments", async (t) => {
	await load(t.testdir(), { "icd10.xml": claml, "Loinc.csv": loinc });
	// The server did not load them itself: what it looked up before holds for ten seconds.
	const end = Date.now() + 12_000;
	while ((await found("first", "I10")) !== "Hypertension, as loaded" && Date.now() < end) {
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
	for (const clinic of ["first", "second"] as const) {
		t.equal(await found(clinic, "I10"), "Hypertension, as loaded");
		const gone = await ask(clinic, "GET", `CodeSystem/$lookup?${query({ system: ICD, code: "B54" })}`);
		t.equal(gone.status, 404, "a code that only the fragment has");
		const heart = await get(clinic, `CodeSystem/$lookup?${query({ system: LOINC, code: "8867-4" })}`);
		t.equal(named(heart, "display")?.valueString, "Heart rate as loaded");
		t.equal(named(heart, "version")?.valueString, "2.78");
	}
	const inSet = async (code: string) => {
		const include = [{ system: ICD }];
		const resource = { resourceType: "ValueSet", status: "active", url: "urn:all", compose: { include } };
		const asked = [
			{ name: "valueSet", resource },
			{ name: "coding", valueCoding: { system: ICD, code } },
		];
		const body = { resourceType: "Parameters", parameter: asked };
		return named((await ask("first", "POST", "ValueSet/$validate-code", body)).json, "result")?.valueBoolean;
	};
	t.equal(await inSet("E10"), true);
	t.equal(await inSet("B54"), false, "the fragment does not put it into the whole");
});

t.test("a required binding to a branch of it is enforced in the clinic that has the profile", async (t) => {
	t.equal((await ask("first", "PUT", "ValueSet/diabetes", diabetes, "ADMIN")).status, 201);
	t.equal((await ask("first", "PUT", "StructureDefinition/diabetic", diabetic, "ADMIN")).status, 201);
	t.equal((await ask("first", "PUT", "Condition/sugar", { ...claimed("E11.9"), id: "sugar" })).status, 201);
	const refused = await ask("first", "POST", "Condition", claimed("I10"));
	t.equal(refused.status, 422);
	t.match(refused.json.issue[0].details.text, /diabetes/);
	t.equal((await ask("first", "POST", "Condition", claimed("E10-E14"))).status, 422, "the block itself is above them");
	await ask("second", "PUT", "Patient/p", { resourceType: "Patient", id: "p", name: [{ text: "Ravi" }] });
	t.equal((await ask("second", "POST", "Condition", claimed("I10"))).status, 201, "the other has no such profile");
});

t.test("$expand filters and pages it", async (t) => {
	const expansion = async (clinic: Clinic, params: Record<string, string>) =>
		(await get(clinic, `ValueSet/$expand?${query(params)}`)).expansion;
	const codes = ({ contains = [] }: { contains?: { code: string }[] }) => contains.map(({ code }) => code).join(" ");
	t.equal(codes(await expansion("first", { url: DIABETES })), "E10 E11 E11.9");
	t.equal(codes(await expansion("first", { url: DIABETES, filter: "compl 2" })), "E11.9");
	const chosen = { excludeNotForUI: "true", url: "https://first.example/ValueSet/all" };
	const include = [{ system: ICD }];
	await ask("first", "PUT", "ValueSet/all", { ...diabetes, id: "all", url: chosen.url, compose: { include } }, "ADMIN");
	t.equal(codes(await expansion("first", chosen)), "E10 E11 E11.9 I10", "without chapters and blocks");
	for (const clinic of ["first", "second"] as const) {
		const all = { url: `${LOINC}/vs`, count: "2", offset: "1" };
		const page = await expansion(clinic, all);
		t.equal(page.total, MANY + 1);
		t.equal(codes(page), "10000-1 10001-1");
		t.strictSame(page.parameter.at(-1), { name: "version", valueUri: `${LOINC}|2.78` });
		const hits = await expansion(clinic, { ...all, filter: "meas thi 42", offset: "0" });
		t.equal(codes(hits).split(" ")[0], "10042-1");
	}
	const unpaged = await ask("first", "GET", `ValueSet/$expand?${query({ url: `${LOINC}/vs` })}`);
	t.equal(unpaged.status, 422);
	const foreign = await ask("second", "GET", `ValueSet/$expand?${query({ url: DIABETES })}`);
	t.equal(foreign.status, 404, "a value set of another clinic");
});

t.test("$validate-code, $subsumes and :below draw on it", async (t) => {
	const judged = async (clinic: Clinic, params: Record<string, string>) =>
		(await ask(clinic, "GET", `ValueSet/$validate-code?${query(params)}`)).json;
	const right = await judged("first", { url: DIABETES, system: ICD, code: "E11" });
	t.equal(named(right, "result")?.valueBoolean, true);
	t.equal(named(right, "display")?.valueString, "Type 2 diabetes mellitus, as loaded");
	t.equal(
		named(await judged("first", { url: DIABETES, system: ICD, code: "I10" }), "result")?.valueBoolean,
		false,
		"out",
	);
	for (const clinic of ["first", "second"] as const) {
		const params = query({ system: ICD, codeA: "E10-E14", codeB: "E11.9" });
		t.equal(named(await get(clinic, `CodeSystem/$subsumes?${params}`), "outcome")?.valueCode, "subsumes");
	}
	const below = async (clinic: Clinic, code: string) =>
		(await get(clinic, `Condition?${query({ "code:below": `${ICD}|${code}` })}`)).total;
	t.equal(await below("first", "E10-E14"), 1);
	t.equal(await below("first", "IX"), 0);
	t.equal(await below("second", "IX"), 1);
});

t.test("a clinic's own CodeSystem of that url is its own alone, and writes nothing for all", async (t) => {
	const own = {
		resourceType: "CodeSystem",
		id: "icd",
		url: ICD,
		status: "active",
		content: "complete",
		concept: [{ code: "I10", display: "Ours" }],
	};
	t.equal((await ask("first", "PUT", "CodeSystem/icd", own, "DOCTOR")).status, 403);
	t.equal((await ask("first", "PUT", "CodeSystem/icd", own, "ADMIN")).status, 201);
	t.equal(await found("first", "I10"), "Ours");
	t.equal(await found("second", "I10"), "Hypertension, as loaded");
	const [kept] = (await store.systems()).filter(({ url }) => url === ICD);
	t.match(kept, { version: "2019", concepts: classes.length });
	await ask("first", "DELETE", "CodeSystem/icd", undefined, "ADMIN");
	t.equal(await found("first", "I10"), "Hypertension, as loaded");
});

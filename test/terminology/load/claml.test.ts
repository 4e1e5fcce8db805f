import { join } from "node:path";
import t from "tap";
import { claml, folderOf, zipOf } from "./support/files.ts";
import { readAll } from "./support/memory-sink.ts";

t.test("reads classes, their rubrics and what stands above them", async (t) => {
	const read = await readAll(await zipOf(join(t.testdir(), "icd10.zip"), { "icd/icd10.xml": claml(), "read.me": "" }));
	t.equal(read.format, "claml");
	t.equal(read.bytes, read.size);
	t.same(read.facts, { url: "http://hl7.org/fhir/sid/icd-10", version: "2019", name: "ICD-10", caseSensitive: true });
	t.match(read.concepts.get("I"), { display: "Ailments", abstract: true });
	t.match(read.concepts.get("A00"), { display: "Flat tyre & tube", abstract: false });
	t.same(read.designations, [{ code: "A00.0", value: "Puncture", language: "en", use: "inclusion" }]);
	t.ok(read.properties.includes("A00.0 usage=rare"));
	t.ok(read.parents.includes("A00.0 < A00") && read.parents.includes("A00-A09 < I"));
});

t.test("makes the codes that arise from modifiers", async (t) => {
	const read = async (xml: string) => readAll(join(folderOf(t.testdir(), { "x.xml": xml }), "x.xml"));
	const { concepts, parents } = await read(claml());
	t.match(concepts.get("A01.0"), { display: "Rust : with noise", abstract: false });
	t.match(concepts.get("A01.1"), { display: "Rust : without noise" });
	t.ok(parents.includes("A01.1 < A01"));
	const limited = claml().replace(
		'<ModifiedBy code="M4"/>',
		'<ModifiedBy code="M4"><ValidModifierClass code=".1"/></ModifiedBy>',
	);
	t.same(
		[...(await read(limited)).concepts.keys()].filter((code) => code.startsWith("A01")),
		["A01", "A01.1"],
	);
	const above = claml()
		.replace('<ModifiedBy code="M4"/>', "")
		.replace('<SuperClass code="I"/>', '<SuperClass code="I"/><ModifiedBy code="M4"/>');
	const inherited = (await read(above)).concepts;
	t.ok(inherited.has("A01.0"), "a modifier of a block holds below it");
	t.ok(inherited.has("A00.00"), "after a point only the figure is added");
	const excluded = above.replace('<SuperClass code="A00"/>', '<SuperClass code="A00"/><ExcludeModifier code="M4"/>');
	t.notOk((await read(excluded)).concepts.has("A00.00"));
});

const damaged: readonly { title: string; xml: string; fault: RegExp }[] = [
	{
		title: "XML that is not well-formed",
		xml: claml().replace('</Rubric></Class>\n\t<Class code="A00-A09"', '</Class>\n\t<Class code="A00-A09"'),
		fault: /x\.xml, line 11: is not well-formed XML \(Unexpected close tag\)/,
	},
	{
		title: "a class without a title",
		xml: claml().replace(/kind="preferred"><Label xml:lang="en">Rust/, 'kind="note"><Label xml:lang="en">Rust'),
		fault: /x\.xml, line 19: the Class A01 has no Rubric of kind "preferred"/,
	},
	{
		title: "a class that stands twice",
		xml: claml().replace('code="A01" kind', 'code="A00" kind'),
		fault: /x\.xml, line 19: the Class A00 stands twice/,
	},
	{ title: "other XML", xml: "<html><body/></html>", fault: /line 1: the root element is html, not ClaML/ },
	{ title: "a file cut short", xml: claml().slice(0, 1400), fault: /x\.xml, line \d+: is not well-formed XML/ },
	{
		title: "a title nobody knows",
		xml: claml('name="Ours" version="1"'),
		fault: /the canonical url of "Ours" is not known\. Give --system\./,
	},
	{
		title: "a title without a version",
		xml: claml('name="ICD-10"'),
		fault: /its Title has no version\. Give --version\./,
	},
];

for (const { title, xml, fault } of damaged) {
	t.test(`${title} is refused`, async (t) => {
		const folder = folderOf(t.testdir(), { "x.xml": xml });
		await t.rejects(readAll(join(folder, "x.xml"), {}, "claml"), { message: fault, kind: "unprocessable" });
	});
}

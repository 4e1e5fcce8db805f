import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

/** Files by their path below a folder, with their text. */
export type Files = Readonly<Record<string, string>>;

/** Writes files below a folder and gives the folder. */
export function folderOf(folder: string, files: Files): string {
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), text);
	}
	return folder;
}

/** Writes files as one zip and gives its path. */
export async function zipOf(path: string, files: Files): Promise<string> {
	const zip = new ZipFile();
	for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
	zip.end();
	await pipeline(zip.outputStream, createWriteStream(path));
	return path;
}

const table = (header: string, rows: readonly (readonly unknown[])[]): string =>
	[header.replaceAll(" ", "\t"), ...rows.map((row) => row.join("\t")), ""].join("\r\n");

const CORE = "900000000000207008";
const FSN = "900000000000003001";
const SYNONYM = "900000000000013009";
const US = "900000000000509007";
const GB = "900000000000508004";
const PREFERRED = "900000000000548007";
const ACCEPTABLE = "900000000000549004";
const INFERRED = "900000000000011006";
const STATED = "900000000000010007";
export const IS_A = "116680003";

/** A made-up release in the form of SNOMED CT's: an animal tree. The numbers mean nothing. */
export function rf2Release(date = "20240101", suffix = "INT"): Files {
	const concept = (id: number, active: number, status = "900000000000074008", module = CORE) => [
		...[id, date, active, module, status],
	];
	const description = (id: number, of: number, type: string, term: string, active = 1, language = "en") => [
		...[id, date, active, CORE, of, language, type, term, "900000000000448009"],
	];
	const relationship = (id: number, source: number, type: string | number, target: number, more: unknown[] = []) => [
		...[id, date, more[0] ?? 1, CORE, source, target, 0, type, more[1] ?? INFERRED, "900000000000451002"],
	];
	const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
	const preference = (n: number, refset: string, of: number, how = PREFERRED, active = 1) => [
		...[uuid(n), date, active, CORE, refset, of, how],
	];
	return {
		[`Snapshot/Terminology/sct2_Concept_Snapshot_${suffix}_${date}.txt`]: table(
			"id effectiveTime active moduleId definitionStatusId",
			[
				concept(100001, 1),
				concept(100002, 1, "900000000000073002"),
				concept(100003, 1),
				concept(100004, 0),
				concept(100005, 1),
			],
		),
		[`Snapshot/Terminology/sct2_Description_Snapshot-en_${suffix}_${date}.txt`]: table(
			"id effectiveTime active moduleId conceptId languageCode typeId term caseSignificanceId",
			[
				description(200001, 100001, FSN, "Creature (being)"),
				description(200002, 100001, SYNONYM, "Creature"),
				description(200003, 100002, FSN, "Gray cat (being)"),
				description(200004, 100002, SYNONYM, "Grey cat"),
				description(200005, 100002, SYNONYM, "Gray cat"),
				description(200006, 100002, SYNONYM, "Forgotten cat", 0),
				description(200007, 100003, FSN, 'Kitten "of" a\\cat (being)'),
				description(200008, 100004, SYNONYM, "Old cat"),
				description(200009, 100005, FSN, "Colour (quality)"),
			],
		),
		[`Snapshot/Refset/Language/der2_cRefset_LanguageSnapshot-en_${suffix}_${date}.txt`]: table(
			"id effectiveTime active moduleId refsetId referencedComponentId acceptabilityId",
			[
				preference(1, US, 200002),
				preference(2, US, 200005),
				preference(3, GB, 200004),
				preference(4, US, 200004, ACCEPTABLE),
				preference(5, GB, 200005, PREFERRED, 0),
				preference(6, US, 200003),
			],
		),
		[`Snapshot/Terminology/sct2_Relationship_Snapshot_${suffix}_${date}.txt`]: table(
			"id effectiveTime active moduleId sourceId destinationId relationshipGroup typeId characteristicTypeId modifierId",
			[
				relationship(300001, 100002, IS_A, 100001),
				relationship(300002, 100003, IS_A, 100002),
				relationship(300003, 100002, 100005, 100001),
				relationship(300004, 100003, IS_A, 100005, [0]),
				relationship(300005, 100003, IS_A, 100005, [1, STATED]),
			],
		),
		[`Snapshot/Terminology/sct2_RelationshipConcreteValues_Snapshot_${suffix}_${date}.txt`]: table(
			"id effectiveTime active moduleId sourceId value relationshipGroup typeId characteristicTypeId modifierId",
			[[400001, date, 1, CORE, 100002, "#4", 1, 100005, INFERRED, "900000000000451002"]],
		),
		[`Full/Terminology/sct2_Concept_Full_${suffix}_${date}.txt`]: "not to be read",
	};
}

/** A made-up release in the form of LOINC's. The numbers mean nothing. */
export const loincRelease = (): Files => ({
	"LoincTable/Loinc.csv": [
		'"LOINC_NUM","COMPONENT","PROPERTY","SYSTEM","STATUS","SHORTNAME","LONG_COMMON_NAME","VersionLastChanged","RELATEDNAMES2","DefinitionDescription"',
		'"1-8","Sweetness","MCnc","Tea","ACTIVE","Sweet Tea-mCnc","Sweetness [Mass/volume] in Tea","2.72","Chai; ""Sugar""",""',
		'"2-6","Warmth","Temp","Tea","DEPRECATED","Tea warm","Warmth of Tea","2.9","","How warm,\nin degrees"',
		"",
	].join("\n"),
	"AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv": [
		'"PATH_TO_ROOT","SEQUENCE","IMMEDIATE_PARENT","CODE","CODE_TEXT"',
		'"","1","","LP1-0","Drinks"',
		'"LP1-0","1","LP1-0","LP2-8","Tea"',
		'"LP1-0.LP2-8","1","LP2-8","1-8","Sweetness"',
		'"LP1-0.LP2-8","2","LP2-8","2-6","Warmth"',
		"",
	].join("\n"),
	"AccessoryFiles/AnswerFile/AnswerList.csv": [
		'"AnswerListId","AnswerListName","AnswerStringId","SequenceNumber","DisplayText"',
		'"LL1-0","Sweet or not","LA1-4","1","Sweet"',
		'"LL1-0","Sweet or not","LA2-2","2","Not sweet"',
		"",
	].join("\n"),
	"AccessoryFiles/AnswerFile/LoincAnswerListLink.csv": '"LoincNumber","AnswerListId"\n"1-8","LL1-0"\n',
});

/** A made-up classification in ClaML, with a modifier. */
export const claml = (title = 'name="ICD-10" version="2019"'): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE ClaML SYSTEM "ClaML.dtd">
<ClaML version="2.0.0">
	<Title ${title}>Ailments of machines</Title>
	<Modifier code="M4"><SubClass code=".0"/><SubClass code=".1"/></Modifier>
	<ModifierClass code=".0" modifier="M4"><SuperClass code="M4"/>
		<Rubric kind="preferred"><Label xml:lang="en">with noise</Label></Rubric></ModifierClass>
	<ModifierClass code=".1" modifier="M4"><SuperClass code="M4"/>
		<Rubric kind="preferred"><Label xml:lang="en">without noise</Label></Rubric></ModifierClass>
	<Class code="I" kind="chapter"><SubClass code="A00-A09"/>
		<Rubric kind="preferred"><Label xml:lang="en">Ailments</Label></Rubric></Class>
	<Class code="A00-A09" kind="block"><SuperClass code="I"/><SubClass code="A00"/><SubClass code="A01"/>
		<Rubric kind="preferred"><Label xml:lang="en">Ailments of wheels</Label></Rubric></Class>
	<Class code="A00" kind="category"><SuperClass code="A00-A09"/><SubClass code="A00.0"/>
		<Rubric kind="preferred"><Label xml:lang="en">Flat <Reference>tyre</Reference> &amp; tube</Label></Rubric></Class>
	<Class code="A00.0" kind="category"><SuperClass code="A00"/><Meta name="usage" value="rare"/>
		<Rubric kind="preferred"><Label xml:lang="en">Flat tyre by nail</Label></Rubric>
		<Rubric kind="inclusion"><Label xml:lang="en">Puncture</Label></Rubric></Class>
	<Class code="A01" kind="category"><SuperClass code="A00-A09"/><ModifiedBy code="M4"/>
		<Rubric kind="preferred"><Label xml:lang="en">Rust</Label></Rubric></Class>
</ClaML>
`;

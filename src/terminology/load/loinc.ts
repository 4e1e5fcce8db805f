import { openCsv } from "./csv-rows.ts";
import type { Package, PackageFile } from "./package.ts";
import { type ConceptSink, fileFault, isCode, type ReadOptions, type SystemFacts } from "./sink.ts";
import type { OnBytes } from "./text.ts";

const URL = "http://loinc.org";

const FILES = {
	table: /(?:^|\/)Loinc\.csv$/i,
	hierarchy: /(?:^|\/)(?:ComponentHierarchyBySystem|MultiAxialHierarchy)\.csv$/i,
	answers: /(?:^|\/)AnswerList\.csv$/i,
	links: /(?:^|\/)LoincAnswerListLink\.csv$/i,
};

/** The columns of Loinc.csv that become properties, by the names of LOINC's own CodeSystem. https://loinc.org/fhir */
const PROPERTIES = [
	...["COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP", "CLASS", "CLASSTYPE", "STATUS"],
	...["ORDER_OBS", "UNITSREQUIRED", "EXAMPLE_UCUM_UNITS", "PanelType", "VersionFirstReleased", "VersionLastChanged"],
	...["STATUS_REASON", "EXTERNAL_COPYRIGHT_NOTICE"],
];
const NAMES = ["SHORTNAME", "DisplayName", "CONSUMER_NAME", "RELATEDNAMES2"];
const ENOUGH = 50;

/** Whether a file belongs to a LOINC release. */
export const isLoinc = ({ path }: PackageFile): boolean => FILES.table.test(path);

export const loincFiles = ({ files }: Package): readonly PackageFile[] =>
	files.filter(({ path }) => Object.values(FILES).some((name) => name.test(path)));

/**
 * Reads LOINC's table, and where they are there the hierarchy of its parts and its answer lists.
 * https://loinc.org/kb/users-guide/loinc-database-structure/
 */
export async function readLoinc(
	release: Package,
	sink: ConceptSink,
	options: ReadOptions,
	onBytes: OnBytes,
): Promise<SystemFacts> {
	const only = release.files.length === 1 ? release.files[0] : undefined;
	const first = (kind: keyof typeof FILES) => release.files.find(({ path }) => FILES[kind].test(path));
	const table = first("table") ?? only;
	if (table === undefined)
		throw fileFault("LOINC", undefined, "there is no Loinc.csv. Name the release's zip or folder.");
	const newest = await readTable(table, sink, onBytes);
	const [hierarchy, answers, links] = [first("hierarchy"), first("answers"), first("links")];
	if (hierarchy) await readHierarchy(hierarchy, sink, onBytes);
	if (answers) await readAnswers(answers, sink, onBytes);
	if (links) await readLinks(links, sink, onBytes);
	const version = options.version ?? newest;
	if (version === undefined)
		throw fileFault(table.name, undefined, "does not say the version of LOINC. Give --version.");
	return { url: options.system ?? URL, version, name: options.name ?? "LOINC", caseSensitive: false };
}

/** Gives the newest version in which a code changed: that of the release. */
async function readTable(file: PackageFile, sink: ConceptSink, onBytes: OnBytes): Promise<string | undefined> {
	const { columns, rows } = await openCsv(file, ["LOINC_NUM", "COMPONENT", "LONG_COMMON_NAME", "STATUS"], onBytes);
	const properties = PROPERTIES.filter((column) => columns.includes(column));
	let newest: string | undefined;
	let read = 0;
	for await (const { line, cell } of rows) {
		const code = cell("LOINC_NUM");
		if (!/^\d{1,7}-\d$/.test(code))
			throw fileFault(file.name, line, `"${code}" is no LOINC number. Take the file as released.`);
		const definition = cell("DefinitionDescription") || undefined;
		sink.concept({ code, display: cell("LONG_COMMON_NAME"), inactive: cell("STATUS") === "DEPRECATED", definition });
		for (const column of NAMES) if (cell(column) !== "") sink.designation({ code, value: cell(column), use: column });
		for (const column of properties) if (cell(column) !== "") sink.property(code, column, cell(column), "string");
		const changed = cell("VersionLastChanged");
		if (/^\d/.test(changed) && (newest === undefined || isLater(changed, newest))) newest = changed;
		if (++read % ENOUGH === 0) await sink.ready();
	}
	return newest;
}

const { compare } = new Intl.Collator("en", { numeric: true });
/** 2.72 came after 2.9. */
const isLater = (version: string, than: string): boolean => compare(version, than) > 0;

/** LOINC numbers stand below parts (`LP…`), which only group. */
async function readHierarchy(file: PackageFile, sink: ConceptSink, onBytes: OnBytes): Promise<void> {
	const { rows } = await openCsv(file, ["IMMEDIATE_PARENT", "CODE", "CODE_TEXT"], onBytes);
	for await (const { line, cell } of rows) {
		const [code, parent] = [cell("CODE"), cell("IMMEDIATE_PARENT")];
		if (!isCode(code)) throw fileFault(file.name, line, `"${code}" is no code. Take the file as released.`);
		if (code.startsWith("LP"))
			sink.concept({ code, display: cell("CODE_TEXT") || code, abstract: true, repeatable: true });
		if (parent !== "") sink.parent(code, parent);
		await sink.ready();
	}
}

/** Lists (`LL…`) and their answers (`LA…`); the property `LIST` of an answer names its lists. */
async function readAnswers(file: PackageFile, sink: ConceptSink, onBytes: OnBytes): Promise<void> {
	const { rows } = await openCsv(file, ["AnswerListId", "AnswerListName", "AnswerStringId", "DisplayText"], onBytes);
	for await (const { cell } of rows) {
		const [list, answer] = [cell("AnswerListId"), cell("AnswerStringId")];
		if (list !== "") sink.concept({ code: list, display: cell("AnswerListName"), abstract: true, repeatable: true });
		if (answer !== "") {
			sink.concept({ code: answer, display: cell("DisplayText"), repeatable: true });
			if (list !== "") sink.property(answer, "LIST", list, "code");
		}
		await sink.ready();
	}
}

async function readLinks(file: PackageFile, sink: ConceptSink, onBytes: OnBytes): Promise<void> {
	const { rows } = await openCsv(file, ["LoincNumber", "AnswerListId"], onBytes);
	for await (const { cell } of rows) {
		sink.property(cell("LoincNumber"), "answer-list", cell("AnswerListId"), "code");
		await sink.ready();
	}
}

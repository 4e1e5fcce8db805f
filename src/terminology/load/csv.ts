import { openCsv } from "./csv-rows.ts";
import type { Package, PackageFile } from "./package.ts";
import { type ConceptSink, fileFault, isCode, type ReadOptions, type SystemFacts } from "./sink.ts";
import type { OnBytes } from "./text.ts";

/** Columns with a meaning of their own; `display:hi` is a name in Hindi, and any other column is a property. */
const KNOWN: ReadonlySet<string> = new Set(["code", "display", "parent", "definition", "inactive", "abstract"]);
const TRUE: ReadonlySet<string> = new Set(["true", "yes", "1"]);
const ENOUGH = 200;

const isCsv = ({ path }: PackageFile): boolean => /\.(?:csv|tsv|txt)$/i.test(path);

export const csvFiles = ({ files }: Package): readonly PackageFile[] => files.filter(isCsv);

/**
 * Reads code systems written as tables: `code`, `display`, and as one likes `parent` (several parted by `|`),
 * `definition`, `inactive`, `abstract`, `display:<language>`, and columns that become properties.
 * @throws Problem 422 naming file, line and mend; also where `system` or `version` are not said.
 */
export async function readCsv(
	release: Package,
	sink: ConceptSink,
	{ system, version, name }: ReadOptions,
	onBytes: OnBytes,
): Promise<SystemFacts> {
	const files = csvFiles(release);
	for (const [option, value] of Object.entries({ system, version })) {
		if (value === undefined)
			throw fileFault(files[0]?.name ?? "csv", undefined, `does not say its ${option}. Give --${option}.`);
	}
	for (const file of files) await readTable(file, sink, onBytes);
	const url = system as string;
	return { url, version: version as string, name: name ?? (url.split("/").at(-1) as string), caseSensitive: true };
}

async function readTable(file: PackageFile, sink: ConceptSink, onBytes: OnBytes): Promise<void> {
	const { columns, rows } = await openCsv(file, ["code", "display"], onBytes);
	const languages = columns.filter((column) => column.startsWith("display:"));
	const properties = columns.filter((column) => column !== "" && !KNOWN.has(column) && !languages.includes(column));
	let read = 0;
	for await (const { line, cell } of rows) {
		const code = cell("code");
		if (!isCode(code))
			throw fileFault(file.name, line, `"${code}" is no code. A code has no double blanks and is not empty.`);
		const display = cell("display");
		if (display === "") throw fileFault(file.name, line, `the code ${code} has no display. Give it one.`);
		const definition = cell("definition") || undefined;
		const flags = { inactive: isTrue(cell("inactive")), abstract: isTrue(cell("abstract")) };
		sink.concept({ code, display, definition, ...flags });
		for (const parent of cell("parent").split("|")) if (parent.trim() !== "") sink.parent(code, parent.trim());
		for (const column of languages) {
			const language = column.slice("display:".length);
			if (cell(column) !== "") sink.designation({ code, value: cell(column), language });
		}
		for (const column of properties) if (cell(column) !== "") sink.property(code, column, cell(column), "string");
		if (++read % ENOUGH === 0) await sink.ready();
	}
}

const isTrue = (text: string): boolean => TRUE.has(text.toLowerCase());

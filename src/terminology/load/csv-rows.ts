import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import type { PackageFile } from "./package.ts";
import { fileFault } from "./sink.ts";
import { type OnBytes, textOf } from "./text.ts";

/** One row of a csv file: a cell by its column's name, "" where there is none, and the line in which it ends. */
export type CsvRow = { readonly line: number; cell(column: string): string };

/** The columns of a csv file, in their order, and its rows. */
export type Csv = { readonly columns: readonly string[]; readonly rows: AsyncGenerator<CsvRow> };

/**
 * Opens a csv file with a header; commas, semicolons or tabs part the cells, as the header shows.
 * https://www.rfc-editor.org/rfc/rfc4180
 * @throws Problem 422 naming file and line, where the file is empty, a column is missing or a quote stands wrong.
 */
export async function openCsv(file: PackageFile, required: readonly string[], onBytes: OnBytes): Promise<Csv> {
	const records = recordsOf(file, onBytes);
	const first = await records.next();
	if (first.done) throw fileFault(file.name, undefined, "is empty. The first line must name the columns.");
	const columns = first.value.record.map((name) => name.trim());
	const missing = required.find((column) => !columns.includes(column));
	if (missing !== undefined) {
		await records.return(undefined);
		throw fileFault(
			file.name,
			1,
			`the header lacks the column "${missing}": it has ${columns.slice(0, 12).join(", ")}. Add it.`,
		);
	}
	return { columns, rows: rowsOf(file, columns, records) };
}

async function* rowsOf(
	file: PackageFile,
	columns: readonly string[],
	records: AsyncGenerator<Parsed>,
): AsyncGenerator<CsvRow> {
	const places = new Map(columns.map((name, i) => [name, i]));
	for await (const { record, info } of records) {
		if (record.length !== columns.length) {
			const found = `has ${record.length} cells, the header ${columns.length}`;
			throw fileFault(file.name, info.lines, `${found}. Put quotes around a cell that holds a comma.`);
		}
		yield { line: info.lines, cell: (column) => record[places.get(column) ?? -1]?.trim() ?? "" };
	}
}

type Parsed = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

async function* recordsOf(file: PackageFile, onBytes: OnBytes): AsyncGenerator<Parsed, undefined> {
	const texts = textOf(file, onBytes);
	const head = await texts.next();
	if (head.done) return undefined;
	const delimiter = delimiterOf(head.value);
	async function* whole(): AsyncGenerator<string> {
		yield head.value as string;
		yield* texts;
	}
	const parser = parse({ delimiter, info: true, relax_column_count: true, skip_empty_lines: true });
	const feeding = pipeline(Readable.from(whole()), parser);
	// What stops the feeding is thrown by the loop too.
	feeding.catch(() => undefined);
	try {
		for await (const parsed of parser) yield parsed as Parsed;
	} catch (error) {
		throw error instanceof CsvError ? csvFault(file, error) : error;
	}
	return undefined;
}

/** The first of the three that stands in the header. */
const delimiterOf = (text: string): string => /[,;\t]/.exec(text.split("\n", 1)[0] ?? "")?.[0] ?? ",";

function csvFault(file: PackageFile, error: CsvError): Error {
	const text =
		error.code === "CSV_QUOTE_NOT_CLOSED"
			? 'a quote (") is opened and never closed. Close it; a quote within a cell is written twice.'
			: 'a quote (") stands where none may stand. Put the whole cell in quotes and write a quote within it twice.';
	return fileFault(file.name, typeof error.lines === "number" ? error.lines : undefined, text);
}

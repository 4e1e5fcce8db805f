import type { PackageFile } from "./package.ts";
import { fileFault } from "./sink.ts";
import { linesOf, type OnBytes } from "./text.ts";

/** Some rows of an RF2 file, each its cells in the order of the columns asked for. */
export type Rf2Rows = readonly (readonly string[])[];

/**
 * The rows of a tab-separated RF2 file, many at a time, with the columns asked for. In every row the first column is
 * checked to be a SNOMED CT identifier, or a UUID in a reference set.
 * https://confluence.ihtsdotools.org/display/DOCRELFMT/3+RF2+Release+File+Conventions
 * @throws Problem 422 naming file and line of a wrong header or row.
 */
export async function* rf2Rows(
	file: PackageFile,
	columns: readonly string[],
	onBytes: OnBytes,
): AsyncGenerator<Rf2Rows> {
	let places: readonly number[] | undefined;
	let width = 0;
	for await (const { first, lines } of linesOf(file, onBytes)) {
		const rows: string[][] = [];
		for (const [i, line] of lines.entries()) {
			const cells = line.split("\t");
			if (places === undefined) {
				places = placesOf(file, cells, columns);
				width = cells.length;
			} else {
				if (cells.length !== width) {
					const found = `has ${cells.length} columns, the header ${width}`;
					throw fileFault(file.name, first + i, `${found}. Take the file as it was released.`);
				}
				if (!IDENTIFIER.test(cells[0] as string)) {
					throw fileFault(file.name, first + i, `"${(cells[0] as string).slice(0, 40)}" is no identifier of RF2.`);
				}
				rows.push(places.map((place) => cells[place] as string));
			}
		}
		yield rows;
	}
	if (places === undefined) throw fileFault(file.name, undefined, "is empty. Take the file as it was released.");
}

const IDENTIFIER = /^(?:[1-9]\d{5,17}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

function placesOf(file: PackageFile, header: readonly string[], columns: readonly string[]): readonly number[] {
	return columns.map((column) => {
		const place = header.indexOf(column);
		if (place !== -1) return place;
		throw fileFault(file.name, 1, `the header lacks the column "${column}". Take the file as it was released.`);
	});
}

import { clamlFiles } from "./claml.ts";
import { csvFiles } from "./csv.ts";
import { fhirFiles } from "./fhir-json.ts";
import type { TerminologyFormat } from "./format.ts";
import { isLoinc } from "./loinc.ts";
import type { Package, PackageFile } from "./package.ts";
import { isRf2 } from "./rf2.ts";
import { textOf } from "./text.ts";

/** The form of a release, by the names of its files and what they begin with; `undefined` where none is seen. */
export async function detect(release: Package): Promise<TerminologyFormat | undefined> {
	if (release.files.some(isRf2)) return "rf2";
	if (release.files.some(isLoinc)) return "loinc";
	for (const file of clamlFiles(release)) if (/<ClaML\b/.test(await headOf(file))) return "claml";
	for (const file of fhirFiles(release)) if (/^\s*\{/.test(await headOf(file))) return "fhir";
	for (const file of csvFiles(release)) {
		const columns = (await headOf(file)).split("\n", 1)[0] ?? "";
		if (/(?:^|[,;\t"])LOINC_NUM\b/.test(columns)) return "loinc";
		if (/(?:^|[,;\t"])code\b/.test(columns)) return "csv";
	}
	return undefined;
}

async function headOf(file: PackageFile): Promise<string> {
	for await (const text of textOf(file, () => undefined)) return text;
	return "";
}

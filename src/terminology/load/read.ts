import { TERMINOLOGY_FORMATS, type TerminologyFormat } from "./format.ts";
import type { Package, PackageFile } from "./package.ts";
import { type ConceptSink, fileFault, type ReadOptions, type SystemFacts } from "./sink.ts";
import type { OnBytes } from "./text.ts";

type Read = (release: Package, sink: ConceptSink, options: ReadOptions, onBytes: OnBytes) => Promise<SystemFacts>;
type Reader = { readonly read: Read; readonly files: (release: Package) => readonly PackageFile[] };

/** The forms in which code systems come; each reader is loaded when it is needed, for a server never needs one. */
const READERS: Readonly<Record<TerminologyFormat, () => Promise<Reader>>> = {
	rf2: async () => {
		const { readRf2, rf2Files } = await import("./rf2.ts");
		return { read: readRf2, files: rf2Files };
	},
	loinc: async () => {
		const { readLoinc, loincFiles } = await import("./loinc.ts");
		return { read: readLoinc, files: (release) => (release.files.length === 1 ? release.files : loincFiles(release)) };
	},
	claml: async () => {
		const { readClaml, clamlFiles } = await import("./claml.ts");
		return { read: readClaml, files: clamlFiles };
	},
	csv: async () => {
		const { readCsv, csvFiles } = await import("./csv.ts");
		return { read: readCsv, files: csvFiles };
	},
	fhir: async () => {
		const { readFhirJson, fhirFiles } = await import("./fhir-json.ts");
		return { read: readFhirJson, files: fhirFiles };
	},
};

/** Told how many bytes and concepts more have been read. */
export type OnProgress = (bytes: number, concepts: number) => void;

/** Files opened to be read into a sink. `bytes` is how much there is to read, for the progress. */
export type TerminologyFiles = {
	readonly format: TerminologyFormat;
	readonly bytes: number;
	read(sink: ConceptSink, options: ReadOptions, onProgress: OnProgress): Promise<SystemFacts>;
	close(): void;
};

/**
 * Opens files, folders or zips of one release of a code system and, unless `format` says, tells their form.
 * @throws Problem 422 naming the file that is missing, and the mend; `read` throws those of what it reads.
 */
export async function openTerminology(paths: readonly string[], format?: TerminologyFormat): Promise<TerminologyFiles> {
	const { detect } = await import("./detect.ts");
	const { openPackage } = await import("./package.ts");
	const release = await openPackage(paths);
	try {
		const found = format ?? (await detect(release));
		if (found === undefined) {
			const forms = TERMINOLOGY_FORMATS.join(", ");
			throw fileFault(
				paths.join(", "),
				undefined,
				`no code system is seen in it. A table needs a column "code"; else name the form by --format: ${forms}.`,
			);
		}
		const { read, files } = await READERS[found]();
		const bytes = files(release).reduce((sum, { size }) => sum + size, 0);
		return {
			format: found,
			bytes,
			read: (sink, options, onProgress) => {
				const counted = counting(sink, () => onProgress(0, 1));
				return read(release, counted, options, (bytes) => onProgress(bytes, 0));
			},
			close: () => release.close(),
		};
	} catch (error) {
		release.close();
		throw error;
	}
}

const counting = (sink: ConceptSink, onConcept: () => void): ConceptSink => ({
	concept: (concept) => {
		onConcept();
		sink.concept(concept);
	},
	designation: (designation) => sink.designation(designation),
	prefer: (id, by) => sink.prefer(id, by),
	property: (code, property, value, type) => sink.property(code, property, value, type),
	parent: (code, parent) => sink.parent(code, parent),
	ready: () => sink.ready(),
});

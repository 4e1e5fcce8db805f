import type { Package, PackageFile } from "./package.ts";
import { rf2Rows } from "./rf2-rows.ts";
import { type ConceptSink, fileFault, type ReadOptions, type SystemFacts } from "./sink.ts";
import type { OnBytes } from "./text.ts";

const SNOMED = "http://snomed.info/sct";
const CORE = "900000000000207008";
const MODEL = "900000000000012004";
const FSN = "900000000000003001";
const DEFINED = "900000000000073002";
const PREFERRED = "900000000000548007";
const IS_A = "116680003";
const INFERRED = "900000000000011006";
/** The reference sets of English: which names the United States and Great Britain prefer. */
const DIALECTS: Readonly<Record<string, string>> = {
	"en-us": "900000000000509007",
	"en-gb": "900000000000508004",
};

/** The names of the files that make up a snapshot, as `sct2_Concept_Snapshot_INT_20240101.txt`. */
const FILES = {
	concept: /(?:^|\/)x?sct2_Concept_Snapshot[^/]*\.txt$/i,
	description: /(?:^|\/)x?sct2_Description_Snapshot[^/]*\.txt$/i,
	relationship: /(?:^|\/)x?sct2_Relationship_Snapshot[^/]*\.txt$/i,
	concrete: /(?:^|\/)x?sct2_RelationshipConcreteValues_Snapshot[^/]*\.txt$/i,
	language: /(?:^|\/)x?der2_cRefset_Language\w*Snapshot[^/]*\.txt$/i,
};

/** Whether a file belongs to an RF2 release, of whatever release type. */
export const isRf2 = ({ path }: PackageFile): boolean => /(?:^|\/)x?sct2_Concept_[^/]*\.txt$/i.test(path);

/** The files of the release that are read, for the progress. */
export const rf2Files = ({ files }: Package): readonly PackageFile[] =>
	files.filter(({ path }) => Object.values(FILES).some((name) => name.test(path)));

type Reading = { readonly sink: ConceptSink; readonly language: string; readonly onBytes: OnBytes };

/**
 * Reads the snapshot of SNOMED CT: one edition, or the International Edition and extensions together.
 * https://confluence.ihtsdotools.org/display/DOCRELFMT
 */
export async function readRf2(
	release: Package,
	sink: ConceptSink,
	options: ReadOptions,
	onBytes: OnBytes,
): Promise<SystemFacts> {
	const of = (kind: keyof typeof FILES): readonly PackageFile[] =>
		release.files.filter(({ path }) => FILES[kind].test(path));
	requireSnapshot(release, of("concept"), of("description"), of("relationship"));
	const reading = { sink, language: (options.language ?? "en").toLowerCase(), onBytes };
	const modules = new Map<string, number>();
	for (const file of of("concept")) await readConcepts(file, reading, modules);
	for (const file of of("description")) await readDescriptions(file, reading);
	for (const file of of("language")) await readLanguage(file, reading);
	for (const file of of("relationship")) await readRelationships(file, reading);
	for (const file of of("concrete")) await readConcreteValues(file, reading);
	return {
		url: options.system ?? SNOMED,
		version: options.version ?? `${SNOMED}/${edition(modules)}/version/${dateOf(of("concept"))}`,
		name: options.name ?? "SNOMED CT",
		caseSensitive: true,
	};
}

function requireSnapshot(release: Package, ...kinds: readonly (readonly PackageFile[])[]): void {
	if (kinds.every((files) => files.length > 0)) return;
	const missing = ["sct2_Concept_Snapshot", "sct2_Description_Snapshot", "sct2_Relationship_Snapshot"].filter(
		(_, i) => kinds[i]?.length === 0,
	);
	const some = release.files.find(isRf2)?.name ?? "the release";
	throw fileFault(some, undefined, `beside it there is no ${missing.join(", no ")}… file. Name the whole release.`);
}

async function readConcepts(file: PackageFile, { sink, onBytes }: Reading, modules: Map<string, number>) {
	const columns = ["id", "effectiveTime", "active", "moduleId", "definitionStatusId"];
	for await (const rows of rf2Rows(file, columns, onBytes)) {
		for (const [id = "", time = "", active, module = "", status] of rows) {
			modules.set(module, (modules.get(module) ?? 0) + 1);
			sink.concept({ code: id, inactive: active !== "1", repeatable: true });
			sink.property(id, "moduleId", module, "code");
			sink.property(id, "sufficientlyDefined", String(status === DEFINED), "boolean");
			sink.property(id, "effectiveTime", time, "string");
		}
		await sink.ready();
	}
}

/** A synonym in the language asked for is the rather the display; the fully specified name only for want of others. */
async function readDescriptions(file: PackageFile, { sink, language, onBytes }: Reading): Promise<void> {
	const wanted = language.split("-")[0];
	const columns = ["id", "active", "conceptId", "languageCode", "typeId", "term"];
	for await (const rows of rf2Rows(file, columns, onBytes)) {
		for (const [id, active, code = "", spoken, use, value = ""] of rows) {
			if (active !== "1") continue;
			const rank = use === FSN ? 100 : spoken === wanted ? 20 : 30;
			sink.designation({ code, value, language: spoken, use, rank, id });
		}
		await sink.ready();
	}
}

/** Names preferred in the dialect asked for go before those preferred in another. */
async function readLanguage(file: PackageFile, { sink, language, onBytes }: Reading): Promise<void> {
	const dialect = DIALECTS[language] ?? (/^\d+$/.test(language) ? language : DIALECTS["en-us"]);
	const columns = ["id", "active", "refsetId", "referencedComponentId", "acceptabilityId"];
	for await (const rows of rf2Rows(file, columns, onBytes)) {
		for (const [, active, refset, description = "", acceptability] of rows) {
			if (active === "1" && acceptability === PREFERRED) sink.prefer(description, refset === dialect ? 9 : 5);
		}
		await sink.ready();
	}
}

async function readRelationships(file: PackageFile, { sink, onBytes }: Reading): Promise<void> {
	const columns = ["id", "active", "sourceId", "destinationId", "typeId", "characteristicTypeId"];
	for await (const rows of rf2Rows(file, columns, onBytes)) {
		for (const [, active, source = "", destination = "", type = "", characteristic] of rows) {
			if (active !== "1" || characteristic !== INFERRED) continue;
			if (type === IS_A) sink.parent(source, destination);
			else sink.property(source, type, destination, "code");
		}
		await sink.ready();
	}
}

/** `#10` is a number, `"text"` a text. */
async function readConcreteValues(file: PackageFile, { sink, onBytes }: Reading): Promise<void> {
	const columns = ["id", "active", "sourceId", "value", "typeId"];
	for await (const rows of rf2Rows(file, columns, onBytes)) {
		for (const [, active, source = "", value = "", type = ""] of rows) {
			if (active !== "1") continue;
			if (value.startsWith("#")) sink.property(source, type, value.slice(1), "decimal");
			else sink.property(source, type, value.replace(/^"|"$/g, ""), "string");
		}
		await sink.ready();
	}
}

/** The module of the edition: of an extension its own largest, else the International Edition's. */
function edition(modules: ReadonlyMap<string, number>): string {
	const own = [...modules].filter(([module]) => module !== CORE && module !== MODEL);
	return own.toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? CORE;
}

function dateOf(files: readonly PackageFile[]): string {
	const dates = files.flatMap(({ path }) => /_(\d{8})\.txt$/i.exec(path)?.[1] ?? []).toSorted();
	const date = dates.at(-1);
	if (date !== undefined) return date;
	throw fileFault(files[0]?.name ?? "", undefined, "its name does not end in the date of the release. Give --version.");
}

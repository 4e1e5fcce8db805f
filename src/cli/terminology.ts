import { parseArgs } from "node:util";
import { typedPath } from "../config.ts";
import { createTerminologyStore, type TerminologyStore } from "../tenancy/index.ts";
import {
	openTerminology,
	TERMINOLOGY_FORMATS,
	type TerminologyFiles,
	type TerminologyFormat,
} from "../terminology/index.ts";
import { type Command, type Io, UsageFault, wholeNumber } from "./command.ts";
import { withTenancy } from "./management.ts";
import { Progress } from "./progress.ts";

export const terminology: Command = {
	name: "terminology",
	summary: "load, list, search or remove large code systems",
	usage: `phc terminology load <file, folder or zip>… [options]
phc terminology list
phc terminology search SYSTEM WORD…
phc terminology remove SYSTEM [VERSION]

Works on the configured database (DATABASE_URL, else the embedded one under DATA_DIR), beside a running server or
without one; what is loaded is read by all clinics. "load" takes the files that the holder of a licence has: SNOMED CT
(RF2), LOINC, ICD-10 (ClaML), a table (csv) or a CodeSystem in JSON. A version is seen when it is whole, and the same
version loaded again takes the place of the old one. An extension is loaded together with what it extends: name both.

  --format FORMAT   ${TERMINOLOGY_FORMATS.join(", ")}; else it is told from the files
  --system URL      the canonical url, where the files do not say it (csv)
  --version VERSION the version, where the files do not say it (csv)
  --name NAME       how messages call it
  --language CODE   the language of displays, as en, en-GB, hi (en)
  --count N         how many concepts "search" prints (20)`,
	run,
};

const OPTIONS = {
	format: { type: "string" },
	system: { type: "string" },
	version: { type: "string" },
	name: { type: "string" },
	language: { type: "string" },
	count: { type: "string" },
} as const;

type Values = { readonly [name in keyof typeof OPTIONS]?: string | undefined };
type Action = (names: readonly string[], values: Values, io: Io) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = { load, list, search, remove };

async function run(args: readonly string[], io: Io): Promise<number> {
	const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
	const [word = "", ...names] = positionals;
	const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
	if (action === undefined) throw new UsageFault(`Say what to do: ${Object.keys(ACTIONS).join(", ")}`);
	return action(names, values, io);
}

const withStore = <T>(work: (store: TerminologyStore) => Promise<T>): Promise<T> =>
	withTenancy((_tenancy, _config, database) => work(createTerminologyStore(database)));

async function load(paths: readonly string[], values: Values, io: Io): Promise<number> {
	if (paths.length === 0) throw new UsageFault("Nothing to load: name a file, a folder or a zip");
	const files = await openTerminology(
		paths.map((path) => typedPath(path)),
		formatOf(values.format),
	);
	try {
		await withStore((store) => loadFiles(store, files, values, io));
	} finally {
		files.close();
	}
	return 0;
}

function formatOf(format: string | undefined): TerminologyFormat | undefined {
	const known = TERMINOLOGY_FORMATS.find((one) => one === format);
	if (format !== undefined && known === undefined) {
		throw new UsageFault(`--format is "${format}": it must be one of ${TERMINOLOGY_FORMATS.join(", ")}`);
	}
	return known;
}

const STEPS = { hierarchy: "working out the hierarchy", tables: "writing the tables", indexes: "making the indexes" };

async function loadFiles(store: TerminologyStore, files: TerminologyFiles, values: Values, io: Io): Promise<void> {
	const { system, version, name, language } = values;
	const progress = new Progress(io, files.bytes, "concepts read");
	const started = performance.now();
	const loaded = await store.load(
		(sink) => files.read(sink, { system, version, name, language }, (bytes, concepts) => progress.add(bytes, concepts)),
		(step) => {
			if (step === "hierarchy") progress.end();
			io.err(`${STEPS[step]} …`);
		},
	);
	const seconds = ((performance.now() - started) / 1000).toFixed(1);
	const how = loaded.replaced ? "loaded again" : "loaded";
	const size = `${count(loaded.concepts)} concepts, ${count(loaded.terms)} names`;
	io.out(`${loaded.name} ${loaded.version} (${loaded.url}) is ${how}: ${size}, ${seconds} s`);
}

const count = (value: number): string => value.toLocaleString("en-IN");

async function list(_names: readonly string[], _values: Values, io: Io): Promise<number> {
	for (const { url, version, name, concepts, loadedAt } of await withStore((store) => store.systems())) {
		io.out([url, version, `${count(concepts)} concepts`, loadedAt.slice(0, 10), name].join("\t"));
	}
	return 0;
}

async function search([system, ...words]: readonly string[], values: Values, io: Io): Promise<number> {
	if (system === undefined || words.length === 0) throw new UsageFault("Name a code system, by its url, and words");
	const { version, language } = values;
	const page = { text: words.join(" "), language, filters: [], offset: 0, activeOnly: true };
	const most = wholeNumber("count", values.count, 20, 1, 1000);
	return withStore(async (store) => {
		await requireLoaded(store, system, version);
		const { total, concepts } = await store.search(system, version, { ...page, count: most });
		for (const { code, display } of concepts) io.out(`${code}\t${display}`);
		if (total > concepts.length) io.err(`${count(concepts.length)} of ${count(total)}: add words, or give --count`);
		return 0;
	});
}

async function remove([system, version, ...more]: readonly string[], _values: Values, io: Io): Promise<number> {
	if (system === undefined || more.length > 0)
		throw new UsageFault("Name one code system, by its url, and its version");
	return withStore(async (store) => {
		await requireLoaded(store, system, version);
		const removed = await store.remove(system, version);
		io.out(`${removed === 1 ? "1 version" : `${removed} versions`} of ${system} removed`);
		return 0;
	});
}

async function requireLoaded(store: TerminologyStore, url: string, version: string | undefined): Promise<void> {
	const known = (await store.systems()).filter((one) => one.url === url);
	if (known.some((one) => version === undefined || one.version === version)) return;
	const which = known.length === 0 ? url : `${url} version ${version}`;
	throw new UsageFault(`${which} is not loaded: see phc terminology list`);
}

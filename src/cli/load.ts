import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readClientEnvironment, typedPath } from "../config.ts";
import type { FhirClient } from "./client.ts";
import { type Command, type Io, UsageFault, wholeNumber } from "./command.ts";
import { CONNECTION_OPTIONS, CONNECTION_USAGE, connect } from "./connection.ts";
import { type InputFile, inputFiles, parcelsOf } from "./input.ts";
import { Journal } from "./journal.ts";
import type { Cutting, Parcel } from "./parcel.ts";
import { pool } from "./pool.ts";
import { Progress } from "./progress.ts";
import { deliver, type Refusal } from "./sender.ts";

const SHOWN_REFUSALS = 50;

export const load: Command = {
	name: "load",
	summary: "send files of FHIR resources to a server",
	usage: `phc load [options] <file or folder>…

Sends transaction and batch Bundles as they are, in the order of the file names (Synthea's hospitals and
practitioners first). Resources of other Bundles, of NDJSON lines and of single files are stored by PUT when they
have an id, else by POST. What the server has stored is noted in a journal, so that the same call again sends only
the rest. Exit code 1 when anything was refused.

${CONNECTION_USAGE}
  --concurrency N        requests at the same time (4); 1 keeps the order of files strictly
  --batch N              resources in one request, for NDJSON and collections (200)
  --keep-documents       store a document Bundle as one Bundle, do not take it apart
  --journal FILE         where to note what is stored; else <file or folder>.phc-load.ndjson
  --fresh                forget what earlier runs have noted`,
	run,
};

type Source = { readonly file: InputFile; readonly journal: Journal };

async function run(args: readonly string[], io: Io): Promise<number> {
	const { values, positionals } = parseArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			...CONNECTION_OPTIONS,
			concurrency: { type: "string" },
			batch: { type: "string" },
			"keep-documents": { type: "boolean", default: false },
			journal: { type: "string" },
			fresh: { type: "boolean", default: false },
		},
	});
	if (positionals.length === 0) throw new UsageFault("Nothing to load: name a file or a folder");
	const concurrency = wholeNumber("concurrency", values.concurrency, 4, 1, 64);
	const cutting = {
		batch: wholeNumber("batch", values.batch, 200, 1, 10_000),
		keepDocuments: values["keep-documents"],
	};
	const client = connect(values, readClientEnvironment());
	const target = `${client.target.server}/t/${client.target.tenant}`;
	const shared =
		values.journal === undefined ? undefined : new Journal(typedPath(values.journal), target, values.fresh);
	const sources = positionals
		.map((path) => typedPath(path))
		.flatMap((path): Source[] => {
			const files = inputFiles(path);
			const journal = shared ?? new Journal(journalPath(path), target, values.fresh);
			return files.map((file) => ({ file, journal }));
		});
	return loadSources(sources, { client, cutting, concurrency, io });
}

const journalPath = (path: string): string =>
	join(dirname(resolve(path)), `${basename(resolve(path))}.phc-load.ndjson`);

type Work = { readonly client: FhirClient; readonly cutting: Cutting; readonly concurrency: number; readonly io: Io };

async function loadSources(sources: readonly Source[], { client, cutting, concurrency, io }: Work): Promise<number> {
	const total = sources.reduce((sum, { file }) => sum + file.bytes, 0);
	const progress = new Progress(io, total);
	const refusals: Refusal[] = [];
	let refused = 0;
	const refuse = (refusal: Refusal): void => {
		if (++refused <= SHOWN_REFUSALS) refusals.push(refusal);
		progress.refuse();
	};
	async function* parcels(some: readonly Source[]): AsyncGenerator<{ parcel: Parcel; journal: Journal }> {
		for (const { file, journal } of some) {
			const skip = (place: number): boolean => journal.has(file.path, place);
			const unit = "line";
			for await (const parcel of parcelsOf(file.path, cutting, skip, (fault) =>
				refuse({ ...fault, unit, status: 0 }),
			)) {
				yield { parcel, journal };
			}
		}
	}
	for (const some of [sources.filter(({ file }) => file.first), sources.filter(({ file }) => !file.first)]) {
		await pool(parcels(some), concurrency, async ({ parcel, journal }) => {
			const delivery = await deliver(parcel, client);
			journal.add(parcel.file, delivery.stored);
			for (const refusal of delivery.refusals) refuse(refusal);
			progress.add(parcel.bytes, delivery.resources);
		});
	}
	progress.end();
	return reportRefusals(refusals, refused, io);
}

/** Says what was refused, one line each, and gives the exit code. */
export function reportRefusals(refusals: readonly Refusal[], refused: number, io: Io): number {
	for (const { file, unit, place, status, message } of refusals) {
		io.err(`${file}${place === 0 ? "" : `, ${unit} ${place}`}: ${status === 0 ? "not sent" : status}: ${message}`);
	}
	if (refused > refusals.length) io.err(`… and ${refused - refusals.length} more`);
	return refused === 0 ? 0 : 1;
}

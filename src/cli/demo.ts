import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { readClientEnvironment, typedPath } from "../config.ts";
import { type BundleOptions, demoBundles, generateDemo, indianDate } from "../demo/index.ts";
import type { Resource } from "../kernel/index.ts";
import type { FhirClient } from "./client.ts";
import { type Command, type Io, UsageFault, wholeNumber } from "./command.ts";
import { CONNECTION_OPTIONS, CONNECTION_USAGE, connect } from "./connection.ts";
import { reportRefusals } from "./load.ts";
import type { Parcel } from "./parcel.ts";
import { pool } from "./pool.ts";
import { Progress } from "./progress.ts";
import { deliver, type Refusal } from "./sender.ts";

const PATIENTS_PER_BUNDLE = 20;

export const demo: Command = {
	name: "demo",
	summary: "make a synthetic primary health centre and load or write it",
	usage: `phc demo [options]

Makes a clinic with staff, pharmacy, patients and their visits. The same options give the same resources.
Without --out it is sent to a server as transactions of ${PATIENTS_PER_BUNDLE} patients, under fixed ids: running it again changes nothing.

  --patients N           how many patients (100)
  --seed N               another number, another clinic (1)
  --today YYYY-MM-DD     the day the clinic is looked at (today in India)
  --observations N       exactly so many Observations for each patient
  --out PATH             write instead of send: FILE.ndjson gets a resource a line,
                         a folder gets one transaction Bundle a patient
  --style put|post       Bundles with fixed ids, or with ids that the server gives (put)
  --concurrency N        requests at the same time (4)
${CONNECTION_USAGE}`,
	run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
	const { values } = parseArgs({
		args: [...args],
		options: {
			...CONNECTION_OPTIONS,
			patients: { type: "string" },
			seed: { type: "string" },
			today: { type: "string" },
			observations: { type: "string" },
			out: { type: "string" },
			style: { type: "string", default: "put" },
			concurrency: { type: "string" },
		},
	});
	const { style } = values;
	if (style !== "put" && style !== "post") throw new UsageFault(`--style is "${style}": it must be put or post`);
	const today = values.today ?? indianDate(new Date());
	if (!/^\d{4}-\d\d-\d\d$/.test(today)) throw new UsageFault(`--today is "${today}": it must be YYYY-MM-DD`);
	const options: BundleOptions = {
		patients: wholeNumber("patients", values.patients, 100, 1, 100_000_000),
		seed: wholeNumber("seed", values.seed, 1, 0, 2 ** 31 - 1),
		today,
		style,
		...(values.observations === undefined
			? {}
			: { observationsPerPatient: wholeNumber("observations", values.observations, 0, 0, 100_000) }),
	};
	const concurrency = wholeNumber("concurrency", values.concurrency, 4, 1, 64);
	if (values.out === undefined) return sendDemo(options, connect(values, readClientEnvironment()), concurrency, io);
	const out = typedPath(values.out);
	return /\.(?:ndjson|jsonl)$/.test(out) ? writeLines(out, options, io) : writeFolder(out, options, io);
}

async function sendDemo(options: BundleOptions, client: FhirClient, concurrency: number, io: Io): Promise<number> {
	const bundles = demoBundles({ ...options, patientsPerBundle: PATIENTS_PER_BUNDLE });
	const progress = new Progress(io, 1 + Math.ceil(options.patients / PATIENTS_PER_BUNDLE));
	const refusals: Refusal[] = [];
	const send = async (bundle: Resource): Promise<void> => {
		const delivery = await deliver(parcelOf(bundle), client);
		for (const refusal of delivery.refusals) {
			refusals.push(refusal);
			progress.refuse();
		}
		progress.add(1, delivery.resources);
	};
	const clinic = bundles.next().value;
	if (clinic !== undefined) await send(clinic);
	if (refusals.length === 0) await pool(bundles, concurrency, send);
	progress.end();
	return reportRefusals(refusals.slice(0, 20), refusals.length, io);
}

const parcelOf = (bundle: Resource): Parcel => ({
	file: "demo",
	unit: "entry",
	bytes: 1,
	resources: Array.isArray(bundle.entry) ? bundle.entry.length : 0,
	whole: JSON.stringify(bundle),
	method: "POST",
	path: "",
	place: 0,
});

async function writeLines(path: string, options: BundleOptions, io: Io): Promise<number> {
	let count = 0;
	function* lines(): Generator<string> {
		let block = "";
		for (const resource of generateDemo(options)) {
			count++;
			block += `${JSON.stringify(resource)}\n`;
			if (block.length < 65_536) continue;
			yield block;
			block = "";
		}
		yield block;
	}
	await pipeline(Readable.from(lines()), createWriteStream(path));
	io.out(`${count} resources written to ${path}`);
	return 0;
}

function writeFolder(path: string, options: BundleOptions, io: Io): number {
	mkdirSync(path, { recursive: true });
	let count = 0;
	for (const bundle of demoBundles(options)) {
		const name = count === 0 ? "clinic" : `patient-${String(count).padStart(6, "0")}`;
		writeFileSync(join(path, `${name}.json`), `${JSON.stringify(bundle)}\n`);
		count++;
	}
	io.out(`${count} Bundles written to ${path}`);
	return 0;
}

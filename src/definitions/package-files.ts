import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../kernel/index.ts";

/** A file of a package: its name in the package's main folder and its text. */
export type PackageFile = { readonly name: string; readonly text: string };

/** What a package may hold; beyond that it is refused, however small it was packed. */
export type PackageLimits = { readonly bytes: number; readonly files: number };

export const PACKAGE_LIMITS: PackageLimits = { bytes: 512 * 1024 * 1024, files: 20_000 };

/**
 * The JSON files in the main folder of a package: `package/*.json` of a `.tgz` as FHIR publishers and npm make them, or
 * of a plain folder. Nothing is written to disk; folders of examples are passed over.
 * https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
 * @throws Problem `not-found`, `invalid` when it is no package, `too-large`.
 */
export async function packageFiles(path: string, limits: PackageLimits = PACKAGE_LIMITS): Promise<PackageFile[]> {
	const found = await stat(path).catch(() => undefined);
	if (found === undefined) throw new Problem("not-found", `${path} does not exist: check the path.`);
	const files = found.isDirectory() ? await folderFiles(path, limits) : await archiveFiles(path, limits);
	if (files.length === 0) {
		const text = `${path} holds no definitions: give a FHIR package (.tgz with package/*.json) or a folder of JSON files.`;
		throw new Problem("invalid", text);
	}
	return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Counts what is read. @throws Problem `too-large`. */
function counter(path: string, { bytes, files }: PackageLimits): (size: number) => void {
	let sum = 0;
	let count = 0;
	return (size) => {
		sum += size;
		count++;
		if (sum <= bytes && count <= files) return;
		const text = `${path} holds more than ${files} files or ${Math.round(bytes / 1024 ** 2)} MB: leave out what is not needed.`;
		throw new Problem("too-large", text);
	};
}

async function folderFiles(path: string, limits: PackageLimits): Promise<PackageFile[]> {
	const entries = await readdir(path, { withFileTypes: true });
	const inner = entries.find((entry) => entry.isDirectory() && entry.name === "package");
	const names = entries.filter((entry) => entry.isFile() && isDefinition(entry.name)).map(({ name }) => name);
	if (names.length === 0 && inner !== undefined) return folderFiles(join(path, inner.name), limits);
	const count = counter(path, limits);
	const files: PackageFile[] = [];
	for (const name of names) {
		count((await stat(join(path, name))).size);
		files.push({ name, text: await readFile(join(path, name), "utf8") });
	}
	return files;
}

const isDefinition = (name: string): boolean => name.endsWith(".json") && !name.startsWith(".");

/** What a packed file is read as must not be a bomb: nothing that is real packs better than this. */
const MOST_PACKED = 200;

async function archiveFiles(path: string, limits: PackageLimits): Promise<PackageFile[]> {
	// A server that adds no package never needs it, and it takes long to load.
	const { list } = await import("tar");
	const files: PackageFile[] = [];
	const faults: Error[] = [];
	const count = counter(path, limits);
	const parser = list({
		strict: true,
		maxDecompressionRatio: MOST_PACKED,
		onReadEntry: (entry) => {
			const name = /^(?:\.\/)?package\/([^/\\]+)$/.exec(entry.path)?.[1];
			try {
				count(entry.size);
			} catch (fault) {
				faults.push(fault as Error);
			}
			if (name === undefined || entry.type !== "File" || !isDefinition(name) || faults.length > 0) {
				entry.resume();
				return;
			}
			const chunks: Buffer[] = [];
			entry.on("data", (chunk: Buffer) => chunks.push(chunk));
			entry.on("end", () => files.push({ name, text: Buffer.concat(chunks).toString("utf8") }));
		},
	});
	const ended = new Promise<void>((resolve, reject) => {
		parser.on("end", resolve);
		parser.on("error", reject);
	});
	// Heard of at once, though looked at only below.
	ended.catch(() => undefined);
	try {
		for await (const chunk of createReadStream(path)) {
			parser.write(chunk);
			if (faults[0] !== undefined) throw faults[0];
		}
		parser.end();
		await ended;
	} catch (error) {
		if (error instanceof Problem) throw error;
		const detail = error instanceof Error ? error.message : String(error);
		throw new Problem("invalid", `${path} is not a whole .tgz archive (${detail}): fetch it again.`);
	}
	if (faults[0] !== undefined) throw faults[0];
	return files;
}

import { createReadStream } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import type { Readable } from "node:stream";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { fileFault } from "./sink.ts";

/** One file of a release, wherever it lies. */
export type PackageFile = {
	/** Its path within the folder or zip, with forward slashes; of a single file its name. */
	readonly path: string;
	/** How messages call it. */
	readonly name: string;
	/** Bytes when unpacked. */
	readonly size: number;
	open(): Promise<Readable>;
};

/** The files of a release: a folder, a zip, or single files. */
export type Package = { readonly files: readonly PackageFile[]; close(): void };

/**
 * Opens files, folders and zips as one package; nothing is unpacked to the disk.
 * @throws Problem 422 naming the path that is not there or is no zip.
 */
export async function openPackage(paths: readonly string[]): Promise<Package> {
	const files: PackageFile[] = [];
	const zips: ZipFile[] = [];
	const close = (): void => {
		for (const zip of zips) zip.close();
	};
	try {
		for (const path of paths) {
			const found = await stat(path).catch(() => undefined);
			if (found === undefined) throw fileFault(path, undefined, "there is no such file or folder. Check the path.");
			if (found.isDirectory()) files.push(...(await folderFiles(path)));
			else if (/\.zip$/i.test(path)) files.push(...(await zipFiles(path, zips)));
			else files.push(diskFile(path, basename(path), found.size));
		}
	} catch (error) {
		close();
		throw error;
	}
	return { files, close };
}

const diskFile = (path: string, inside: string, size: number): PackageFile => ({
	path: inside,
	name: inside,
	size,
	open: async () => createReadStream(path),
});

async function folderFiles(folder: string): Promise<PackageFile[]> {
	const files: PackageFile[] = [];
	for await (const entry of await opendir(folder, { recursive: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		const { size } = await stat(path);
		files.push(diskFile(path, relative(folder, path).replaceAll("\\", "/"), size));
	}
	return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function zipFiles(path: string, zips: ZipFile[]): Promise<PackageFile[]> {
	const files: PackageFile[] = [];
	try {
		const zip = await openPromise(path, { autoClose: false, lazyEntries: true });
		zips.push(zip);
		for await (const entry of zip.eachEntry()) {
			if (!entry.fileName.endsWith("/")) files.push(zipFile(path, zip, entry));
		}
	} catch (error) {
		throw fileFault(path, undefined, `is not a zip that can be read (${messageOf(error)}). Download it again.`);
	}
	return files;
}

const zipFile = (path: string, zip: ZipFile, entry: Entry): PackageFile => ({
	path: entry.fileName,
	name: `${basename(path)}: ${entry.fileName}`,
	size: entry.uncompressedSize,
	open: async () => {
		if (entry.isEncrypted()) throw fileFault(path, undefined, "is encrypted. Unpack it and name the folder.");
		return zip.openReadStreamPromise(entry);
	},
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
